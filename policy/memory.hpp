// What a target's decisions remember from one evaluation to the next.
//
// The memory is a fold over the target's recorded events: the `recall_...` functions over
// the events of a record give the very memory the daemon had, which is how it survives a
// crash and a restart, and how a record replays. Nothing else keeps history. Bounded:
// windows forget what is too old, and hold at most bounds::window_samples_max entries.
#pragma once

#include "messages/event.hpp"
#include "policy/scalings.hpp"
#include "policy/schedule.hpp"
#include "policy/windows.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace scaleit::policy {

/// What panic and the outage guard remember of one metric.
struct metric_memory {
  // -- panic (Knative): loads, and the wishes of the last observation
  // ---------------------
  sum_window stable;
  sum_window burst;
  int stable_wish = 0;                 ///< clamped
  int burst_wish = 0;                  ///< clamped
  std::optional<time_point> panicked;  ///< the last moment above the threshold
  int highest = 0;                     ///< wish seen while the panic lasts

  // -- outage guard
  // -----------------------------------------------------------------------
  extreme_window<double, std::greater<>> peak;
  std::optional<time_point> dropped;  ///< when the load vanished, while that holds
  double load_before = 0;
  double load_now = 0;
  bool operator==(const metric_memory&) const = default;
};

/// What can be computed again at any time from the spec: no part of what is remembered.
struct scratch {
  std::optional<schedule_bounds> schedule;
  std::shared_ptr<const class expression> expression;
  bool operator==(const scratch&) const { return true; }
};

struct memory {
  time_point clock{};                   ///< of the last poll
  std::optional<int> replicas;          ///< as last observed or applied
  std::uint32_t failures_in_a_row = 0;  ///< failed polls since the last good one

  bool has_recommended = false;  ///< ever: a new target's first window begins differently
  extreme_window<int, std::greater<>> recommended_max;  ///< within the down window
  extreme_window<int, std::less<>> recommended_min;     ///< within the up window

  scalings applied;
  int last_direction = 0;        ///< of the last applied scaling: 1, -1, or 0 for none
  ring<time_point> reversals{};  ///< the last ones, as many as the budget has

  std::vector<metric_memory> metrics;    ///< as the spec's; empty until a rule needs it
  std::optional<time_point> idle_since;  ///< all activation metrics at or below theirs

  scratch cached;
  bool operator==(const memory&) const = default;
};

// -- the fold, one function per type of event
// ----------------------------------------------- Each takes the event's time. A poll
// earlier than the one before means that the clock was set back: everything remembered
// moves with it, so that what was ten seconds ago still is.

/// A status was read.
void recall_observed(const target_spec& spec, memory& m, const observation& seen,
                     time_point at);
/// A poll failed.
void recall_failed(const target_spec& spec, memory& m, time_point at);
/// A decision was made: what it recommended counts from now on.
void recall_decision(const target_spec& spec, memory& m, const decision& made,
                     time_point at);
/// The application took the new count.
void recall_applied(const target_spec& spec, memory& m, int from, int to, time_point at);
/// The spec is another from now on. If it decides otherwise, what was measured under the
/// old one is forgotten; what was recommended and applied is not.
void recall_changed(const target_spec& before, const target_spec& after, memory& m);

/// All of the above by the event's type; events that do not concern decisions change
/// nothing. `shadow`: whose memory it is; only decisions of its own count.
void recall(const target_spec& spec, memory& m, const event& e, bool shadow = false);

}  // namespace scaleit::policy
