// Everyone under one roof: the services, the subscribers, and the supervisor, which
// is itself replaced if it ever crashes.
//
// This is what a process (or a test) builds: give it an actor system and a client,
// subscribe consumers, start, add targets.
#pragma once

#include "actors/supervisor.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <string>

namespace scaleit::actors {

class house {
 public:
  /// `wall` is the time of the record at this moment of the system's clock.
  house(caf::actor_system& system, net::http_client& client, chaos mishaps,
        time_point wall);
  ~house();
  house(const house&) = delete;
  house& operator=(const house&) = delete;

  publisher& events() { return events_; }
  telemetry::health& board() { return board_; }
  const roster& staff() const { return roster_; }

  /// Adds a consumer of events, an actor of its own (before start()); answers its queue.
  std::shared_ptr<subscription> subscribe(
      const std::string& name, std::function<void(const event&)> handle,
      std::size_t capacity = bounds::subscriber_queue_max);

  /// What targets that are added later remember (before start()).
  void remember(std::map<std::string, policy::remembered> before) {
    roster_.before = std::move(before);
  }

  void start();
  void add(target_ptr spec);
  void remove(std::string name);
  /// Stops everything in order; `done` is called, once, when the last actor was told.
  void stop(std::string reason, std::function<void()> done);

  /// Ends the supervisor as a crash would: the last thing that could go wrong, for tests.
  void kill_supervisor(const std::string& reason);

 private:
  void spawn_supervisor(std::chrono::milliseconds take_over_after);
  steady_time now() { return system_.clock().now(); }

  caf::actor_system& system_;
  publisher events_;
  chaos mishaps_;
  reader_cache readers_;
  services services_;
  telemetry::health board_;
  roster roster_;
  supervisor_actor supervisor_;
  restart_budget budget_;
  std::function<void()> stopped_;
};

}  // namespace scaleit::actors
