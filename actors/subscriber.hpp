// The actor around every consumer of events: takes what waits in its queue, in
// batches, so that a flood of events never keeps sockets and timers waiting.
//
// Telemetry and logger are this actor with another `handle`. What they accumulate
// (counters, streaks) lives outside, so that a crash loses nothing of it: of the
// events at most the one that was being handled.
#pragma once

#include "actors/chaos.hpp"
#include "actors/publisher.hpp"
#include "messages/protocol.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>

namespace scaleit::actors {

using event_handler = std::function<void(const event_ptr&)>;

struct subscriber_state {
  explicit subscriber_state(subscriber_actor::pointer me) : self(me) {}
  subscriber_actor::behavior_type make_behavior(chaos* mishaps,
                                                std::shared_ptr<subscription> events,
                                                event_handler handle);
  void on_events_ready();

  subscriber_actor::pointer self;
  std::string name = "subscriber";
  chaos* mishaps = nullptr;
  std::shared_ptr<subscription> events;
  event_handler handle;
};

subscriber_actor::behavior_type event_subscriber(
    subscriber_actor::stateful_pointer<subscriber_state> self, chaos* mishaps,
    std::shared_ptr<subscription> events, event_handler handle);

}  // namespace scaleit::actors
