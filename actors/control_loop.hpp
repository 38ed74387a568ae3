// The room `actors`: who polls, decides and acts, and who sees to it that they go on.
//
// It includes all rooms but `simulation` and `main`. CAF is used here, in `main` and by
// messages/protocol.hpp (docs/internals/caf.md). This header is the way in. Begin with
// that protocol, which is the conversation, then poller.hpp, decider.hpp and
// actuator.hpp, which are one target, then supervisor.hpp. What outlives a crash is in
// target_state.hpp and control_state.hpp.
//
// The control loop: the services, the subscribers, and the supervisor, which is itself
// replaced if it ever crashes.
//
// This is what a process (or a test) builds: give it an actor system and a client,
// subscribe consumers, start. It lives on the loop's thread; orders may come from any.
#pragma once

#include "actors/catalog.hpp"
#include "actors/supervisor.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace scaleit::actors {

class control_loop {
 public:
  /// `wall` is the time of the record at this moment of the system's clock. `client` and
  /// `secrets` outlive it.
  control_loop(caf::actor_system& system, net::http_client& client,
               spec::secret_store& secrets, chaos mishaps, time_point wall);
  ~control_loop();
  control_loop(const control_loop&) = delete;
  control_loop& operator=(const control_loop&) = delete;

  publisher& events() { return events_; }
  /// The time of the record, now.
  time_point time() { return events_.time_at(now()); }
  telemetry::health& health() { return health_; }
  const control_state& state() const { return state_; }

  /// Adds a consumer of events, an actor of its own (before start()); answers its queue.
  std::shared_ptr<subscription> subscribe(
      const std::string& name, std::function<void(const event&)> handle,
      std::size_t capacity = bounds::subscriber_queue_max);
  /// The same for one that keeps them.
  std::shared_ptr<subscription> subscribe_keeping(
      const std::string& name, std::function<void(const event_ptr&)> handle,
      std::size_t capacity = bounds::subscriber_queue_max);

  /// What targets that are added later remember (before start()).
  void remember(std::map<std::string, policy::remembered> before) {
    state_.before = std::move(before);
  }

  // -- what is kept from the start before: before start() ------------------
  void recall_wanted(origin o, target_ptr spec);
  void recall_hold(const std::string& name, operator_hold h);

  /// Starts everything, these targets included; there may be none. Health says that all
  /// has started when their actors are there.
  void start(const std::vector<target_ptr>& first = {}, origin o = origin::file);

  /// To be called every bounds::loop_pulse_interval: health sees that the loop turns.
  /// Events are stamped from the steady clock; `wall`, what the system's clock shows now,
  /// tells of its steps (a VM that slept, an operator, a slew that has added up).
  void pulse(steady_time now, time_point wall);

  // -- what is wanted: on the loop's thread -------------------------------
  const catalog& wanted() const { return wanted_; }
  /// What that changes is ordered. `done` hears what became of it; `unchanged` also if
  /// the name is another's, or what runs under it is just so. `by`: who asks, for events.
  void want(origin o, target_ptr spec, answer_handler done = {}, std::string by = {});
  void want_no_more(origin o, const std::string& name, answer_handler done = {},
                    std::string by = {});
  void hold(const std::string& name, operator_hold h, answer_handler done = {},
            std::string by = {});

  /// The target's status, as its spec says to read it: a poll, and the decision at once.
  /// Any target may report, one that is polled, too. `done` may be called before this
  /// returns.
  void report(const std::string& target, std::string body, report_handler done);

  // -- orders: from any thread --------------------------------------------
  /// Adds the target, or makes the one of that name what `spec` says.
  void add(target_ptr spec, answer_handler done = {}, std::string by = {});
  /// Stops and forgets it. A scale request in flight ends first.
  void remove(std::string name, answer_handler done = {}, std::string by = {});
  /// Stops everything in order; `done` is called, once, when the last actor was told.
  void stop(std::string reason, std::function<void()> done);

 protected:
  // The seam of the tests.
  supervisor_actor current_supervisor() const;
  services& current_services() { return services_; }
  control_state& changeable_state() { return state_; }

 private:
  void forget(origin o, const target_ptr& spec);
  void carry_out(std::optional<catalog_change> change, answer_handler done,
                 std::string by);
  void spawn_supervisor(std::chrono::milliseconds take_over_after);
  void supervisor_ended(const caf::error& reason);
  /// Tells the supervisor that there are orders. One that is dead need not hear it: its
  /// successor looks by itself.
  void nudge();
  steady_time now() { return system_.clock().now(); }

  caf::actor_system& system_;
  publisher events_;
  chaos mishaps_;
  reader_cache readers_;
  services services_;
  telemetry::health health_;
  control_state state_;
  catalog wanted_;
  std::vector<std::string> recalled_;  ///< names, until the start
  mutable std::mutex mutex_;           ///< of the handle alone
  supervisor_actor supervisor_;
};

}  // namespace scaleit::actors
