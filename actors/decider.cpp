#include "actors/decider.hpp"

#include "actors/harden.hpp"
#include "policy/history.hpp"

#include <caf/send.hpp>

#include <utility>

namespace scaleit::actors {

decider_actor::behavior_type decider_state::make_behavior(services* s, target_state_ptr b,
                                                          actuator_actor a) {
  with = s;
  target = std::move(b);
  actuator = std::move(a);
  harden(self);
  return {
      [this](const polled& x) { with->mishaps.disturb(name, [&] { on_polled(x); }); },
  };
}

void decider_state::on_polled(const polled& x) {
  if (x.outcome != target->awaited) return;  // meant for one that died before it
  // The decision's time is the poll's, so that a replay, which has only the record's
  // times, sees what this saw.
  const auto time = x.outcome->time;
  const auto& spec = *target->spec;
  const auto* read = x.outcome->as<status_observed>();
  auto [live, shadow, effect] =
      read ? policy::evaluate(spec, target->history, read->seen, time)
           : policy::evaluate_failure(spec, target->history, time);
  target->decided();
  const auto reporters = std::exchange(target->reporters, {});
  if (read) ++target->loops_completed;
  const auto command = live && policy::is_command(spec, *live)
                           ? std::optional{std::pair{live->current, live->desired}}
                           : std::nullopt;
  if (effect) tell(x, *effect);
  event_ptr made;
  if (live) made = tell(x, std::move(*live), false);
  if (shadow) tell(x, std::move(*shadow), true);
  if (command)
    caf::anon_send(
        actuator, set_replicas{command->first, command->second, x.outcome, x.poll_began});
  if (!target->reports.empty() && target->poller)
    caf::anon_send(target->poller, reports_waiting{});
  if (made) actors::tell(reporters, {report_end::decided, std::move(made)});
}

/// Not folded: the poll itself says it to the history.
void decider_state::tell(const polled& x, const policy::scaling& effect) {
  scale_applied e{effect.from, effect.to};
  e.poll = x.outcome;
  e.cause = x.outcome->sequence;
  e.seen = true;
  with->events.emit(x.outcome->time, target->spec, std::move(e));
}

event_ptr decider_state::tell(const polled& x, decision&& d, bool shadow) {
  const auto now = self->clock().now();
  const auto took = to_micros(now - x.poll_began);
  const bool failed = x.outcome->as<status_failed>() != nullptr;
  return with->events.emit(
      x.outcome->time, target->spec,
      decision_made{std::move(d), took, shadow, failed, x.outcome->sequence});
}

decider_actor::behavior_type decider(decider_actor::stateful_pointer<decider_state> self,
                                     services* with, target_state_ptr target,
                                     actuator_actor actuator) {
  return self->state.make_behavior(with, std::move(target), std::move(actuator));
}

}  // namespace scaleit::actors
