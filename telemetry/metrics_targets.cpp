// The series that belong to a target: they come with it and go with it.
#include "messages/event.hpp"
#include "telemetry/metrics.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace scaleit::telemetry {

namespace {

/// The path of an absolute URL, never its host or query: `/app/status`.
std::string path_of(const std::string& url) {
  const auto scheme = url.find("://");
  const auto begin =
      url.find_first_of("/?#", scheme == std::string::npos ? 0 : scheme + 3);
  if (begin == std::string::npos || url[begin] != '/') return "/";
  return url.substr(begin, url.find_first_of("?#", begin) - begin);
}

}  // namespace

prometheus::Counter& metrics::old_failures(const char* method, const std::string& url) {
  return old_failures_->Add({{"method", method}, {"endpoint", path_of(url)}});
}

metrics::metric_series metrics::add_metric(const target_spec& spec, std::size_t index) {
  const auto& m = spec.metrics[index];
  const prometheus::Labels both{{"target", spec.name}, {"metric", m.name}};
  metric_series s{m.name, &values_->Add(both), &value_targets_->Add(both), nullptr};
  s.target->Set(m.target);
  if (m.url.empty()) return s;
  const auto before = spec.metrics.begin() + static_cast<std::ptrdiff_t>(index);
  if (std::none_of(spec.metrics.begin(), before,
                   [&](const auto& other) { return same_source(other, m); }))
    s.failures = &old_failures("get", m.url);
  // An answer without the metric is no failed request, so that `schema` does not occur.
  for (std::size_t i = 0; i < static_cast<std::size_t>(failure_kind::schema); ++i)
    metric_failures_[i] = &failures_->Add(
        {{"request", "metric"},
         {"error", std::string{to_string(static_cast<failure_kind>(i))}}});
  return s;
}

metrics::series& metrics::of(const event& e) {
  const auto quick = by_spec_.find(e.target.get());
  if (quick != by_spec_.end()) return *quick->second;
  const auto& spec = *e.target;
  const auto remember = [&](series& x) -> series& {
    x.spec = e.target;  // held, so that no other can have its address
    by_spec_.insert_or_assign(&spec, &x);
    return x;
  };
  const auto found = series_.find(spec.name);
  if (found != series_.end()) {
    by_spec_.erase(found->second.spec.get());
    return remember(found->second);
  }
  const prometheus::Labels labels{{"target", spec.name}};
  series s{&replicas_->Add(labels),
           &desired_->Add(labels),
           &healthy_->Add(labels),
           &failing_->Add(labels),
           {},
           &old_failures("get", spec.status.url),
           &old_failures("put", spec.scale.url),
           nullptr,
           {}};
  s.healthy->Set(1);
  if (!spec.shadow.empty())
    s.shadow =
        shadow_series{&shadow_desired_->Add(labels),
                      &shadow_decisions_->Add({{"target", spec.name}, {"agrees", "yes"}}),
                      &shadow_decisions_->Add({{"target", spec.name}, {"agrees", "no"}})};
  for (std::size_t i = 0; i < spec.metrics.size(); ++i)
    s.metrics.push_back(add_metric(spec, i));
  targets_->Increment();
  return remember(series_.emplace(spec.name, std::move(s)).first->second);
}

void metrics::forget(const std::string& target) {
  const auto found = series_.find(target);
  if (found == series_.end()) return;
  const auto& s = found->second;
  replicas_->Remove(s.replicas);
  desired_->Remove(s.desired);
  healthy_->Remove(s.healthy);
  failing_->Remove(s.failing);
  if (s.shadow) {
    shadow_desired_->Remove(s.shadow->desired);
    shadow_decisions_->Remove(s.shadow->agreed);
    shadow_decisions_->Remove(s.shadow->differed);
  }
  for (const auto& m : s.metrics) {
    values_->Remove(m.value);
    value_targets_->Remove(m.target);
  }
  by_spec_.erase(s.spec.get());
  series_.erase(found);
  targets_->Decrement();
}

void metrics::apply(const event& e, const target_added&) { of(e); }
void metrics::apply(const event& e, const target_changed&) {
  forget(e.target->name);
  of(e);
}
void metrics::apply(const event& e, const target_removed&) { forget(e.target->name); }

}  // namespace scaleit::telemetry
