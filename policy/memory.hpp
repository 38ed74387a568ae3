// What a target's decisions remember from one evaluation to the next.
//
// The memory is a fold over the target's recorded events: the `recall_...` functions over
// the events of a record give the very memory the daemon had, which is how it survives a
// crash and a restart, and how a record replays. Nothing else keeps history. What a rule
// remembers is described in its own file; here the parts come together. Bounded: windows
// forget what is too old, and hold at most bounds::window_samples_max entries.
#pragma once

#include "messages/event.hpp"
#include "policy/flap_budget.hpp"
#include "policy/guard.hpp"
#include "policy/panic.hpp"
#include "policy/scalings.hpp"
#include "policy/schedule.hpp"
#include "policy/stabilize.hpp"
#include "policy/zero.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace scaleit::policy {

/// What the rules that watch one metric remember of it.
struct metric_memory {
  panic_memory panic;
  guard_memory guard;
  bool operator==(const metric_memory&) const = default;

  void shift(microseconds by);
};

/// What can be computed again at any time from the spec: no part of what is remembered.
struct scratch {
  std::optional<schedule_bounds> schedule;
  std::shared_ptr<const class expression> expression;
  bool operator==(const scratch&) const { return true; }
};

/// A change of the count.
struct scaling {
  int from = 0;
  int to = 0;
  bool operator==(const scaling&) const = default;
};

/// What is heard of a scale request: that it was sent, that it was applied, that it
/// failed without effect, or that it failed and may yet have been carried out.
enum class request_is : std::uint8_t { sent, applied, refused, unanswered };
struct scaling_news {
  request_is what = request_is::sent;
  int from = 0;
  int to = 0;
  time_point at{};
  std::uint64_t cause = 0;  ///< the id of the poll that led to it; 0: unknown
  bool operator==(const scaling_news&) const = default;
};

/// A scale request of which no end is known.
struct sent_request {
  int from = 0;
  int to = 0;
  time_point at{};
  std::uint64_t cause = 0;  ///< the id of the poll that led to it; 0: unknown
  bool operator==(const sent_request&) const = default;
};

/// A scale request that failed although it was sent. It counts as applied until a status
/// tells; then what is seen of it counts, at once or, for an application that takes its
/// time, within bounds::unanswered_watch_time.
struct unanswered_request {
  int from = 0;  ///< less what was seen of it
  int to = 0;
  time_point at{};
  bool counts = true;  ///< no status has told yet
  bool operator==(const unanswered_request&) const = default;
};

struct memory {
  time_point clock{};                   ///< of the last poll
  std::optional<int> replicas;          ///< as last observed or applied
  std::uint32_t failures_in_a_row = 0;  ///< failed polls since the last good one

  std::optional<sent_request> requested;         ///< in flight
  std::optional<unanswered_request> unanswered;  ///< the last one, if it failed

  // -- the rules' own parts -----------------------------------------------
  recommendations recommended;
  scalings applied;
  reversals reversed;
  idleness idle;
  std::vector<metric_memory> metrics;  ///< as the spec's; empty until a rule needs it

  scratch cached;
  bool operator==(const memory&) const = default;

  /// What was ten seconds ago still is, on a clock that is `by` later.
  void shift(microseconds by);
};

// -- the fold, one function per type of event -----------------------------
// Each takes the event's time. A step of the system's clock moves everything remembered
// along, so that what was ten seconds ago still is. In a record that does not tell steps,
// a poll earlier than the one before is one.

/// A status was read.
void recall_observed(const target_spec& spec, memory& m, const observation& seen,
                     time_point at);
/// A poll failed.
void recall_failed(const target_spec& spec, memory& m, time_point at);
/// The system's clock was set: all that is remembered moves along by `by`.
void recall_stepped(memory& m, microseconds by);
/// A decision was made: what it recommended counts from now on.
void recall_decision(const target_spec& spec, memory& m, const decision& made,
                     time_point at);
/// Something is known of a scale request.
void recall_request(const target_spec& spec, memory& m, const scaling_news& news);
/// The application took the new count.
void recall_applied(const target_spec& spec, memory& m, int from, int to, time_point at);
/// The spec has changed. If it decides by other settings, what was measured under the old
/// one is forgotten; what was recommended and applied is not.
void recall_changed(const target_spec& before, const target_spec& after, memory& m);

/// What an event tells of a scale request, if anything. That a status shows the effect of
/// one that failed is nothing new: the status itself told it.
std::optional<scaling_news> news_of(const event& e);

/// What this status shows of a request that had failed.
std::optional<scaling> effect_seen(const memory& m, const observation& seen);
/// The memory as it would be if the request without an answer had been carried out, as
/// long as no status tells; the count stays the one that was last seen.
std::optional<memory> assumed(const target_spec& spec, const memory& m);

/// All of the above by the event's type; events that do not concern decisions change
/// nothing. `shadow`: whose memory it is; only decisions of its own count.
void recall(const target_spec& spec, memory& m, const event& e, bool shadow = false);

}  // namespace scaleit::policy
