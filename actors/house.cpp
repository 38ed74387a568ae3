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
      services_{client, events_, mishaps_, readers_} {}

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

void house::start() {
  events_.emit(now(), nullptr, daemon_started{SCALEIT_VERSION});
  spawn_supervisor(std::chrono::milliseconds{0});
}

void house::spawn_supervisor(std::chrono::milliseconds take_over_after) {
  supervisor_ = system_.spawn(supervisor, &services_, &roster_, &board_);
  // Runs on the loop, as the last act of a supervisor that ends.
  caf::actor_cast<caf::actor>(supervisor_)
      ->attach_functor([this](const caf::error& reason) {
        if (!reason) {
          if (auto done = std::exchange(stopped_, {})) done();
          return;
        }
        roster_.crash_of_supervisor = reason_text(reason);
        spawn_supervisor(budget_.on_crash(roster_.work_done));
      });
  // Not through the clock when it need not wait: it must come before any target.
  if (take_over_after.count() == 0)
    caf::anon_send(supervisor_, take_over{});
  else
    caf::delayed_anon_send(supervisor_, take_over_after, take_over{});
}

void house::add(target_ptr spec) {
  caf::anon_send(supervisor_, add_target{std::move(spec)});
}

void house::remove(std::string name) {
  caf::anon_send(supervisor_, remove_target{std::move(name)});
}

void house::kill_supervisor(const std::string& reason) {
  supervisor_->enqueue(nullptr, caf::make_message_id(),
                       caf::make_message(caf::exit_msg{
                           {}, caf::make_error(caf::sec::runtime_error, reason)}),
                       nullptr);
}

void house::stop(std::string reason, std::function<void()> done) {
  stopped_ = std::move(done);
  caf::anon_send(supervisor_, stop_all{std::move(reason)});
}

}  // namespace scaleit::actors
