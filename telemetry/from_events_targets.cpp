// The series that belong to a target: they come with it and go with it.
#include "messages/event.hpp"
#include "telemetry/from_events.hpp"

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

prometheus::Counter& from_events::old_failures(const char* method,
                                               const std::string& url) {
  return all_.counter("requests_failures_total", path_of(url), method);
}

from_events::metric_series from_events::make_metric(const target_spec& spec,
                                                    std::size_t index) {
  const auto& m = spec.metrics[index];
  all_.gauge("scaleit_metric_target", m.name, spec.name).Set(m.target);
  metric_series s{m.name, &all_.gauge("scaleit_metric_value", m.name, spec.name),
                  nullptr};
  if (m.url.empty()) return s;
  const auto before = spec.metrics.begin() + static_cast<std::ptrdiff_t>(index);
  if (std::none_of(spec.metrics.begin(), before,
                   [&](const auto& other) { return same_source(other, m); }))
    s.failures = &old_failures("get", m.url);
  // An answer without the metric is no failed request, so that `schema` does not occur.
  for (std::size_t i = 0; i < static_cast<std::size_t>(failure_kind::schema); ++i)
    metric_failures_[i] = &all_.counter(
        "scaleit_failures_total", to_string(static_cast<failure_kind>(i)), "metric");
  return s;
}

from_events::target_series from_events::make(const target_spec& spec) {
  target_series s{&all_.gauge("scaleit_replicas", spec.name),
                  &all_.gauge("scaleit_desired_replicas", spec.name),
                  &all_.gauge("scaleit_target_healthy", spec.name),
                  &all_.gauge("scaleit_failures_in_a_row", spec.name),
                  {},
                  spec.status.push ? nullptr : &old_failures("get", spec.status.url),
                  &old_failures("put", spec.scale.url),
                  nullptr,
                  {}};
  if (!spec.shadow.empty())
    s.shadow =
        shadow_series{&all_.gauge("scaleit_shadow_desired_replicas", spec.name),
                      &all_.counter("scaleit_shadow_decisions_total", "yes", spec.name),
                      &all_.counter("scaleit_shadow_decisions_total", "no", spec.name)};
  for (std::size_t i = 0; i < spec.metrics.size(); ++i)
    s.metrics.push_back(make_metric(spec, i));
  return s;
}

from_events::target_series& from_events::of(const event& e) {
  const auto quick = by_spec_.find(e.target.get());
  if (quick != by_spec_.end()) return *quick->second;
  auto [found, is_new] = targets_.try_emplace(e.target->name);
  auto& s = found->second;
  if (is_new) {
    s = make(*e.target);
    s.healthy->Set(1);
    all_.gauge("scaleit_targets").Increment();
  } else {
    by_spec_.erase(s.spec.get());
  }
  s.spec = e.target;  // held, so that no other can have its address
  by_spec_.emplace(e.target.get(), &s);
  return s;
}

/// Removes what the target no longer has by its new spec; without one, everything.
void from_events::drop(const target_series& s, const target_spec* now) {
  const auto& target = s.spec->name;
  if (s.shadow && (now == nullptr || now->shadow.empty())) {
    all_.remove_gauge("scaleit_shadow_desired_replicas", target);
    all_.remove_counter("scaleit_shadow_decisions_total", "yes", target);
    all_.remove_counter("scaleit_shadow_decisions_total", "no", target);
  }
  for (const auto& m : s.metrics) {
    if (now != nullptr &&
        std::ranges::find(now->metrics, m.name, &metric_spec::name) != now->metrics.end())
      continue;
    all_.remove_gauge("scaleit_metric_value", m.name, target);
    all_.remove_gauge("scaleit_metric_target", m.name, target);
  }
  if (now != nullptr) return;
  all_.remove_gauge("scaleit_replicas", target);
  all_.remove_gauge("scaleit_desired_replicas", target);
  all_.remove_gauge("scaleit_target_healthy", target);
  all_.remove_gauge("scaleit_failures_in_a_row", target);
}

void from_events::apply(const event& e, const target_added&) { of(e); }

/// What is still true of it stays: until the next poll there is nothing newer.
void from_events::apply(const event& e, const target_changed&) {
  if (const auto found = targets_.find(e.target->name); found != targets_.end()) {
    auto& s = found->second;
    drop(s, e.target.get());
    auto before = std::move(s.spec);
    s = make(*e.target);
    s.spec = std::move(before);
  }
  of(e);
}

void from_events::apply(const event& e, const target_removed&) {
  const auto found = targets_.find(e.target->name);
  if (found == targets_.end()) return;
  const auto& s = found->second;
  drop(s, nullptr);
  by_spec_.erase(s.spec.get());
  targets_.erase(found);
  all_.gauge("scaleit_targets").Decrement();
}

}  // namespace scaleit::telemetry
