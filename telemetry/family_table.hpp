// The room `telemetry`: what is told to the outside. Metrics and their text, log lines,
// and whether the daemon is healthy.
//
// It includes `messages`, `policy`, `net`, `spec` and `record`; it acts on nothing. Begin
// with this table. The ways in are from_events.hpp (how an event moves the metrics),
// sampled.hpp (what no event tells), scrapes.hpp (the answer to /metrics), log_lines.hpp
// (an event in words) and health.hpp (/readyz).
//
// Every metric family of the daemon, once: a row is all there is to declare of one.
//
// docs/reference/metrics.md has the same rows in the same words for people, which a
// test compares. What moves a family names it, and a name, type or number of labels
// that is not in the table does not compile.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace scaleit::telemetry {

enum class family_type : std::uint8_t { counter, gauge, histogram };

/// In alphabetical order, as they are written.
struct label_names {
  std::array<std::string_view, 2> names{std::string_view{}, std::string_view{}};
  std::size_t count = 0;

  constexpr label_names() = default;
  constexpr label_names(std::string_view a) : names{a, std::string_view{}}, count(1) {}
  constexpr label_names(std::string_view a, std::string_view b) : names{a, b}, count(2) {}
};

/// A unit is the end of the name: `_seconds`, `_bytes`, before `_total`.
struct family {
  std::string_view name;
  family_type type;
  std::string_view help;
  label_names labels{};
  std::span<const double> buckets{};  ///< the bounds of a histogram's
};

inline constexpr std::array request_seconds{
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0};
inline constexpr std::array lateness_seconds{0.001, 0.005, 0.01, 0.025, 0.05, 0.1,
                                             0.25,  0.5,   1.0,  2.5,   5.0,  10.0};

inline constexpr std::array ratios{0.1,  0.25, 0.5,  0.75, 0.9, 0.95, 1.0,
                                   1.05, 1.1,  1.25, 1.5,  2.0, 4.0,  10.0};

inline constexpr auto family_table = [] {
  using enum family_type;
  return std::to_array<family>({
      // -- of old --------------------------------------------------------
      {"autoscaler_heartbeat_total", counter,
       "Completed control loops: a status was read and decided on."},
      {"requests_failures_total",
       counter,
       "Failed requests to applications, of any kind, by method and path.",
       {"endpoint", "method"}},
      // -- the loop ------------------------------------------------------
      {"scaleit_poll_duration_seconds",
       histogram,
       "Duration of polls, failed ones included.",
       {},
       request_seconds},
      {"scaleit_put_duration_seconds",
       histogram,
       "Duration of scale requests, failed ones included.",
       {},
       request_seconds},
      {"scaleit_loop_duration_seconds",
       histogram,
       "From the begin of a poll to its decision, or to the answer to the scale request "
       "that followed.",
       {},
       request_seconds},
      {"scaleit_poll_lateness_seconds",
       histogram,
       "How long after it was due a poll began.",
       {},
       lateness_seconds},
      {"scaleit_polls_late_total", counter,
       "Polls skipped because the one before was still running, or because the loop was "
       "late by a whole interval."},
      {"scaleit_decisions_total", counter, "Decisions, by direction.", {"direction"}},
      {"scaleit_failures_total",
       counter,
       "Failed requests, by request and error.",
       {"error", "request"}},
      {"scaleit_failed_scalings_seen_total", counter,
       "Scale requests that failed, and whose effect a status shows."},
      // -- per target ----------------------------------------------------
      {"scaleit_replicas", gauge, "Replicas the application reports.", {"target"}},
      {"scaleit_desired_replicas",
       gauge,
       "Replicas the last decision asked for.",
       {"target"}},
      {"scaleit_shadow_desired_replicas",
       gauge,
       "Replicas the shadow policy's last decision asked for.",
       {"target"}},
      {"scaleit_shadow_decisions_total",
       counter,
       "Decisions of the shadow policy, by whether the live one decided the same.",
       {"agrees", "target"}},
      {"scaleit_metric_value", gauge, "Last value of the metric.", {"metric", "target"}},
      {"scaleit_metric_target",
       gauge,
       "Value at which the metric is held.",
       {"metric", "target"}},
      {"scaleit_target_healthy",
       gauge,
       "1 while every actor of the target is up.",
       {"target"}},
      {"scaleit_failures_in_a_row",
       gauge,
       "Failed polls since the target's last good one.",
       {"target"}},
      // -- all targets ---------------------------------------------------
      {"scaleit_targets", gauge, "Targets being scaled, by how they do.", {"health"}},
      {"scaleit_metric_target_ratio",
       histogram,
       "Values of metrics that were read, of all targets, divided by the value at which "
       "the metric is held.",
       {},
       ratios},
      // -- the daemon ----------------------------------------------------
      {"scaleit_actor_restarts_total",
       counter,
       "Restarts of crashed actors, by actor.",
       {"actor"}},
      {"scaleit_queue_depth", gauge, "Entries waiting, by queue.", {"queue"}},
      {"scaleit_connections", gauge, "Connections to applications, by state.", {"state"}},
      {"scaleit_events_dropped_total",
       counter,
       "Events a subscriber lost because its queue was full.",
       {"subscriber"}},
      {"scaleit_log_lines_dropped_total", counter,
       "Log lines lost because stderr was not read."},
      {"scaleit_loop_lag_seconds", gauge,
       "How late the loop's last pulse was: time a handler kept it busy."},
      {"scaleit_clock_steps_total", counter,
       "Steps of the system's clock that were followed."},
      {"scaleit_build_info", gauge, "Constant 1; the version is its label.", {"version"}},
      // -- the record ----------------------------------------------------
      {"scaleit_record_up", gauge, "1 while the last write to the record went well."},
      {"scaleit_record_bytes_total", counter,
       "Bytes written to the record, before compression."},
      {"scaleit_record_events_dropped_total", counter,
       "Events that are not in the record because it could not be written in time."},
      {"scaleit_record_errors_total", counter, "Errors of writing the record."},
      // -- the config file -----------------------------------------------
      {"scaleit_config_good", gauge,
       "1 if the config file was good when it was last read, else 0."},
      {"scaleit_config_reloads_total",
       counter,
       "Readings of the config file since the start, by outcome.",
       {"outcome"}},
      {"scaleit_config_loaded_timestamp_seconds", gauge,
       "When the config in use was read, since the Unix epoch in seconds."},
      // -- the process ---------------------------------------------------
      {"process_cpu_seconds_total", counter,
       "Total user and system CPU time spent in seconds."},
      {"process_resident_memory_bytes", gauge, "Resident memory size in bytes."},
      {"process_virtual_memory_bytes", gauge, "Virtual memory size in bytes."},
      {"process_threads", gauge, "Number of threads."},
      {"process_start_time_seconds", gauge,
       "Start time of the process since the Unix epoch in seconds."},
      {"process_open_fds", gauge, "Number of open file descriptors."},
      {"process_max_fds", gauge, "Maximum number of open file descriptors."},
  });
}();

/// The row of a family, found while compiling.
template <family_type Type, std::size_t Labels>
struct family_name {
  std::size_t row;

  consteval family_name(const char* name)  // NOLINT(google-explicit-constructor)
      : row(row_of(name)) {}

 private:
  static consteval std::size_t row_of(std::string_view name) {
    for (std::size_t i = 0; i < family_table.size(); ++i) {
      if (family_table[i].name != name) continue;
      if (family_table[i].type != Type) throw "the family is of another type";
      if (family_table[i].labels.count != Labels) throw "it has other labels";
      return i;
    }
    throw "there is no such family";
  }
};

}  // namespace scaleit::telemetry
