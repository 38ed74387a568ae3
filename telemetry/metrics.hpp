// Every metric family of the daemon: name, help and labels in one place, and how
// each event moves them.
//
// The counters live here, outside the telemetry actor that keeps them, so that a
// crash of the actor never sets one back. Written on the control loop, read by the
// thread that serves /metrics: prometheus-cpp's values are safe for that.
#pragma once

#include "messages/event.hpp"
#include "messages/observation.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace scaleit::telemetry {

class metrics {
 public:
  explicit metrics(const std::string& version);

  std::shared_ptr<prometheus::Registry> registry() const { return registry_; }

  /// Counts one event.
  void apply(const event& e);

  // -- sampled, not counted from events ------------------------------------------------
  void queue_depth(const std::string& queue, std::size_t depth);
  /// `total` is what a subscriber lost since the daemon's start.
  void events_dropped(const std::string& subscriber, std::uint64_t total);
  void log_lines_dropped(std::uint64_t total);
  void connections(std::size_t open, std::size_t idle);
  void loop_lag(double seconds) { loop_lag_->Set(seconds); }

 private:
  struct metric_series {
    std::string name;
    prometheus::Gauge* value;
    prometheus::Gauge* target;
    /// Failed requests for it: of a metric with a URL of its own, the first of those that
    /// share the request.
    prometheus::Counter* failures;
  };
  struct shadow_series {
    prometheus::Gauge* desired;
    prometheus::Counter* agreed;
    prometheus::Counter* differed;
  };
  /// What a target owns; gone with it.
  struct series {
    prometheus::Gauge* replicas;
    prometheus::Gauge* desired;
    prometheus::Gauge* healthy;
    prometheus::Gauge* failing;
    std::vector<metric_series> metrics;
    prometheus::Counter* status_failures;  ///< shared by targets with the same path
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
  void apply(const event& e, const scale_applied& x);
  void apply(const event& e, const scale_failed& x);
  void apply(const event& e, const actor_crashed& x);
  void apply(const event& e, const actor_restarted& x);
  void apply(const event&, const daemon_started&) {}
  void apply(const event&, const daemon_stopped&) {}
  void apply(const event&, const scale_requested&) {}

  series& of(const event& e);
  void forget(const std::string& target);
  void compare(const event& e, const decision& d);
  metric_series add_metric(const target_spec& spec, std::size_t index);
  void count_sources(const series& s, const observation& seen);
  void count_polls(microseconds took, microseconds late_by, std::uint32_t skipped);
  prometheus::Counter& old_failures(const char* method, const std::string& url);

  template <class T>
  using family = prometheus::Family<T>;
  using failure_counters = std::array<prometheus::Counter*, failure_kinds>;

  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Counter* heartbeat_;
  family<prometheus::Counter>* old_failures_;
  prometheus::Histogram* poll_duration_;
  prometheus::Histogram* put_duration_;
  prometheus::Histogram* loop_duration_;
  prometheus::Histogram* poll_lateness_;
  prometheus::Counter* polls_late_;
  std::array<prometheus::Counter*, 3> decisions_;  ///< down, none, up
  family<prometheus::Counter>* failures_;
  failure_counters status_failures_;
  failure_counters metric_failures_{};  ///< since there is such a metric
  failure_counters scale_failures_;
  family<prometheus::Counter>* restarts_;
  family<prometheus::Gauge>* replicas_;
  family<prometheus::Gauge>* desired_;
  family<prometheus::Gauge>* healthy_;
  family<prometheus::Gauge>* failing_;
  family<prometheus::Gauge>* shadow_desired_;
  family<prometheus::Counter>* shadow_decisions_;
  family<prometheus::Gauge>* values_;
  family<prometheus::Gauge>* value_targets_;
  prometheus::Gauge* targets_;
  family<prometheus::Gauge>* queues_;
  family<prometheus::Counter>* dropped_;
  prometheus::Counter* lines_dropped_;
  family<prometheus::Gauge>* connections_;
  prometheus::Gauge* loop_lag_;
  std::unordered_map<std::string, series> series_;
  /// The same by the address of the spec, which costs less to look up than a name.
  std::unordered_map<const target_spec*, series*> by_spec_;
};

}  // namespace scaleit::telemetry
