#include "actors/poller.hpp"

#include "actors/harden.hpp"
#include "messages/bounds.hpp"
#include "messages/duration.hpp"
#include "policy/silence.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

#include <utility>
#include <variant>

namespace scaleit::actors {

poller_actor::behavior_type poller_state::make_behavior(services* s, target_state_ptr b,
                                                        decider_actor d) {
  with = s;
  target = std::move(b);
  decider = std::move(d);
  const auto now = self->clock().now();
  round.emplace(*target->spec, with->readers, with->secrets, now);
  harden(self);
  push = target->spec->status.push;
  if (!push) target->silent_since.reset();
  if (push && !target->silent_since) target->silent_since = now;
  arm();
  // The one before this may have died before it looked at them.
  if (!target->reports.empty()) caf::anon_send(poller_actor{self}, reports_waiting{});
  return {
      [this](const keep_time&) { with->mishaps.disturb(name, [&] { on_keep_time(); }); },
      [this](const poll_tick& x) { with->mishaps.disturb(name, [&] { on_tick(x); }); },
      [this](const poll_now&) { with->mishaps.disturb(name, [&] { on_poll_now(); }); },
      [this](const reports_waiting&) {
        with->mishaps.disturb(name, [&] { on_reports_waiting(); });
      },
      [this](const poll_answer& x) {
        with->mishaps.disturb(name, [&] { on_answer(x); });
      },
  };
}

// -- time -----------------------------------------------------------------

void poller_state::on_keep_time() { arm(); }

void poller_state::on_tick(const poll_tick& x) {
  if (x.due != due) return;
  const auto now = self->clock().now();
  const auto interval = target->spec->interval;
  arm();
  if (push) {
    if (x.due >= silent_from()) fail_of_silence(x.due, to_micros(now - x.due));
    return;
  }
  // Those that are already past are skipped, not made up for.
  // Under a new interval the next may come sooner than an interval later.
  const auto later = (due - x.due) / interval;
  ticks_skipped += static_cast<std::uint32_t>(std::max<std::int64_t>(later, 1) - 1);
  const auto before = std::exchange(out_of_turn, std::nullopt);
  if (round->in_flight())
    ++ticks_skipped;
  else if (!before || x.due - *before >= interval / 2)
    poll(to_micros(now - x.due));
}

void poller_state::on_poll_now() {
  const auto now = self->clock().now();
  if (push) {
    if (now >= silent_from()) fail_of_silence(now, microseconds{0});
    return;
  }
  if (round->in_flight()) return;
  out_of_turn = now;
  poll(microseconds{0});
}

/// At the target's place in its interval; of one that reports, when it will have been
/// silent for too long, and each interval from then on.
steady_time poller_state::next_due(steady_time now) const {
  const auto& spec = *target->spec;
  if (!push) return next_at(with->place(spec.name, spec.interval), spec.interval, now);
  const auto from = silent_from();
  return now < from ? from : next_at(from.time_since_epoch(), spec.interval, now);
}

/// A tick that is on its way counts no more, unless it is for the same moment.
void poller_state::arm() {
  const auto now = self->clock().now();
  due = next_due(now);
  self->delayed_send(self, due - now, poll_tick{due});
}

// -- polls ----------------------------------------------------------------

void poller_state::poll(microseconds late) {
  began = self->clock().now();
  late_by = late;
  round->begin(with->client, began, answered());
}

poll_round::handler poller_state::answered() {
  return [me = poller_actor{self}](std::size_t part, http_response&& r) {
    caf::anon_send(me, poll_answer{part, std::make_shared<http_response>(std::move(r))});
  };
}

void poller_state::on_answer(const poll_answer& x) {
  // The decision on what was reported meanwhile comes first, so that who waits hears it.
  if (!target->reporters.empty())
    return self->delayed_send(self, bounds::order_retry_interval, x);
  if (auto result = round->take(x.part, *x.response)) {
    if (auto* f = std::get_if<failure>(&*result))
      fail(std::move(*f));
    else
      conclude(status_observed{std::move(std::get<observation>(*result)), late_by,
                               std::exchange(ticks_skipped, 0)},
               began, std::exchange(reporters, {}));
  }
  if (reported && !round->in_flight()) poll_reported();
}

void poller_state::fail(failure f) {
  conclude(status_failed{std::move(f), late_by, std::exchange(ticks_skipped, 0)}, began);
}

/// Not folded into the history here: the decider does, when it decides.
void poller_state::conclude(event::payload outcome, steady_time poll_began,
                            report_handlers who) {
  auto e = with->events.emit(self->clock().now(), target->spec, std::move(outcome));
  target->await(e, std::move(who));
  caf::anon_send(decider, polled{std::move(e), poll_began});
}

// -- reports --------------------------------------------------------------

/// From when on the silence of one who reports is a failure.
steady_time poller_state::silent_from() const {
  return *target->silent_since + policy::silence_max(*target->spec);
}

/// Not once more at the same moment, after a crash or a change.
void poller_state::fail_of_silence(steady_time at, microseconds late) {
  const auto& told = target->silence_told;
  if (told && at - *told < target->spec->interval / 2) return;
  target->silence_told = at;
  began = self->clock().now();
  late_by = late;
  const auto silence = floor<milliseconds>(at - *target->silent_since);
  fail({failure_kind::stale, fmt::format("nothing was reported for {}",
                                         scaleit::to_string(microseconds{silence}))});
}

void poller_state::on_reports_waiting() {
  if (target->reports.empty()) return;
  // Its decision comes first, and then the decider tells that reports wait.
  if (target->awaited) return;
  auto first = std::move(target->reports.front());
  target->reports.pop_front();
  take(std::move(first));
  if (!target->reports.empty() && !target->awaited)
    caf::anon_send(poller_actor{self}, reports_waiting{});
}

void poller_state::take(status_report r) {
  auto read = round->read(r.body);
  if (auto* f = std::get_if<failure>(&read)) {
    if (r.done) r.done({report_end::unreadable, nullptr, std::move(*f)});
    return;
  }
  if (reported_by.size() >= bounds::api_waiting_max) {
    if (r.done) r.done({report_end::busy});
    return;
  }
  reported = std::move(std::get<observation>(read));
  reported_by.push_back(std::move(r.done));
  if (push) end_silence();
  if (!round->has_sources() || !round->in_flight()) poll_reported();
}

/// The tick that is on its way finds out by itself, unless it would be too late.
void poller_state::end_silence() {
  target->silent_since = self->clock().now();
  target->silence_told.reset();
  if (silent_from() < due) arm();
}

/// At once, whatever else is in flight, or when the other sources have answered.
void poller_state::poll_reported() {
  const auto now = self->clock().now();
  auto seen = std::move(*std::exchange(reported, std::nullopt));
  auto who = std::exchange(reported_by, {});
  if (!round->has_sources())
    return conclude(status_observed{std::move(seen), microseconds{0},
                                    std::exchange(ticks_skipped, 0)},
                    now, std::move(who));
  began = now;
  late_by = microseconds{0};
  reporters = std::move(who);
  round->begin(std::move(seen), with->client, now, answered());
}

poller_actor::behavior_type poller(poller_actor::stateful_pointer<poller_state> self,
                                   services* with, target_state_ptr target,
                                   decider_actor decider) {
  return self->state.make_behavior(with, std::move(target), std::move(decider));
}

}  // namespace scaleit::actors
