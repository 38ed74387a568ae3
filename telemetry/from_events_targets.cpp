// Targets that come, change and go, how they do, and which of them have series of their
// own.
#include "messages/bounds.hpp"
#include "messages/event.hpp"
#include "telemetry/from_events.hpp"

#include <algorithm>
#include <limits>
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

/// Of the drop-in mode; known by name to who watches it.
bool always_told(const std::string& path) {
  return path == "/app/status" || path == "/app/replicas";
}

constexpr auto limit = bounds::targets_with_series;
constexpr auto limit_of_return = limit / 10 * 9;  ///< or they would come and go all day
constexpr std::size_t hidden_per_pulse = 64;

}  // namespace

// -- requests ------------------------------------------------------------

/// Endpoints beyond the limit are summed up: fifty thousand targets with a path each, or
/// an API client that makes up new ones all day, must not make as many series.
prometheus::Counter& from_events::old_failures(const char* method,
                                               const std::string& url) {
  auto path = path_of(url);
  if (!always_told(path) && !endpoints_.contains(path)) {
    if (endpoints_.size() >= limit)
      path = "other";  // no path: those begin with a slash
    else
      endpoints_.insert(path);
  }
  return all_.counter("requests_failures_total", path, method);
}

void from_events::count_requests(target& t) {
  const auto& spec = *t.spec;
  t.status_failures = spec.status.push ? nullptr : &old_failures("get", spec.status.url);
  t.scale_failures = &old_failures("put", spec.scale.url);
  t.sources.clear();
  for (auto m = spec.metrics.begin(); m != spec.metrics.end(); ++m) {
    if (m->url.empty()) continue;
    if (std::none_of(spec.metrics.begin(), m,
                     [&](const auto& other) { return same_source(other, *m); }))
      t.sources.push_back({m->name, &old_failures("get", m->url)});
    // An answer without the metric is no failed request, so that `schema` does not occur.
    for (std::size_t i = 0; i < static_cast<std::size_t>(failure_kind::schema); ++i)
      metric_failures_[i] = &all_.counter(
          "scaleit_failures_total", to_string(static_cast<failure_kind>(i)), "metric");
  }
}

// -- how it does -----------------------------------------------------------

void from_events::follow(target& t, const event& e) {
  t.does.take(e);
  if (t.own) t.own->failing->Set(t.does.failures());
  const auto now = t.does.health();
  if (now == t.counted) return;
  if (t.own) t.own->healthy->Set(t.does.down() ? 0 : 1);
  healths(t).Decrement();
  t.counted = now;
  healths(t).Increment();
}

// -- series of its own -----------------------------------------------------

void from_events::choose() {
  if (per_target_ != spec::per_target_series::when_few) return;
  if (targets_.size() > limit) showing_ = false;
  if (targets_.size() <= limit_of_return) showing_ = true;
}

void from_events::show(target& t) {
  t.own = std::make_unique<target_series>(all_, *t.spec);
  t.place = with_series_.size();
  with_series_.push_back(&t);
  t.own->replicas->Set(t.replicas);
  t.own->desired->Set(t.desired);
  t.own->healthy->Set(t.does.down() ? 0 : 1);
  t.own->failing->Set(t.does.failures());
  // Values that were read meanwhile are not kept; 0 would be a value.
  if (t.does.polled())
    for (const auto& m : t.own->metrics)
      m.value->Set(std::numeric_limits<double>::quiet_NaN());
}

void from_events::hide(target& t) {
  t.own->remove(all_, t.spec->name, nullptr);
  t.own.reset();
  with_series_[t.place] = with_series_.back();
  with_series_[t.place]->place = t.place;
  with_series_.pop_back();
}

/// In small pieces: those of two thousand targets take the time of several polls.
void from_events::hide_some(std::size_t most) {
  for (; most > 0 && !with_series_.empty(); --most) hide(*with_series_.back());
}

void from_events::pulse() {
  if (!showing_) hide_some(hidden_per_pulse);
}

// -- coming, changing, going -----------------------------------------------

/// A target that has no series, although it may have some, has them from its next event
/// on.
from_events::target& from_events::of(const event& e) {
  if (const auto quick = by_spec_.find(e.target.get()); quick != by_spec_.end()) {
    auto& t = *quick->second;
    if (showing_ && !t.own) show(t);
    return t;
  }
  auto [found, is_new] = targets_.try_emplace(e.target->name);
  auto& t = found->second;
  if (!is_new) by_spec_.erase(t.spec.get());
  t.spec = e.target;  // held, so that no other can have its address
  by_spec_.emplace(e.target.get(), &t);
  if (is_new) {
    count_requests(t);
    healths(t).Increment();
    choose();
  }
  if (showing_ && !t.own) show(t);
  return t;
}

void from_events::apply(const event& e, const target_added&) { of(e); }

/// What is still true of it stays: until the next poll there is nothing newer.
void from_events::apply(const event& e, const target_changed&) {
  auto& t = of(e);
  count_requests(t);
  if (!t.own) return;
  t.own->remove(all_, t.spec->name, t.spec.get());
  *t.own = target_series{all_, *t.spec};
}

void from_events::apply(const event& e, const target_removed&) {
  const auto found = targets_.find(e.target->name);
  if (found == targets_.end()) return;
  auto& t = found->second;
  if (t.own) hide(t);
  healths(t).Decrement();
  by_spec_.erase(t.spec.get());
  targets_.erase(found);
  choose();
}

}  // namespace scaleit::telemetry
