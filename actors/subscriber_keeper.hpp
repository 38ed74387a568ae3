// The supervisor's hand for those who consume events: starts them, replaces them when
// they crash, and at the end lets each read what still waits.
#pragma once

#include "actors/back_off.hpp"
#include "actors/publisher.hpp"
#include "messages/protocol.hpp"

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

namespace scaleit::actors {

/// A consumer of events and how to start it.
struct subscriber {
  std::string name;
  std::shared_ptr<subscription> events;
  std::function<subscriber_actor(caf::actor_system&)> spawn;
  subscriber_actor reader;
  std::uint64_t restarts = 0;
  back_off down;
};

class subscriber_keeper {
 public:
  /// Works for the supervisor `self`; `all` outlives it.
  subscriber_keeper(supervisor_actor::pointer self, publisher& events,
                    telemetry::health& health, std::deque<subscriber>& all)
      : self_(self), events_(events), health_(health), all_(all) {}

  /// Watches those who work and starts those who do not.
  void take_over();
  /// True if it was one of them.
  bool on_down(const caf::down_msg& x);
  void on_restart_due(const subscriber_restart_due& x);
  void stop();

 private:
  subscriber* find(const std::string& name);
  void watch(const subscriber& s);
  void start(subscriber& s);
  void restart(subscriber& s);
  void crashed(subscriber& s, std::string reason);
  steady_time now() { return self_->clock().now(); }

  supervisor_actor::pointer self_;
  publisher& events_;
  telemetry::health& health_;
  std::deque<subscriber>& all_;
  std::unordered_map<caf::actor_id, std::string> watched_;
};

}  // namespace scaleit::actors
