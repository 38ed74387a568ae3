// How each event moves the metrics.
//
// Kept outside of the telemetry actor that calls it, so that a crash of the actor
// loses no target's series.
#pragma once

#include "messages/event.hpp"
#include "messages/observation.hpp"
#include "telemetry/families.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace scaleit::telemetry {

class from_events {
 public:
  /// What is counted from the start shows as 0 from now on. `into` outlives this.
  from_events(families& into, const std::string& version);

  void apply(const event& e);

 private:
  struct metric_series {
    std::string name;
    prometheus::Gauge* value;
    /// Failed requests for it: of a metric with a URL of its own, the first of those that
    /// share the request.
    prometheus::Counter* failures;
  };
  struct shadow_series {
    prometheus::Gauge* desired;
    prometheus::Counter* agreed;
    prometheus::Counter* differed;
  };
  /// What a target owns, gone with it, and the counters it shares.
  struct target_series {
    prometheus::Gauge* replicas;
    prometheus::Gauge* desired;
    prometheus::Gauge* healthy;
    prometheus::Gauge* failing;
    std::vector<metric_series> metrics;
    /// Shared by targets with the same path; null: nothing is asked for the status.
    prometheus::Counter* status_failures;
    prometheus::Counter* scale_failures;
    target_ptr spec;
    std::optional<shadow_series> shadow;
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

  target_series& of(const event& e);
  target_series make(const target_spec& spec);
  metric_series make_metric(const target_spec& spec, std::size_t index);
  void drop(const target_series& s, const target_spec* now);
  void compare(const event& e, const decision& d);
  void count_sources(const target_series& s, const observation& seen);
  void count_status_failure(const target_series& s, failure_kind kind);
  void count_polls(microseconds took, std::optional<microseconds> late_by,
                   std::uint32_t skipped);
  prometheus::Counter& old_failures(const char* method, const std::string& url);

  using failure_counters = std::array<prometheus::Counter*, failure_kinds>;

  families& all_;
  // Those that move with each poll are looked up once.
  prometheus::Counter& heartbeat_;
  prometheus::Histogram& poll_duration_;
  prometheus::Histogram& put_duration_;
  prometheus::Histogram& loop_duration_;
  prometheus::Histogram& poll_lateness_;
  prometheus::Counter& polls_late_;
  std::array<prometheus::Counter*, 3> decisions_;  ///< down, none, up
  failure_counters status_failures_{};
  failure_counters metric_failures_{};  ///< since there is such a metric
  failure_counters scale_failures_{};
  std::unordered_map<std::string, target_series> targets_;
  /// The same by the address of the spec, which costs less to look up than a name.
  std::unordered_map<const target_spec*, target_series*> by_spec_;
};

}  // namespace scaleit::telemetry
