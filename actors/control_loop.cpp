#include "actors/control_loop.hpp"

#include "actors/harden.hpp"
#include "actors/subscriber.hpp"
#include "messages/actor_names.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <fmt/format.h>

#include <utility>

namespace scaleit::actors {

namespace {

failure too_large() {
  return {failure_kind::body,
          fmt::format("larger than {} bytes", bounds::response_body_bytes_max)};
}

}  // namespace

control_loop::control_loop(caf::actor_system& system, net::http_client& client,
                           spec::secret_store& secrets, chaos mishaps, time_point wall)
    : system_(system),
      events_(system.clock().now(), wall),
      mishaps_(std::move(mishaps)),
      services_{client, events_, mishaps_, readers_, secrets, spread} {}

control_loop::~control_loop() = default;

std::shared_ptr<subscription> control_loop::subscribe(
    const std::string& name, std::function<void(const event&)> handle,
    std::size_t capacity) {
  return subscribe_keeping(
      name, [handle = std::move(handle)](const event_ptr& e) { handle(*e); }, capacity);
}

std::shared_ptr<subscription> control_loop::subscribe_keeping(
    const std::string& name, std::function<void(const event_ptr&)> handle,
    std::size_t capacity) {
  subscriber s;
  s.name = name;
  s.events = events_.subscribe(name, capacity);
  s.spawn = [this, events = s.events,
             handle = std::move(handle)](caf::actor_system& system) {
    return system.spawn(event_subscriber, &mishaps_, events, handle);
  };
  state_.subscribers.push_back(std::move(s));
  return state_.subscribers.back().events;
}

void control_loop::recall_wanted(origin o, target_ptr spec) {
  recalled_.push_back(spec->name);
  wanted_.put(o, std::move(spec));
}

void control_loop::recall_hold(const std::string& name, operator_hold h) {
  wanted_.hold(name, h);
}

void control_loop::start(const std::vector<target_ptr>& first, origin o) {
  state_.stop_reason.clear();
  state_.stopped = false;
  state_.orders.reopen();
  // One too many, or a second of its name, is an order like any other.
  const auto begin = [&](const target_ptr& spec) {
    if (state_.full() || state_.targets.contains(spec->name))
      add(spec);
    else
      state_.create(spec);
  };
  for (const auto& spec : first)
    if (const auto change = wanted_.put(o, spec)) begin(change->spec);
  for (const auto& name : std::exchange(recalled_, {}))
    if (!state_.targets.contains(name)) begin(wanted_.find(name)->running);
  events_.emit(now(), nullptr, daemon_started{SCALEIT_VERSION});
  spawn_supervisor(std::chrono::milliseconds{0});
}

void control_loop::pulse(steady_time now, time_point wall) {
  health_.pulse(now.time_since_epoch().count());
  const auto off = wall - events_.time_at(now);
  if (off >= bounds::clock_step_min || off <= -bounds::clock_step_min)
    events_.reanchor(now, wall);
}

void control_loop::spawn_supervisor(std::chrono::milliseconds take_over_after) {
  auto next = system_.spawn(supervisor, &services_, &state_, &health_);
  {
    const std::lock_guard lock{mutex_};
    supervisor_ = next;
  }
  // Runs on the loop, as the last act of a supervisor that ends.
  caf::actor_cast<caf::actor>(next)->attach_functor(
      [this](const caf::error& reason) { supervisor_ended(reason); });
  // Not through the clock when it need not wait.
  if (take_over_after.count() == 0)
    caf::anon_send(next, take_over{});
  else
    caf::delayed_anon_send(next, take_over_after, take_over{});
}

void control_loop::supervisor_ended(const caf::error& reason) {
  if (!reason) {
    for (const auto& done : state_.orders.take_stopped()) done();
    return;
  }
  state_.crash_of_supervisor = reason_text(reason);
  spawn_supervisor(crashed(state_.supervisor_down, now(), health_,
                           actor_names::supervisor, state_.work_done));
}

supervisor_actor control_loop::current_supervisor() const {
  const std::lock_guard lock{mutex_};
  return supervisor_;
}

void control_loop::nudge() {
  if (const auto to = current_supervisor()) caf::anon_send(to, orders_waiting{});
}

void control_loop::want(origin o, target_ptr spec, answer_handler done, std::string by) {
  const auto* known = wanted_.find(spec->name);
  if (wanted_.running() >= state_.targets_max && !(known && known->running)) {
    if (done) done({outcome::refused, state_.full_sentence()});
    return;
  }
  auto change = wanted_.put(o, spec);
  // What the supervisor does not take, since those that leave count for it, is not
  // wanted.
  auto heard = [this, o, spec = std::move(spec),
                done = std::move(done)](const answer& a) {
    if (a.what == outcome::refused && state_.stop_reason.empty()) forget(o, spec);
    if (done) done(a);
  };
  carry_out(std::move(change), std::move(heard), std::move(by));
}

void control_loop::forget(origin o, const target_ptr& spec) {
  const auto* known = wanted_.find(spec->name);
  if (known && known->wanted[static_cast<std::size_t>(o)] == spec)
    wanted_.drop(o, spec->name);
}

void control_loop::want_no_more(origin o, const std::string& name, answer_handler done,
                                std::string by) {
  carry_out(wanted_.drop(o, name), std::move(done), std::move(by));
}

void control_loop::hold(const std::string& name, operator_hold h, answer_handler done,
                        std::string by) {
  carry_out(wanted_.hold(name, h), std::move(done), std::move(by));
}

void control_loop::report(const std::string& target, std::string body,
                          report_handler done) {
  const auto at = state_.targets.find(target);
  if (!state_.stop_reason.empty()) return done({report_end::stopping});
  if (at == state_.targets.end() || at->second.leaving)
    return done({report_end::unknown});
  auto& c = at->second;
  if (c.down.waiting) return done({report_end::down});
  if (body.size() > bounds::response_body_bytes_max)
    return done({report_end::unreadable, nullptr, too_large()});
  auto& reports = c.state->reports;
  if (reports.size() >= bounds::api_waiting_max) return done({report_end::busy});
  reports.push_back({std::move(body), std::move(done)});
  // A poller that is started looks by itself.
  if (reports.size() == 1 && c.poller) caf::anon_send(c.poller, reports_waiting{});
}

void control_loop::carry_out(std::optional<catalog_change> change, answer_handler done,
                             std::string by) {
  if (change)
    change->spec ? add(change->spec, std::move(done), std::move(by))
                 : remove(change->name, std::move(done), std::move(by));
  else if (done)
    done({outcome::unchanged});
}

void control_loop::add(target_ptr spec, answer_handler done, std::string by) {
  auto name = spec->name;
  if (state_.orders.give(
          {std::move(name), std::move(spec), std::move(done), std::move(by)}))
    nudge();
}

void control_loop::remove(std::string name, answer_handler done, std::string by) {
  if (state_.orders.give({std::move(name), nullptr, std::move(done), std::move(by)}))
    nudge();
}

void control_loop::stop(std::string reason, std::function<void()> done) {
  state_.orders.give_stop({std::move(reason), std::move(done)});
  nudge();
}

}  // namespace scaleit::actors
