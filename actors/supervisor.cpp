#include "actors/supervisor.hpp"

#include "actors/actuator.hpp"
#include "actors/decider.hpp"
#include "actors/guard.hpp"
#include "actors/poller.hpp"
#include "actors/spread.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace scaleit::actors {

namespace {

/// With this many targets or fewer, a new one is polled at once: nobody who starts the
/// daemon for one application should wait for its place in the interval.
constexpr std::size_t at_once_max = 16;
constexpr auto stop_check_interval = std::chrono::milliseconds{20};

microseconds micros(steady_time::duration d) {
  return std::chrono::duration_cast<microseconds>(d);
}

std::size_t index(role r) { return static_cast<std::size_t>(r); }

/// Overtakes the mailbox, unlike CAF's own send_exit: a dismissed actor does nothing
/// more.
void dismiss_now(const caf::actor_addr& address) {
  const auto actor = caf::actor_cast<caf::strong_actor_ptr>(address);
  if (!actor) return;
  actor->enqueue(nullptr, caf::make_message_id(caf::message_priority::high),
                 caf::make_message(caf::exit_msg{{}, caf::exit_reason::kill}), nullptr);
}

}  // namespace

std::string_view to_string(role r) {
  constexpr std::array<std::string_view, all_roles.size()> names{"actuator", "decider",
                                                                 "poller"};
  return names[index(r)];
}

supervisor_actor::behavior_type supervisor_state::make_behavior(services* s, roster* r,
                                                                telemetry::health* h) {
  with = s;
  all = r;
  board = h;
  harden(self);
  self->set_down_handler([this](caf::scheduled_actor*, caf::down_msg& x) { on_down(x); });
  return {
      [this](const take_over&) { on_take_over(); },
      // -- targets ------------------------------------------------------------------
      [this](const add_target& x) { on_add(x); },
      [this](const remove_target& x) { on_remove(x); },
      // -- crashes ------------------------------------------------------------------
      [this](const restart_due& x) { on_restart_due(x); },
      // -- the end ------------------------------------------------------------------
      [this](const stop_all& x) { on_stop(x); },
      [this](const stop_check&) { on_stop_check(); },
  };
}

event_ptr supervisor_state::emit(const target_ptr& target, event::payload data) {
  return with->events.emit(now(), target, std::move(data));
}

// -- targets --------------------------------------------------------------------------

void supervisor_state::on_add(const add_target& x) {
  if (!all->stop_reason.empty()) return;
  auto& c = all->crews[x.spec->name];
  const bool known = c.book != nullptr;
  if (known && *c.book->spec == *x.spec) return;  // nothing is asked for
  if (known) {
    stop(c, role::actuator);
    c.book->await(nullptr);
    policy::recall_changed(*c.book->spec, *x.spec, c.book->history);
  } else {
    c.book = std::make_shared<ledger>();
    if (auto known_before = all->before.extract(x.spec->name)) {
      c.book->history = std::move(known_before.mapped().history);
      policy::recall_changed(*known_before.mapped().spec, *x.spec, c.book->history);
    }
  }
  c.book->spec = x.spec;
  c.waiting = false;
  emit(x.spec, known ? event::payload{target_changed{}} : target_added{});
  const bool at_once = known || all->crews.size() <= at_once_max;
  start(c, role::actuator,
        at_once ? std::chrono::milliseconds{0} : spread(x.spec->name, x.spec->interval));
  ++all->work_done;
}

void supervisor_state::on_remove(const remove_target& x) {
  const auto found = all->crews.find(x.name);
  if (found == all->crews.end()) return;
  auto& c = found->second;
  stop(c, role::actuator);
  if (c.waiting) board->mark(c.down_name, true);
  emit(c.book->spec, target_removed{});
  all->crews.erase(found);
}

void supervisor_state::start(crew& c, role from, std::chrono::milliseconds first_poll) {
  const auto& name_of_target = c.book->spec->name;
  role starting = from;
  try {
    if (from <= role::actuator) {
      c.actuator = self->spawn(actuator, with, c.book);
      c.book->actuator = c.actuator;
      watch(c.actuator.address(), {name_of_target, false, role::actuator});
    }
    starting = role::decider;
    if (from <= role::decider) {
      c.decider = self->spawn(decider, with, c.book, c.actuator);
      watch(c.decider.address(), {name_of_target, false, role::decider});
    }
    starting = role::poller;
    c.poller = self->spawn(poller, with, c.book, c.decider);
    watch(c.poller.address(), {name_of_target, false, role::poller});
  } catch (const std::exception& e) {
    return crew_crashed(c, starting, e.what());
  }
  const auto due = now() + first_poll;
  caf::delayed_anon_send(c.poller, first_poll, poll_tick{due});
}

/// Stops `from` and all that depend on it, dependents first.
void supervisor_state::stop(crew& c, role from) {
  dismiss(c.poller.address());
  c.poller = nullptr;
  if (from <= role::decider) {
    dismiss(c.decider.address());
    c.decider = nullptr;
  }
  if (from <= role::actuator) {
    c.book->actuator = nullptr;
    dismiss(c.actuator.address());
    c.actuator = nullptr;
  }
}

// -- crashes --------------------------------------------------------------------------

void supervisor_state::watch(const caf::actor_addr& a, worker w) {
  workers.insert_or_assign(a.id(), std::move(w));
  self->monitor(a);
}

void supervisor_state::dismiss(const caf::actor_addr& a) {
  if (!a) return;
  workers.erase(a.id());  // its end is expected
  self->demonitor(a);
  dismiss_now(a);
}

subscriber* supervisor_state::find_subscriber(const std::string& who) {
  const auto found = std::find_if(all->subscribers.begin(), all->subscribers.end(),
                                  [&](const subscriber& s) { return s.name == who; });
  return found == all->subscribers.end() ? nullptr : &*found;
}

void supervisor_state::on_down(const caf::down_msg& x) {
  const auto found = workers.find(x.source.id());
  if (found == workers.end()) return;
  const worker who = std::move(found->second);
  workers.erase(found);
  if (who.is_subscriber) {
    if (auto* s = find_subscriber(who.owner))
      subscriber_crashed(*s, reason_text(x.reason));
  } else if (const auto at = all->crews.find(who.owner); at != all->crews.end()) {
    crew_crashed(at->second, who.does, reason_text(x.reason));
  }
  ++all->work_done;
}

void supervisor_state::crew_crashed(crew& c, role who, std::string reason) {
  stop(c, who);
  emit(c.book->spec, actor_crashed{std::string{to_string(who)}, std::move(reason)});
  if (!all->stop_reason.empty()) return;
  const auto delay = c.budget.on_crash(c.book->loops_completed);
  c.crashed = c.waiting ? std::min(c.crashed, who) : who;
  if (!c.waiting) c.crashed_at = now();
  ++c.attempt;
  if (delay.count() == 0 && !c.waiting) return restart(c);
  if (c.waiting) board->mark(c.down_name, true);  // a lower one is down now
  c.waiting = true;
  c.down_name = c.book->spec->name + "/" + std::string{to_string(c.crashed)};
  board->mark(c.down_name, false);
  self->delayed_send(self, delay, restart_due{c.book->spec->name, {}, c.attempt});
}

void supervisor_state::restart(crew& c) {
  if (c.waiting) board->mark(c.down_name, true);
  c.waiting = false;
  const auto restarts = ++c.restarts[index(c.crashed)];
  emit(c.book->spec, actor_restarted{std::string{to_string(c.crashed)}, restarts,
                                     micros(now() - c.crashed_at)});
  start(c, c.crashed, std::chrono::milliseconds{0});
}

void supervisor_state::subscriber_crashed(subscriber& s, std::string reason) {
  s.events->attach({});
  s.reader = nullptr;
  emit(nullptr, actor_crashed{s.name, std::move(reason)});
  s.crashed_at = now();
  const auto delay = s.budget.on_crash(s.events->handled());
  ++s.attempt;
  if (delay.count() == 0) return restart(s);
  board->mark(s.name, false);
  self->delayed_send(self, delay, restart_due{{}, s.name, s.attempt});
}

void supervisor_state::restart(subscriber& s) {
  board->mark(s.name, true);
  emit(nullptr, actor_restarted{s.name, ++s.restarts, micros(now() - s.crashed_at)});
  s.reader = s.spawn(self->system());
  watch(s.reader.address(), {s.name, true, role::poller});
  s.events->attach(s.reader);
}

void supervisor_state::on_restart_due(const restart_due& x) {
  if (x.name.empty()) {
    if (auto* s = find_subscriber(x.actor); s && s->attempt == x.attempt) restart(*s);
    return;
  }
  const auto at = all->crews.find(x.name);
  if (at == all->crews.end() || !at->second.waiting || at->second.attempt != x.attempt)
    return;
  if (all->stop_reason.empty()) restart(at->second);
}

/// Starts everyone on the roster: nobody yet at the daemon's start; after a crash of the
/// supervisor all of them, replaced one by one, since nobody watched them meanwhile.
void supervisor_state::on_take_over() {
  if (!all->crash_of_supervisor.empty()) {
    emit(nullptr, actor_crashed{name, std::exchange(all->crash_of_supervisor, {})});
    emit(nullptr, actor_restarted{name, ++all->supervisor_restarts, microseconds{0}});
  }
  for (auto& s : all->subscribers) {
    dismiss(s.reader.address());
    s.reader = s.spawn(self->system());
    watch(s.reader.address(), {s.name, true, role::poller});
    s.events->attach(s.reader);
  }
  for (auto& [name_of_target, c] : all->crews) {
    stop(c, role::actuator);
    if (c.waiting) board->mark(c.down_name, true);
    c.waiting = false;
    if (all->stop_reason.empty()) start(c, role::actuator, std::chrono::milliseconds{0});
  }
  board->started();
  if (!all->stop_reason.empty()) self->send(self, stop_check{});
}

// -- the end --------------------------------------------------------------------------

void supervisor_state::on_stop(const stop_all& x) {
  if (!all->stop_reason.empty()) return;
  all->stop_reason = x.reason.empty() ? "stopped" : x.reason;
  all->stop_deadline = now() + bounds::put_grace;
  board->stopping();
  for (auto& [name_of_target, c] : all->crews) stop(c, role::decider);
  self->send(self, stop_check{});
}

void supervisor_state::on_stop_check() {
  const auto in_flight = [](const auto& item) {
    return item.second.book->in_flight.has_value();
  };
  const bool late = now() >= all->stop_deadline;
  if (!late && std::any_of(all->crews.begin(), all->crews.end(), in_flight)) {
    self->delayed_send(self, stop_check_interval, stop_check{});
    return;
  }
  for (auto& [name_of_target, c] : all->crews) stop(c, role::actuator);
  emit(nullptr, daemon_stopped{all->stop_reason});
  for (auto& s : all->subscribers) {
    // One that waits for its restart waits no longer: there is a last event to read.
    if (!s.reader) s.reader = s.spawn(self->system());
    // What waits is read here and now: nobody else would.
    caf::anon_send(s.reader, events_ready{});
    caf::anon_send_exit(s.reader, caf::exit_reason::user_shutdown);
    workers.erase(s.reader.address().id());
    s.reader = nullptr;
  }
  self->quit();
}

supervisor_actor::behavior_type supervisor(
    supervisor_actor::stateful_pointer<supervisor_state> self, services* with,
    roster* all, telemetry::health* board) {
  return self->state.make_behavior(with, all, board);
}

}  // namespace scaleit::actors
