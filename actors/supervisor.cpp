#include "actors/supervisor.hpp"

#include "actors/actuator.hpp"
#include "actors/decider.hpp"
#include "actors/harden.hpp"
#include "actors/poller.hpp"
#include "actors/spec_change.hpp"
#include "actors/spread.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace scaleit::actors {

namespace {

std::size_t index(role r) { return static_cast<std::size_t>(r); }

/// Overtakes the mailbox, unlike CAF's own send_exit: a dismissed actor does nothing
/// more.
void dismiss_now(const caf::actor_addr& address) {
  const auto actor = caf::actor_cast<caf::strong_actor_ptr>(address);
  if (!actor) return;
  actor->enqueue(nullptr, caf::make_message_id(caf::message_priority::high),
                 caf::make_message(caf::exit_msg{{}, caf::exit_reason::kill}), nullptr);
}

/// The lowest one that is missing.
std::optional<role> lowest_missing(const target_actors& c) {
  if (!c.actuator) return role::actuator;
  if (!c.decider) return role::decider;
  if (!c.poller) return role::poller;
  return {};
}

}  // namespace

std::string_view to_string(role r) {
  constexpr std::array<std::string_view, all_roles.size()> names{
      actor_names::actuator, actor_names::decider, actor_names::poller};
  return names[index(r)];
}

supervisor_actor::behavior_type supervisor_state::make_behavior(services* s,
                                                                control_state* r,
                                                                telemetry::health* h) {
  with = s;
  all = r;
  health = h;
  subscribers.emplace(self, with->events, *health, all->subscribers);
  harden(self);
  self->set_down_handler(
      [this](caf::scheduled_actor*, caf::down_msg& x) { step([&] { on_down(x); }); });
  return {
      // -- the start ------------------------------------------------------
      [this](const take_over&) { step([&] { on_take_over(); }); },
      [this](const take_over_more&) { step([&] { on_take_over_more(); }); },
      // -- orders ---------------------------------------------------------
      [this](const orders_waiting&) { on_orders(); },
      // -- crashes --------------------------------------------------------
      [this](const target_restart_due& x) { step([&] { on_restart_due(x); }); },
      [this](const subscriber_restart_due& x) {
        step([&] { subscribers->on_restart_due(x); });
      },
      // -- the end --------------------------------------------------------
      [this](const requests_check&) { step([&] { on_requests_check(); }); },
  };
}

event_ptr supervisor_state::emit(const target_ptr& target, event::payload data) {
  return with->events.emit(now(), target, std::move(data));
}

// -- the start ------------------------------------------------------------

/// At the daemon's start nobody works yet. After a crash of the supervisor most go on
/// working and are only watched again: one who died meanwhile is told of at once.
void supervisor_state::on_take_over() {
  if (std::exchange(taking_over, true)) return;
  if (all->stopped) return self->quit();
  if (!all->crash_of_supervisor.empty()) {
    auto& down = all->supervisor_down;
    down.waiting.reset();
    emit(nullptr, actor_crashed{name, std::exchange(all->crash_of_supervisor, {})});
    emit(nullptr, actor_restarted{name, ++all->supervisor_restarts,
                                  to_micros(now() - down.crashed_at)});
  }
  subscribers->take_over();
  starts.begin(now());
  to_take_over = all->names_latest_first();
  on_take_over_more();
}

void supervisor_state::on_take_over_more() {
  for (starts.turn(now()); !to_take_over.empty() && starts.more(now());) {
    const auto target = std::move(to_take_over.back());
    to_take_over.pop_back();
    if (const auto at = all->targets.find(target); at != all->targets.end())
      take_over_target(at->second);
  }
  if (!to_take_over.empty())
    return caf::anon_send(supervisor_actor{self}, take_over_more{});
  if (std::exchange(in_charge, true)) return;
  health->started();
  if (stopping() || !all->leaving.empty()) check_requests_later();
  caf::anon_send(supervisor_actor{self}, orders_waiting{});
}

void supervisor_state::take_over_target(target_actors& c) {
  if (c.actuator) watch(c.actuator.address(), c, role::actuator);
  if (c.decider) watch(c.decider.address(), c, role::decider);
  if (c.poller) watch(c.poller.address(), c, role::poller);
  if (ending(c)) {
    stop(c, role::decider);
    if (c.state->in_flight && !c.actuator) start(c, role::actuator);
    return;
  }
  if (!c.announced) announce(c);
  bring_up(c);
}

// -- targets --------------------------------------------------------------

/// Sees to it that all of a target's actors are there and do what its spec says.
void supervisor_state::bring_up(target_actors& c) {
  const auto& spec = c.state->spec;
  if (c.down.waiting) return restart(c);
  if (c.poller && c.polled_by != spec) {
    if (!polled_alike(*c.polled_by, *spec))
      stop(c, role::poller);
    else if (!timed_alike(*c.polled_by, *spec))
      caf::anon_send(c.poller, keep_time{});
    c.polled_by = spec;
  }
  if (const auto from = lowest_missing(c)) start(c, *from);
}

void supervisor_state::start(target_actors& c, role from) {
  role starting = from;
  try {
    if (from <= role::actuator) {
      c.actuator = self->spawn(actuator, with, c.state);
      c.state->actuator = c.actuator;
      watch(c.actuator.address(), c, role::actuator);
    }
    if (ending(c)) return;
    starting = role::decider;
    if (from <= role::decider) {
      c.decider = self->spawn(decider, with, c.state, c.actuator);
      watch(c.decider.address(), c, role::decider);
    }
    starting = role::poller;
    c.poller = self->spawn(poller, with, c.state, c.decider);
    c.state->poller = c.poller;
    watch(c.poller.address(), c, role::poller);
  } catch (const std::exception& e) {
    return target_crashed(c, starting, e.what());
  }
  c.polled_by = c.state->spec;
  poll_promptly(c);
}

/// At once, if nothing is asked or there are few; else soon, if its place is far.
void supervisor_state::poll_promptly(target_actors& c) {
  if (c.state->spec->status.push || all->prompt.take(now()))
    return caf::anon_send(c.poller, poll_now{});
  const auto& spec = *c.state->spec;
  if (spec.interval > bounds::first_poll_within)
    caf::delayed_anon_send(c.poller, spread(spec.name, bounds::first_poll_within),
                           poll_now{});
}

/// Stops `from` and all that depend on it, dependents first.
void supervisor_state::stop(target_actors& c, role from) {
  if (ending(c))
    c.state->turn_away(stopping() ? report_end::stopping : report_end::unknown);
  c.state->poller = nullptr;
  dismiss(std::exchange(c.poller, nullptr).address());
  if (from <= role::decider) {
    dismiss(std::exchange(c.decider, nullptr).address());
    c.state->await(nullptr);  // its decider is gone
  }
  if (from <= role::actuator) {
    c.state->actuator = nullptr;
    dismiss(std::exchange(c.actuator, nullptr).address());
  }
}

// -- crashes --------------------------------------------------------------

void supervisor_state::watch(const caf::actor_addr& a, const target_actors& c,
                             role does) {
  workers.insert_or_assign(a.id(), worker{c.state->spec->name, does});
  self->monitor(a);
}

void supervisor_state::dismiss(const caf::actor_addr& a) {
  if (!a) return;
  workers.erase(a.id());  // its end is expected
  self->demonitor(a);
  dismiss_now(a);
}

void supervisor_state::on_down(const caf::down_msg& x) {
  ++all->work_done;
  if (subscribers->on_down(x)) return;
  const auto found = workers.find(x.source.id());
  if (found == workers.end()) return;
  const worker who = std::move(found->second);
  workers.erase(found);
  if (const auto at = all->targets.find(who.target); at != all->targets.end())
    target_crashed(at->second, who.does, reason_text(x.reason));
}

void supervisor_state::target_crashed(target_actors& c, role who, std::string reason) {
  const auto& spec = c.state->spec;
  stop(c, who);
  emit(spec, actor_crashed{std::string{to_string(who)}, std::move(reason)});
  if (ending(c) && !c.state->in_flight) return;
  c.crashed = c.down.waiting ? std::min(c.crashed, who) : who;
  wait_or_restart(
      self, c.down, *health, spec->name + "/" + std::string{to_string(c.crashed)},
      c.state->loops_completed,
      [&](std::uint64_t attempt) {
        return target_restart_due{spec->name, attempt};
      },
      [&] { restart(c); });
  if (c.down.waiting) c.state->turn_away(report_end::down);
}

void supervisor_state::restart(target_actors& c) {
  c.down.waiting.reset();
  const auto restarts = ++c.restarts[index(c.crashed)];
  emit(c.state->spec, actor_restarted{std::string{to_string(c.crashed)}, restarts,
                                      to_micros(now() - c.down.crashed_at)});
  start(c, c.crashed);
}

void supervisor_state::on_restart_due(const target_restart_due& x) {
  const auto at = all->targets.find(x.target);
  if (at == all->targets.end()) return;
  auto& c = at->second;
  if (!c.down.waiting || c.down.attempt != x.attempt) return;
  if (!ending(c) || c.state->in_flight) restart(c);
}

// -- the end --------------------------------------------------------------

void supervisor_state::begin_stop(const std::string& reason) {
  all->stop_reason = reason;
  all->stop_deadline = now() + bounds::put_grace;
  health->stopping();
  for (auto& [target, c] : all->targets) stop(c, role::decider);
  check_requests_later();
}

void supervisor_state::check_requests_later() {
  if (std::exchange(check_is_due, true)) return;
  self->delayed_send(self, bounds::request_check_interval, requests_check{});
}

void supervisor_state::on_requests_check() {
  check_is_due = false;
  const auto leaving = all->leaving;
  for (const auto& target : leaving) leave(all->targets.at(target));
  if (!all->leaving.empty()) check_requests_later();
  if (stopping()) {
    const auto waits = [](auto& t) { return t.second.state->in_flight.has_value(); };
    if (out_of_time() || std::none_of(all->targets.begin(), all->targets.end(), waits))
      return finish_stop();
    check_requests_later();
  }
  on_orders();
}

void supervisor_state::finish_stop() {
  for (auto& [target, c] : all->targets) stop(c, role::actuator);
  if (all->in_hand) all->orders.put_back({std::move(*std::exchange(all->in_hand, {}))});
  for (auto& o : all->orders.close("the daemon has stopped"))
    all->told.emplace_back(std::move(o.done),
                           answer{outcome::refused, "the daemon is stopping"});
  tell_answers();
  emit(nullptr, daemon_stopped{all->stop_reason});
  subscribers->stop();
  all->stopped = true;
  self->quit();
}

supervisor_actor::behavior_type supervisor(
    supervisor_actor::stateful_pointer<supervisor_state> self, services* with,
    control_state* all, telemetry::health* health) {
  return self->state.make_behavior(with, all, health);
}

}  // namespace scaleit::actors
