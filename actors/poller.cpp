#include "actors/poller.hpp"

#include "actors/guard.hpp"

#include <caf/send.hpp>

#include <utility>
#include <variant>

namespace scaleit::actors {

namespace {

microseconds micros(steady_time::duration d) {
  return std::chrono::duration_cast<microseconds>(d);
}

}  // namespace

poller_actor::behavior_type poller_state::make_behavior(services* s, ledger_ptr b,
                                                        decider_actor d) {
  with = s;
  book = std::move(b);
  decider = std::move(d);
  round.emplace(*book->spec, with->readers);
  harden(self);
  return {
      [this](const poll_tick& x) { with->mishaps.disturb(name, [&] { on_tick(x); }); },
      [this](const poll_now&) { with->mishaps.disturb(name, [&] { on_poll_now(); }); },
      [this](const poll_answer& x) {
        with->mishaps.disturb(name, [&] { on_answer(x); });
      },
  };
}

void poller_state::on_tick(const poll_tick& x) {
  const auto now = self->clock().now();
  arm(x.due);
  if (round->in_flight())
    ++ticks_skipped;
  else
    poll(micros(now - x.due));
}

void poller_state::on_poll_now() {
  if (!round->in_flight()) poll(microseconds{0});
}

void poller_state::poll(microseconds late) {
  began = self->clock().now();
  late_by = late;
  round->begin(with->client, [me = poller_actor{self}](std::size_t part,
                                                       http_response&& r) {
    caf::anon_send(me, poll_answer{part, std::make_shared<http_response>(std::move(r))});
  });
}

/// Ticks stay on the grid that the first one began, so that a target keeps its place in
/// the interval; those that are already past are skipped, not made up for.
void poller_state::arm(steady_time due) {
  const auto now = self->clock().now();
  const auto interval = book->spec->interval;
  auto next = due + interval;
  if (next <= now) {
    const auto missed = (now - next) / interval + 1;
    ticks_skipped += static_cast<std::uint32_t>(missed);
    next += missed * interval;
  }
  self->delayed_send(self, next - now, poll_tick{next});
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
  auto e = with->events.emit(self->clock().now(), book->spec, std::move(outcome));
  book->await(e);
  caf::anon_send(decider, polled{std::move(e), began});
}

poller_actor::behavior_type poller(poller_actor::stateful_pointer<poller_state> self,
                                   services* with, ledger_ptr book,
                                   decider_actor decider) {
  return self->state.make_behavior(with, std::move(book), std::move(decider));
}

}  // namespace scaleit::actors
