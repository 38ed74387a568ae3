#include "actors/house.hpp"

#include "actors/guard.hpp"
#include "actors/subscriber.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <utility>

namespace scaleit::actors {

house::house(caf::actor_system& system, net::http_client& client, chaos mishaps,
             time_point wall)
    : system_(system),
      events_(system.clock().now(), wall),
      mishaps_(std::move(mishaps)),
      services_{client, events_, mishaps_, readers_, spread} {}

house::~house() = default;

std::shared_ptr<subscription> house::subscribe(const std::string& name,
                                               std::function<void(const event&)> handle,
                                               std::size_t capacity) {
  subscriber s;
  s.name = name;
  s.events = events_.subscribe(name, capacity);
  s.spawn = [this, events = s.events,
             handle = std::move(handle)](caf::actor_system& system) {
    return system.spawn(event_subscriber, &mishaps_, events, handle);
  };
  roster_.subscribers.push_back(std::move(s));
  return roster_.subscribers.back().events;
}

void house::start(const std::vector<target_ptr>& first) {
  roster_.stop_reason.clear();
  roster_.stopped = false;
  roster_.orders.reopen();
  for (const auto& spec : first) roster_.enlist(spec);
  events_.emit(now(), nullptr, daemon_started{SCALEIT_VERSION});
  spawn_supervisor(std::chrono::milliseconds{0});
}

void house::spawn_supervisor(std::chrono::milliseconds take_over_after) {
  auto next = system_.spawn(supervisor, &services_, &roster_, &board_);
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

void house::supervisor_ended(const caf::error& reason) {
  if (!reason) {
    for (const auto& done : roster_.orders.take_stopped()) done();
    return;
  }
  roster_.crash_of_supervisor = reason_text(reason);
  spawn_supervisor(budget_.on_crash(roster_.work_done));
}

supervisor_actor house::current_supervisor() const {
  const std::lock_guard lock{mutex_};
  return supervisor_;
}

void house::nudge() {
  if (const auto to = current_supervisor()) caf::anon_send(to, orders_waiting{});
}

void house::add(target_ptr spec, answer_handler done) {
  auto name = spec->name;
  if (roster_.orders.give({std::move(name), std::move(spec), std::move(done)})) nudge();
}

void house::remove(std::string name, answer_handler done) {
  if (roster_.orders.give({std::move(name), nullptr, std::move(done)})) nudge();
}

void house::stop(std::string reason, std::function<void()> done) {
  roster_.orders.give_stop({std::move(reason), std::move(done)});
  nudge();
}

}  // namespace scaleit::actors
