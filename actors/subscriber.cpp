#include "actors/subscriber.hpp"

#include "actors/harden.hpp"

#include <utility>

namespace scaleit::actors {

subscriber_actor::behavior_type subscriber_state::make_behavior(
    chaos* c, std::shared_ptr<subscription> e, event_handler h) {
  mishaps = c;
  events = std::move(e);
  handle = std::move(h);
  name = events->name();
  harden(self);
  return {
      [this](const events_ready&) { mishaps->disturb(name, [&] { on_events_ready(); }); },
  };
}

void subscriber_state::on_events_ready() {
  events->woken();
  for (int n = 0; n < bounds::subscriber_batch; ++n) {
    const auto e = events->pop();
    if (!e) return;
    handle(e);
    events->count_handled();
  }
  events->wake();
}

subscriber_actor::behavior_type event_subscriber(
    subscriber_actor::stateful_pointer<subscriber_state> self, chaos* mishaps,
    std::shared_ptr<subscription> events, event_handler handle) {
  return self->state.make_behavior(mishaps, std::move(events), std::move(handle));
}

}  // namespace scaleit::actors
