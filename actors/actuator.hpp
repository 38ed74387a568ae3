// Writes an application's replica count.
//
// Receives commands; sends one request at a time; emits `scale.requested` and then
// `scale.applied` or `scale.failed`. A request without an answer is not repeated:
// a later poll tells what is true, and the decision follows from that. Lost on a
// restart: nothing; the request in flight and its answer are in the target's state, where
// a restarted actuator finds them.
#pragma once

#include "actors/services.hpp"
#include "messages/actor_names.hpp"
#include "messages/protocol.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace scaleit::actors {

struct actuator_state {
  static inline const char* name = actor_names::actuator;

  explicit actuator_state(actuator_actor::pointer me) : self(me) {}
  actuator_actor::behavior_type make_behavior(services* with, target_state_ptr target);

  void on_set_replicas(const set_replicas& x);
  void on_answered();
  /// Ends, in the record, a request that a daemon or an actuator before left open.
  void close_what_is_open();

  actuator_actor::pointer self;
  services* with = nullptr;
  target_state_ptr target;
};

actuator_actor::behavior_type actuator(
    actuator_actor::stateful_pointer<actuator_state> self, services* with,
    target_state_ptr target);

}  // namespace scaleit::actors
