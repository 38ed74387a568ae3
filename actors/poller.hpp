// Reads one application's status and metrics, every interval, for ever.
//
// Owns the timing of the polls and the one in flight (actors/poll_round.hpp): ticks come
// at the target's place in its interval (actors/spread.hpp), whenever it was started.
// Receives its own ticks and the client's answers; emits `status.observed` and
// `status.failed`; sends how it went to the decider. A failed poll is an event, never an
// exception. Lost on a restart: the poll in flight (all of it is cancelled) and the count
// of skipped ticks.
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
  void on_answer(const poll_answer& x);

  void arm();
  void poll(microseconds late);
  void fail(failure f);
  void report(event::payload outcome);

  poller_actor::pointer self;
  services* with = nullptr;
  target_state_ptr target;
  decider_actor decider;
  std::optional<poll_round> round;  ///< set in make_behavior
  steady_time due{};                ///< of the next tick: others are of an older interval
  std::optional<steady_time> out_of_turn;  ///< a poll since the last tick
  steady_time began{};                     ///< when its last round did
  microseconds late_by{0};                 ///< how late that was
  std::uint32_t ticks_skipped = 0;         ///< since the last event
};

poller_actor::behavior_type poller(poller_actor::stateful_pointer<poller_state> self,
                                   services* with, target_state_ptr target,
                                   decider_actor decider);

}  // namespace scaleit::actors
