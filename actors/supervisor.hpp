// Keeps everything alive: starts, watches and restarts every actor, and adds, changes
// and removes targets while all runs.
//
// Receives orders (actors/orders.hpp) and departures of actors; emits
// `target.added/.changed/.removed`, `actor.crashed/.restarted` and `daemon.stopped`.
// A crash of an actor never loses a target and never touches another one. Lost on a
// restart of the supervisor itself: nothing. Targets, orders and answers are on the
// control state, each step leaves there what the next one needs, and the new supervisor
// watches the actors that are there: they go on as if nothing had happened.
#pragma once

#include "actors/control_state.hpp"
#include "actors/services.hpp"
#include "actors/start_batches.hpp"
#include "actors/subscriber_keeper.hpp"
#include "messages/actor_names.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace scaleit::actors {

struct supervisor_state {
  static inline const char* name = actor_names::supervisor;

  explicit supervisor_state(supervisor_actor::pointer me) : self(me) {}
  supervisor_actor::behavior_type make_behavior(services* with, control_state* all,
                                                telemetry::health* health);

  // -- the start ----------------------------------------------------------
  void on_take_over();
  void on_take_over_more();
  void take_over_target(target_actors& c);

  // -- orders (supervisor_orders.cpp) -------------------------------------
  void on_orders();
  bool carry_out();
  void add(target_ptr spec);
  void change(target_actors& c, target_ptr spec);
  void remove(std::string target);
  void conclude(answer a);
  void wait_for(target_actors& c);
  bool leave(target_actors& c);
  void tell_answers();

  // -- targets and their crashes ------------------------------------------
  void announce(target_actors& c, const std::string& by = {});
  void bring_up(target_actors& c);
  void start(target_actors& c, role from);
  void poll_promptly(target_actors& c);
  void stop(target_actors& c, role from);
  void on_down(const caf::down_msg& x);
  void on_restart_due(const target_restart_due& x);
  void target_crashed(target_actors& c, role who, std::string reason);
  void restart(target_actors& c);

  // -- the end ------------------------------------------------------------
  bool stopping() const { return !all->stop_reason.empty(); }
  bool out_of_time() { return stopping() && now() >= all->stop_deadline; }
  /// Whether nothing but a scale request in flight keeps it.
  bool ending(const target_actors& c) const { return c.leaving || stopping(); }
  void begin_stop(const std::string& reason);
  void check_requests_later();
  void on_requests_check();
  void finish_stop();

  struct worker {
    std::string target;
    role does;
  };
  void watch(const caf::actor_addr& a, const target_actors& c, role does);
  void dismiss(const caf::actor_addr& a);
  steady_time now() { return self->clock().now(); }
  event_ptr emit(const target_ptr& target, event::payload data);

  /// A step: whatever happens between two of them, the next supervisor goes on from
  /// there.
  template <class F>
  void step(F f) {
    with->mishaps.disturb(name, f);
  }

  supervisor_actor::pointer self;
  services* with = nullptr;
  control_state* all = nullptr;
  telemetry::health* health = nullptr;
  std::optional<subscriber_keeper> subscribers;
  std::unordered_map<caf::actor_id, worker> workers;
  bool taking_over = false;
  bool in_charge = false;  ///< the take-over is complete
  start_batches starts;
  std::vector<std::string> to_take_over;  ///< targets of the take-over, the next one last
  bool retry_is_due = false;              ///< of an order that had to wait
  bool check_is_due = false;              ///< a `requests_check` is on its way
};

supervisor_actor::behavior_type supervisor(
    supervisor_actor::stateful_pointer<supervisor_state> self, services* with,
    control_state* all, telemetry::health* health);

}  // namespace scaleit::actors
