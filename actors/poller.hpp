// Reads one application's status and metrics, every interval, for ever.
//
// Owns the timing of the polls and the one in flight (actors/poll_round.hpp): ticks come
// at the target's place in its interval (actors/spread.hpp), whenever it was started.
// Receives its own ticks, the client's answers and reports; emits `status.observed` and
// `status.failed`; sends how it went to the decider. A failed poll is an event, never an
// exception. Lost on a restart: the poll in flight (all of it is cancelled) with the
// reports that it is made of, and the count of skipped ticks.
//
// A report (actors/report.hpp) is a poll out of turn. While the metrics that have a URL
// of their own are asked for, further reports wait, and the newest of them is the next
// poll. A target whose spec says `push` is asked for nothing at its ticks: they come when
// it has been silent for too long, and then each interval, and each is a failed poll.
#pragma once

#include "actors/poll_round.hpp"
#include "actors/services.hpp"
#include "messages/actor_names.hpp"
#include "messages/protocol.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <optional>

namespace scaleit::actors {

struct poller_state {
  static inline const char* name = actor_names::poller;

  explicit poller_state(poller_actor::pointer me) : self(me) {}
  poller_actor::behavior_type make_behavior(services* with, target_state_ptr target,
                                            decider_actor decider);

  void on_keep_time();
  void on_tick(const poll_tick& x);
  void on_poll_now();
  void on_reports_waiting();
  void on_answer(const poll_answer& x);

  void arm();
  steady_time next_due(steady_time now) const;
  void poll(microseconds late);
  poll_round::handler answered();
  void fail(failure f);
  void conclude(event::payload outcome, steady_time poll_began, report_handlers who = {});

  // -- reports ------------------------------------------------------------
  steady_time silent_from() const;
  void fail_of_silence(steady_time at, microseconds late);
  void take(status_report r);
  void end_silence();
  void poll_reported();

  poller_actor::pointer self;
  services* with = nullptr;
  target_state_ptr target;
  decider_actor decider;
  std::optional<poll_round> round;  ///< set in make_behavior
  bool push = false;                ///< it reports: the round has no status request
  steady_time due{};                ///< of the next tick: others are of an older interval
  std::optional<steady_time> out_of_turn;  ///< a poll since the last tick
  steady_time began{};                     ///< when its last round did
  microseconds late_by{0};                 ///< how late that was
  std::uint32_t ticks_skipped = 0;         ///< since the last event
  report_handlers reporters;               ///< of the round in flight
  std::optional<observation> reported;     ///< the newest that waits for a round
  report_handlers reported_by;             ///< who hears of it
};

poller_actor::behavior_type poller(poller_actor::stateful_pointer<poller_state> self,
                                   services* with, target_state_ptr target,
                                   decider_actor decider);

}  // namespace scaleit::actors
