// The actors under virtual time: CAF's deterministic scheduler, a clock that moves
// when told, and an application that is a function.
//
// No threads, no sockets, no sleeping: `advance()` moves time from timer to timer and
// from answer to answer, and every run is the same as the one before.
#pragma once

#include "actors/control_loop.hpp"
#include "messages/event.hpp"
#include "net/http.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace scaleit::test {

using namespace std::chrono_literals;

/// What an application does with a request: answer after a while, or never.
struct reply {
  http_response response;
  std::chrono::microseconds after{1000};
  bool never = false;  ///< until the request's own timeout
};

reply answers(int status, std::string body = {}, std::chrono::microseconds after = 1ms);
reply fails(failure_kind kind, std::chrono::microseconds after = 1ms);
reply hangs();

using application = std::function<reply(const net::http_request&)>;

/// Stands in for the client: the application decides, virtual time delivers.
class scripted_client final : public net::http_client {
 public:
  explicit scripted_client(std::function<steady_time()> now) : now_(std::move(now)) {}

  ticket submit(net::prepared_ptr r, handler done) override;
  ticket stream(net::prepared_ptr r, net::stream_handlers h) override;
  void cancel(ticket t) noexcept override { waiting_.erase(t); }

  /// When the next answer is due, if one is.
  std::optional<steady_time> next_due() const;
  void deliver_due();
  std::size_t in_flight() const { return waiting_.size(); }

  application app = [](const net::http_request&) { return answers(404); };

 private:
  struct exchange {
    handler done;
    http_response response;
    steady_time due;
  };
  std::function<steady_time()> now_;
  ticket last_ = 0;
  std::map<ticket, exchange> waiting_;
};

/// 2026-01-31T09:30:00Z
inline constexpr time_point default_wall{std::chrono::seconds{1769851800}};

/// With a door for what can only go wrong.
class fragile_loop : public actors::control_loop {
 public:
  using control_loop::control_loop;
  /// Ends the supervisor as a crash would.
  void kill_supervisor(const std::string& reason);
  actors::control_state& changeable_state() { return control_loop::changeable_state(); }
  actors::services& services() { return current_services(); }
};

class virtual_loop {
 public:
  /// `wall`: the time of the record at the start, at which an interval of five seconds of
  /// a target called "app" begins. `first`: with what the control loop is started.
  explicit virtual_loop(actors::chaos mishaps = {}, time_point wall = default_wall,
                        const std::vector<target_ptr>& first = {});
  ~virtual_loop();

  /// Moves time; runs what becomes ready, unless it is to be run step by step.
  void advance(std::chrono::microseconds d, bool run = true);
  std::chrono::milliseconds elapsed() const;
  std::chrono::microseconds elapsed_exactly() const;
  /// Runs what is ready now, without moving time.
  void drain();
  /// The next of that; false if there is none.
  bool run_once();
  std::size_t actors_running();
  /// Messages that wait for their time.
  std::size_t timers();

  /// Events so far of one type, in order.
  template <class T>
  std::vector<const T*> all() const {
    std::vector<const T*> found;
    for (const auto& e : events)
      if (const auto* x = e->as<T>()) found.push_back(x);
    return found;
  }
  /// `1000 app status.observed`: all events as lines, milliseconds since the start first.
  std::vector<std::string> story() const;

  std::vector<event_ptr> events;
  std::vector<std::chrono::milliseconds> event_times;

 private:
  caf::actor_system_config config_;

 public:
  caf::actor_system system;
  scripted_client client;
  spec::secret_store secrets;

 private:
  caf::scheduler::test_coordinator& scheduler();
  steady_time start_;

 public:
  fragile_loop control;

 private:
  std::size_t base_ = 0;
};

/// Crashes the `nth` message handled by `actor` (counted from 1).
inline actors::chaos crash_once(std::string actor, int nth, actors::strike when) {
  auto seen = std::make_shared<int>(0);
  return actors::chaos{[=](std::string_view who) {
    return who == actor && ++*seen == nth ? when : actors::strike::none;
  }};
}

/// The application of the contract: utilisation = load / replicas, PUTs at once.
struct simple_app {
  int replicas = 10;
  double load = 8;
  std::vector<int> puts;      ///< the values of all PUTs that arrived
  std::size_t redundant = 0;  ///< PUTs that asked for what already was
  std::size_t polls = 0;
  reply operator()(const net::http_request& r);
};

}  // namespace scaleit::test
