#include "actors/poller.hpp"

#include "actors/harden.hpp"

#include <caf/send.hpp>

#include <utility>
#include <variant>

namespace scaleit::actors {

poller_actor::behavior_type poller_state::make_behavior(services* s, target_state_ptr b,
                                                        decider_actor d) {
  with = s;
  target = std::move(b);
  decider = std::move(d);
  round.emplace(*target->spec, with->readers, with->secrets, self->clock().now());
  harden(self);
  arm();
  return {
      [this](const keep_time&) { with->mishaps.disturb(name, [&] { on_keep_time(); }); },
      [this](const poll_tick& x) { with->mishaps.disturb(name, [&] { on_tick(x); }); },
      [this](const poll_now&) { with->mishaps.disturb(name, [&] { on_poll_now(); }); },
      [this](const poll_answer& x) {
        with->mishaps.disturb(name, [&] { on_answer(x); });
      },
  };
}

void poller_state::on_keep_time() { arm(); }

void poller_state::on_tick(const poll_tick& x) {
  if (x.due != due) return;
  const auto now = self->clock().now();
  const auto interval = target->spec->interval;
  arm();
  // Those that are already past are skipped, not made up for.
  ticks_skipped += static_cast<std::uint32_t>((due - x.due) / interval - 1);
  const auto before = std::exchange(out_of_turn, std::nullopt);
  if (round->in_flight())
    ++ticks_skipped;
  else if (!before || x.due - *before >= interval / 2)
    poll(to_micros(now - x.due));
}

void poller_state::on_poll_now() {
  if (round->in_flight()) return;
  out_of_turn = self->clock().now();
  poll(microseconds{0});
}

void poller_state::poll(microseconds late) {
  began = self->clock().now();
  late_by = late;
  round->begin(with->client, began,
               [me = poller_actor{self}](std::size_t part, http_response&& r) {
                 caf::anon_send(
                     me,
                     poll_answer{part, std::make_shared<http_response>(std::move(r))});
               });
}

void poller_state::arm() {
  const auto now = self->clock().now();
  const auto& spec = *target->spec;
  due = next_at(with->place(spec.name, spec.interval), spec.interval, now);
  self->delayed_send(self, due - now, poll_tick{due});
}

void poller_state::on_answer(const poll_answer& x) {
  auto result = round->take(x.part, *x.response);
  if (!result) return;
  if (auto* f = std::get_if<failure>(&*result)) return fail(std::move(*f));
  auto& seen = std::get<observation>(*result);
  report(status_observed{std::move(seen), late_by, std::exchange(ticks_skipped, 0)});
}

void poller_state::fail(failure f) {
  report(status_failed{std::move(f), late_by, std::exchange(ticks_skipped, 0)});
}

/// Not folded into the history here: the decider does, when it decides.
void poller_state::report(event::payload outcome) {
  auto e = with->events.emit(self->clock().now(), target->spec, std::move(outcome));
  target->await(e);
  caf::anon_send(decider, polled{std::move(e), began});
}

poller_actor::behavior_type poller(poller_actor::stateful_pointer<poller_state> self,
                                   services* with, target_state_ptr target,
                                   decider_actor decider) {
  return self->state.make_behavior(with, std::move(target), std::move(decider));
}

}  // namespace scaleit::actors
