// How a target is to be scaled: the decision's settings, one struct per rule.
//
// The names are those of the references (Kubernetes HPA v2, KEP-4951, KEDA, Knative),
// so that who knows them knows these. An absent rule does nothing and leaves no step;
// what each means exactly is on its page in docs/concepts/.
#pragma once

#include "messages/bounds.hpp"
#include "messages/time.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace scaleit {

/// Deadband around a ratio of 1, as HPA's (KEP-4951), one per direction.
struct tolerance_spec {
  double up = 0.1;    ///< >= 0
  double down = 0.1;  ///< >= 0
  bool operator==(const tolerance_spec&) const = default;
};

/// How the recommendations of several metrics become one.
enum class combine_kind : std::uint8_t { max, min, average, expression };

struct combine_spec {
  combine_kind kind = combine_kind::max;
  std::string expression;  ///< over the metrics' values; yields a ratio to 1.0
  bool operator==(const combine_spec&) const = default;
};

// -- behavior (HPA v2) ----------------------------------------------------

enum class policy_type : std::uint8_t { pods, percent };
enum class select_policy : std::uint8_t { max, min, disabled };

/// At most `value` pods, or per cent of what there was, within any `period`.
struct scaling_policy {
  policy_type type = policy_type::percent;
  int value = 100;                  ///< >= 1
  std::chrono::seconds period{15};  ///< 1 s .. 1800 s
  bool operator==(const scaling_policy&) const = default;
};

struct scaling_rules {
  std::chrono::seconds stabilization_window{0};  ///< 0 s .. 3600 s
  select_policy select = select_policy::max;
  std::vector<scaling_policy> policies;  ///< 1 .. bounds::scaling_policies_max
  bool operator==(const scaling_rules&) const = default;
};

/// The defaults are HPA's.
struct behavior_spec {
  scaling_rules up{std::chrono::seconds{0},
                   select_policy::max,
                   {{policy_type::percent, 100, std::chrono::seconds{15}},
                    {policy_type::pods, 4, std::chrono::seconds{15}}}};
  scaling_rules down{std::chrono::seconds{300},
                     select_policy::max,
                     {{policy_type::percent, 100, std::chrono::seconds{15}}}};
  bool operator==(const behavior_spec&) const = default;
};

/// No window and no limit: what is asked for is done at once (the drop-in mode).
inline behavior_spec immediate_behavior() {
  const scaling_rules any{
      std::chrono::seconds{0},
      select_policy::max,
      {{policy_type::pods, bounds::replicas_max, std::chrono::seconds{1}}}};
  return {any, any};
}

// -- rules that are off unless configured ---------------------------------

enum class fallback_behavior : std::uint8_t {
  fixed,  ///< `static`: always `replicas`
  current_replicas,
  current_replicas_if_higher,
  current_replicas_if_lower,
};

/// KEDA's fallback: after *more than* `failure_threshold` failed polls in a row.
struct fallback_spec {
  int failure_threshold = 3;  ///< >= 0
  int replicas = 0;           ///< >= 0
  fallback_behavior behavior = fallback_behavior::fixed;
  bool operator==(const fallback_spec&) const = default;
};

/// Knative's stable and panic windows.
struct panic_spec {
  microseconds stable_window{60'000'000};  ///< 1 s .. 1 h
  double window_percent = 10;              ///< 1 .. 100
  double threshold_percent = 200;          ///< > 100
  double max_scale_up_rate = 1000;         ///< > 1
  double max_scale_down_rate = 2;          ///< > 1
  bool operator==(const panic_spec&) const = default;

  microseconds panic_window() const {
    return microseconds{
        std::llround(static_cast<double>(stable_window.count()) * window_percent / 100)};
  }
};

/// Load that vanishes at once is more often an outage than a holiday.
struct guard_spec {
  double drop_percent = 50;         ///< 0 .. 100, both excluded
  microseconds within{60'000'000};  ///< 1 s .. 1 h
  microseconds hold{600'000'000};   ///< 1 s .. 24 h
  bool operator==(const guard_spec&) const = default;
};

struct flap_budget_spec {
  int reversals = 2;                 ///< 1 .. bounds::flap_reversals_max
  microseconds period{600'000'000};  ///< 1 s .. 24 h
  bool operator==(const flap_budget_spec&) const = default;
};

/// While it lasts, the floor is raised or the ceiling lowered.
struct schedule_spec {
  std::string cron;  ///< five fields: minute hour day-of-month month day-of-week
  std::string timezone = "UTC";  ///< IANA name
  microseconds duration{};       ///< 1 min .. 366 days
  std::optional<int> min_replicas;
  std::optional<int> max_replicas;
  bool operator==(const schedule_spec&) const = default;
};

/// Scale to zero: out of it when a metric is above its activation value, back to it when
/// all have been at or below theirs for the cooldown.
struct zero_spec {
  /// By metric, >= 0. Metrics not named here do not count; with none named all do, at 0.
  std::vector<std::pair<std::string, double>> activation;
  microseconds cooldown{300'000'000};  ///< 0 s .. 24 h
  bool operator==(const zero_spec&) const = default;
};

enum class scaling_mode : std::uint8_t { active, dry_run, paused };

struct pause_spec {
  bool scale_in = false;
  bool scale_out = false;
  bool operator==(const pause_spec&) const = default;
};

/// Everything `decide` goes by, but for the metrics themselves.
struct policy_spec {
  int min_replicas = 1;    ///< 0 .. bounds::replicas_max
  int max_replicas = 100;  ///< 1 .. bounds::replicas_max, at least min_replicas
  tolerance_spec tolerance;
  combine_spec combine;
  microseconds max_age{0};  ///< of an observation, by its own time; 0: any
  microseconds warmup{0};   ///< of added replicas; 0: none
  behavior_spec behavior;
  std::optional<fallback_spec> fallback;
  std::optional<panic_spec> panic;
  std::optional<guard_spec> guard;
  std::optional<flap_budget_spec> flap_budget;
  std::vector<schedule_spec> schedules;
  std::optional<zero_spec> zero;
  scaling_mode mode = scaling_mode::active;
  pause_spec pause;
  bool operator==(const policy_spec&) const = default;
};

}  // namespace scaleit
