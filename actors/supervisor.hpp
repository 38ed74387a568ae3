// Keeps everything alive: starts, watches and restarts every actor, and adds and
// removes targets while all runs.
//
// Receives targets, departures of actors, and the order to stop; emits
// `target.added/.changed/.removed`, `actor.crashed/.restarted` and `daemon.stopped`.
// A crash of an actor never loses a target and never touches another one. Lost on a
// restart of the supervisor itself: nothing, the roster is not its own; it restarts
// every actor on it.
#pragma once

#include "actors/crew.hpp"
#include "actors/ledger.hpp"
#include "actors/restart_budget.hpp"
#include "telemetry/health.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace scaleit::actors {

/// A consumer of events and how to start it.
struct subscriber {
  std::string name;
  std::shared_ptr<subscription> events;
  std::function<subscriber_actor(caf::actor_system&)> spawn;
  subscriber_actor reader;
  std::uint64_t restarts = 0;
  restart_budget budget;
  std::uint64_t attempt = 0;
  steady_time crashed_at{};
};

/// Who works here. Outlives the supervisor.
struct roster {
  std::unordered_map<std::string, crew> crews;
  std::vector<subscriber> subscribers;
  std::map<std::string, policy::remembered>
      before;               ///< of targets that are not yet added
  std::string stop_reason;  ///< not empty: stopping
  steady_time stop_deadline{};
  std::string crash_of_supervisor;  ///< the reason, set by who watches it
  std::uint64_t supervisor_restarts = 0;
  std::uint64_t work_done = 0;  ///< messages a supervisor has handled to their end
};

struct supervisor_state {
  static inline const char* name = "supervisor";

  explicit supervisor_state(supervisor_actor::pointer me) : self(me) {}
  supervisor_actor::behavior_type make_behavior(services* with, roster* all,
                                                telemetry::health* board);

  // -- targets -------------------------------------------------------------------
  void on_add(const add_target& x);
  void on_remove(const remove_target& x);
  void start(crew& c, role from, std::chrono::milliseconds first_poll);
  void stop(crew& c, role from);

  // -- crashes -------------------------------------------------------------------
  void on_down(const caf::down_msg& x);
  void on_restart_due(const restart_due& x);
  void crew_crashed(crew& c, role who, std::string reason);
  void restart(crew& c);
  void subscriber_crashed(subscriber& s, std::string reason);
  void restart(subscriber& s);
  void on_take_over();

  // -- the end -------------------------------------------------------------------
  void on_stop(const stop_all& x);
  void on_stop_check();

  struct worker {
    std::string owner;  ///< the target's or the subscriber's name
    bool is_subscriber = false;
    role does = role::poller;
  };
  void watch(const caf::actor_addr& a, worker w);
  void dismiss(const caf::actor_addr& a);
  subscriber* find_subscriber(const std::string& who);
  steady_time now() { return self->clock().now(); }
  event_ptr emit(const target_ptr& target, event::payload data);

  supervisor_actor::pointer self;
  services* with = nullptr;
  roster* all = nullptr;
  telemetry::health* board = nullptr;
  std::unordered_map<caf::actor_id, worker> workers;
};

supervisor_actor::behavior_type supervisor(
    supervisor_actor::stateful_pointer<supervisor_state> self, services* with,
    roster* all, telemetry::health* board);

}  // namespace scaleit::actors
