#include "actors/decider.hpp"

#include "actors/guard.hpp"
#include "policy/decide.hpp"

#include <caf/send.hpp>

#include <utility>

namespace scaleit::actors {

decider_actor::behavior_type decider_state::make_behavior(services* s, ledger_ptr b,
                                                          actuator_actor a) {
  with = s;
  book = std::move(b);
  actuator = std::move(a);
  harden(self);
  return {
      [this](const status_read& x) {
        with->mishaps.disturb(name, [&] { on_status(x); });
      },
  };
}

void decider_state::on_status(const status_read& x) {
  // The decision's time is the observation's, so that a replay, which has only the
  // record's times, sees what this saw.
  auto [made, next] =
      policy::decide(*book->spec, book->memory, x.observed->as<status_observed>()->seen,
                     x.observed->time);
  const auto now = self->clock().now();
  const int from = made.current;
  const int to = made.desired;
  with->events.emit(
      now, book->spec,
      decision_made{std::move(made),
                    std::chrono::duration_cast<microseconds>(now - x.poll_began)});
  book->memory = std::move(next);
  ++book->loops_completed;
  if (from != to)
    caf::anon_send(actuator, set_replicas{from, to, x.observed, x.poll_began});
}

decider_actor::behavior_type decider(decider_actor::stateful_pointer<decider_state> self,
                                     services* with, ledger_ptr book,
                                     actuator_actor actuator) {
  return self->state.make_behavior(with, std::move(book), std::move(actuator));
}

}  // namespace scaleit::actors
