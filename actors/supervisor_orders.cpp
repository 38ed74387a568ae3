// Orders: what is asked for, until everybody has an answer.
#include "actors/supervisor.hpp"

#include <caf/send.hpp>

#include <utility>

namespace scaleit::actors {

void supervisor_state::on_orders() {
  if (const auto reason = all->orders.stop_reason(); reason && !stopping()) {
    on_take_over();  // there is no time to wait for that
    step([&] { begin_stop(*reason); });
  }
  if (!in_charge) return;
  retry_is_due = false;
  tell_answers();
  for (int n = 0; n < bounds::orders_batch; ++n) {
    if (!all->in_hand) all->in_hand = all->orders.take();
    if (!all->in_hand) return;
    if (!carry_out()) {
      if (!std::exchange(retry_is_due, true))
        self->delayed_send(self, bounds::order_retry_interval, orders_waiting{});
      return;
    }
    tell_answers();
    ++all->work_done;
  }
  caf::anon_send(supervisor_actor{self}, orders_waiting{});
}

/// False: not yet, but soon, when others had their turn.
bool supervisor_state::carry_out() {
  const auto& o = *all->in_hand;
  const auto found = all->targets.find(o.name);
  auto* c = found == all->targets.end() ? nullptr : &found->second;
  if (stopping()) {
    conclude({outcome::refused, "the daemon is stopping"});
  } else if (c != nullptr && c->leaving) {
    wait_for(*c);
  } else if (o.spec) {
    // The record is to tell a poll, its decision, and then the change, so that it is
    // plain by which spec the decision was made.
    if (c != nullptr && c->state->awaited && c->decider) return false;
    c != nullptr ? change(*c, o.spec) : add(o.spec);
  } else if (c != nullptr) {
    remove(o.name);
  } else {
    conclude({outcome::unknown});
  }
  return true;
}

void supervisor_state::add(target_ptr spec) {
  if (all->full()) return conclude({outcome::refused, all->full_sentence()});
  target_actors* c = nullptr;
  step([&] {
    c = &all->create(spec);
    announce(*c, all->in_hand->by);
    conclude({outcome::added});
  });
  step([&] { bring_up(*c); });
}

void supervisor_state::announce(target_actors& c, const std::string& by) {
  emit(c.state->spec, target_added{.by = by});
  c.announced = true;
}

void supervisor_state::change(target_actors& c, target_ptr spec) {
  auto& state = *c.state;
  if (*state.spec == *spec) return conclude({outcome::unchanged});
  step([&] {
    policy::recall_changed(*state.spec, *spec, state.history);
    state.spec = spec;
    emit(spec, target_changed{.by = all->in_hand->by});
    conclude({outcome::changed});
  });
  step([&] {
    const auto before = c.poller;
    bring_up(c);
    if (c.poller && c.poller == before) poll_promptly(c);
  });
}

/// The order in hand is carried out, and its answer is to be told.
void supervisor_state::conclude(answer a) {
  all->told.emplace_back(std::move(all->in_hand->done), std::move(a));
  all->in_hand.reset();
}

/// The order in hand goes on when the target has left.
void supervisor_state::wait_for(target_actors& c) {
  c.waiting.push_back(std::move(*all->in_hand));
  all->in_hand.reset();
}

void supervisor_state::remove(std::string target) {
  auto& c = all->targets.at(target);
  step([&] {
    c.leaving = true;
    all->leaving.insert(std::move(target));
    wait_for(c);
  });
  step([&] {
    if (!leave(c)) check_requests_later();
  });
}

/// A scale request in flight may end first, so that the record tells how; nothing else
/// goes on. True if the target is gone.
bool supervisor_state::leave(target_actors& c) {
  stop(c, role::decider);
  if (c.state->in_flight && !out_of_time()) return false;
  stop(c, role::actuator);
  const auto spec = c.state->spec;
  emit(spec, target_removed{c.waiting.empty() ? "" : c.waiting.front().by});
  if (!c.waiting.empty()) {
    all->told.emplace_back(std::move(c.waiting.front().done), answer{outcome::removed});
    c.waiting.pop_front();
    all->orders.put_back(std::exchange(c.waiting, {}));
  }
  all->leaving.erase(spec->name);
  all->targets.erase(spec->name);
  return true;
}

void supervisor_state::tell_answers() {
  while (!all->told.empty())
    step([&] {
      const auto [tell, what] = std::move(all->told.front());
      all->told.pop_front();
      all->orders.answered();
      if (tell) tell(what);
    });
}

}  // namespace scaleit::actors
