// Decides how many replicas an application should have.
//
// A thin shell over policy::evaluate(). Receives how a poll went; emits `scale.applied`
// if it shows what a failed request has done all the same, `decision.made`, "no change"
// included, and the shadow's, if there is one; sends the actuator a command
// when the number changes; tells those who reported the status what was decided. Lost on
// a restart: the poll it was deciding on, and who waits for that; its memory is in the
// target's state.
#pragma once

#include "actors/services.hpp"
#include "messages/actor_names.hpp"
#include "messages/protocol.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace scaleit::actors {

struct decider_state {
  static inline const char* name = actor_names::decider;

  explicit decider_state(decider_actor::pointer me) : self(me) {}
  decider_actor::behavior_type make_behavior(services* with, target_state_ptr target,
                                             actuator_actor actuator);

  void on_polled(const polled& x);
  event_ptr tell(const polled& x, decision&& d, bool shadow);
  void tell(const polled& x, const policy::scaling& effect);

  decider_actor::pointer self;
  services* with = nullptr;
  target_state_ptr target;
  actuator_actor actuator;
};

decider_actor::behavior_type decider(decider_actor::stateful_pointer<decider_state> self,
                                     services* with, target_state_ptr target,
                                     actuator_actor actuator);

}  // namespace scaleit::actors
