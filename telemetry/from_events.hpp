// How each event moves the metrics.
//
// Kept outside of the telemetry actor that calls it, so that a crash of the actor
// loses no target's series.
#pragma once

#include "messages/event.hpp"
#include "messages/observation.hpp"
#include "spec/config_spec.hpp"
#include "telemetry/families.hpp"
#include "telemetry/target_condition.hpp"
#include "telemetry/target_series.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace scaleit::telemetry {

class from_events {
 public:
  /// What is counted from the start shows as 0 from now on. `into` outlives this.
  /// `per_target`: which targets have series of their own.
  from_events(families& into, const std::string& version,
              spec::per_target_series per_target = spec::per_target_series::when_few);

  void apply(const event& e);
  /// On every pulse of the loop, so that series that are to go do so without events.
  void pulse();

 private:
  /// Requests for metrics that are read elsewhere: the first metric of those that share
  /// one, and where its failures are counted.
  struct source {
    std::string metric;
    prometheus::Counter* failures;
  };
  struct target {
    target_ptr spec;
    std::unique_ptr<target_series> own{};            ///< null: it has none
    prometheus::Counter* status_failures = nullptr;  ///< of its path; null: none is asked
    prometheus::Counter* scale_failures = nullptr;
    std::vector<source> sources{};
    std::size_t place = 0;  ///< in `with_series_`, if it has any
    int replicas = 0;
    int desired = 0;
    target_condition does{};
    target_health counted = target_health::unknown;
  };

  void apply(const event& e, const target_added&);
  void apply(const event& e, const target_changed&);
  void apply(const event& e, const target_removed&);
  void apply(const event& e, const status_observed& x);
  void apply(const event& e, const status_failed& x);
  void apply(const event& e, const decision_made& x);
  void apply(const event& e, const clock_stepped&);
  void apply(const event& e, const scale_applied& x);
  void apply(const event& e, const scale_failed& x);
  void apply(const event& e, const actor_crashed& x);
  void apply(const event& e, const actor_restarted& x);
  /// Moves none.
  void apply(const event&, const auto&) {}

  target& of(const event& e);
  void count_requests(target& t);
  void follow(target& t, const event& e);
  prometheus::Gauge& healths(const target& t) {
    return *healths_[static_cast<std::size_t>(t.counted)];
  }
  void compare(const event& e, const decision& d);
  void count_metrics(const target& t, const event& e, const observation& seen);
  void count_sources(const target& t, const observation& seen);
  void count_status_failure(const target& t, failure_kind kind);
  void count_polls(microseconds took, std::optional<microseconds> late_by,
                   std::uint32_t skipped);
  prometheus::Counter& old_failures(const char* method, const std::string& url);
  void choose();
  void show(target& t);
  void hide(target& t);
  void hide_some(std::size_t most);

  using failure_counters = std::array<prometheus::Counter*, failure_kinds>;

  families& all_;
  const spec::per_target_series per_target_;
  bool showing_ = true;  ///< series of each target
  // Those that move with each poll are looked up once.
  prometheus::Counter& heartbeat_;
  prometheus::Histogram& poll_duration_;
  prometheus::Histogram& put_duration_;
  prometheus::Histogram& loop_duration_;
  prometheus::Histogram& poll_lateness_;
  prometheus::Counter& polls_late_;
  prometheus::Histogram& ratio_;
  std::array<prometheus::Gauge*, target_healths> healths_{};
  std::array<prometheus::Counter*, 3> decisions_;  ///< down, none, up
  failure_counters status_failures_{};
  failure_counters metric_failures_{};  ///< since there is such a metric
  failure_counters scale_failures_{};
  std::unordered_map<std::string, target> targets_;
  /// The same by the address of the spec, which costs less to look up than a name.
  std::unordered_map<const target_spec*, target*> by_spec_;
  std::vector<target*> with_series_;
  std::unordered_set<std::string> endpoints_;  ///< that have series of their own
};

}  // namespace scaleit::telemetry
