#include "actors/loop_scheduler.hpp"

#include "messages/bounds.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_system.hpp>
#include <caf/detail/simple_actor_clock.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <thread>
#include <utility>

namespace scaleit::actors {

namespace {

namespace asio = net::asio;
using job = caf::resumable*;

constexpr auto turn_jobs =
    bounds::loop_turn_jobs;  ///< then sockets and timers have theirs
constexpr auto turn_time = bounds::loop_turn_time;  ///< likewise
/// Then the next actor does. More than one would let whoever writes to itself to give way
/// to others, after a batch, go on at once with the next.
constexpr std::size_t messages_per_job = 1;
/// Between two looks at the clock: reading it costs as much as a small message.
constexpr std::size_t jobs_per_look = 2;

/// CAF's map of timers, fired by one Asio timer. Calls from other threads are posted.
class loop_clock final : public caf::detail::simple_actor_clock {
 public:
  using base = caf::detail::simple_actor_clock;

  explicit loop_clock(asio::io_context& io)
      : io_(io), timer_(io), thread_(std::this_thread::get_id()) {}

  void set_ordinary_timeout(time_point due, caf::abstract_actor* a, caf::atom_value type,
                            std::uint64_t id) override {
    on_loop([=, this, keep = caf::strong_actor_ptr{a->ctrl()}] {
      base::set_ordinary_timeout(due, a, type, id);
    });
  }
  void set_multi_timeout(time_point due, caf::abstract_actor* a, caf::atom_value type,
                         std::uint64_t id) override {
    on_loop([=, this, keep = caf::strong_actor_ptr{a->ctrl()}] {
      base::set_multi_timeout(due, a, type, id);
    });
  }
  void set_request_timeout(time_point due, caf::abstract_actor* a,
                           caf::message_id id) override {
    on_loop([=, this, keep = caf::strong_actor_ptr{a->ctrl()}] {
      base::set_request_timeout(due, a, id);
    });
  }
  void cancel_timeouts(caf::abstract_actor* a) override {
    // From another thread there is nothing to do: the entries just expire.
    if (here()) base::cancel_timeouts(a);
  }
  void schedule_message(time_point due, caf::strong_actor_ptr to,
                        caf::mailbox_element_ptr what) override {
    // An element is move-only and a posted function is copied: hence the shared pointer.
    auto held = std::make_shared<caf::mailbox_element_ptr>(std::move(what));
    on_loop([=, this] { base::schedule_message(due, to, std::move(*held)); });
  }

  bool here() const { return std::this_thread::get_id() == thread_; }

 private:
  template <class F>
  void on_loop(F f) {
    if (here()) {
      f();
      arm();
    } else {
      asio::post(io_, [this, f = std::move(f)]() mutable {
        f();
        arm();
      });
    }
  }

  static time_point on_grid(time_point t) {
    const auto grid =
        std::chrono::duration_cast<time_point::duration>(timer_grid).count();
    const auto ticks = t.time_since_epoch().count();
    return time_point{time_point::duration{(ticks + grid - 1) / grid * grid}};
  }

  void arm() {
    if (schedule_.empty()) return;
    const auto due = on_grid(schedule_.begin()->first);
    if (due >= armed_) return;
    armed_ = due;
    timer_.expires_at(due);
    timer_.async_wait([this](const boost::system::error_code& aborted) {
      if (aborted) return;
      armed_ = time_point::max();
      trigger_expired_timeouts();
      arm();
    });
  }

  asio::io_context& io_;
  asio::steady_timer timer_;
  const std::thread::id thread_;
  time_point armed_ = time_point::max();
};

class loop_scheduler final : public caf::scheduler::abstract_coordinator {
 public:
  loop_scheduler(caf::actor_system& system, asio::io_context& io)
      : abstract_coordinator(system), io_(io), clock_(io), unit_(*this) {}

  bool detaches_utility_actors() const override { return false; }
  caf::actor_clock& clock() noexcept override { return clock_; }
  std::size_t jobs_waiting() const { return jobs_.size(); }

 protected:
  void start() override {
    // Nobody here uses aout; CAF requires a printer all the same.
    caf::actor_config config{&unit_};
    utility_actors_[printer_id] = caf::make_actor<silent_printer, caf::actor>(
        system().next_actor_id(), system().node(), &system(), config);
  }

  void stop() override {
    while (run_jobs() > 0 || io_.poll() > 0) {
    }
    clock_.cancel_all();
    while (run_jobs() > 0) {
    }
  }

  void enqueue(job j) override {
    if (clock_.here())
      push(j);
    else
      asio::post(io_, [this, j] { push(j); });
  }

 private:
  struct silent_printer final : caf::monitorable_actor {
    explicit silent_printer(caf::actor_config& c) : monitorable_actor(c) {}
    void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {}
  };

  struct unit final : caf::execution_unit {
    explicit unit(loop_scheduler& s) : execution_unit(&s.system()), scheduler(s) {}
    void exec_later(job j) override { scheduler.enqueue(j); }
    loop_scheduler& scheduler;
  };

  void push(job j) {
    jobs_.push_back(j);
    if (turning_) return;
    turning_ = true;
    asio::post(io_, [this] { turn(); });
  }

  void turn() {
    run_jobs();
    turning_ = !jobs_.empty();
    if (turning_) asio::post(io_, [this] { turn(); });
  }

  std::size_t run_jobs() {
    std::size_t n = 0;
    const auto end = clock_.now() + turn_time;
    for (; n < turn_jobs && !jobs_.empty(); ++n) {
      if (n % jobs_per_look == jobs_per_look - 1 && clock_.now() >= end) break;
      const job j = jobs_.front();
      jobs_.pop_front();
      switch (j->resume(&unit_, messages_per_job)) {
        case caf::resumable::resume_later:
          jobs_.push_back(j);
          break;
        case caf::resumable::awaiting_message:
        case caf::resumable::done:
          caf::intrusive_ptr_release(j);
          break;
        case caf::resumable::shutdown_execution_unit:
          break;
      }
    }
    return n;
  }

  asio::io_context& io_;
  loop_clock clock_;
  unit unit_;
  std::deque<job> jobs_;
  bool turning_ = false;
};

}  // namespace

void run_actors_on(caf::actor_system_config& config, net::event_loop& loop) {
  config.module_factories.emplace_back(
      [&loop](caf::actor_system& s) -> caf::actor_system::module* {
        return new loop_scheduler(s, loop.io());
      });
}

void let_actors_end(net::event_loop& loop) {
  loop.io().restart();
  while (loop.io().poll() > 0) {
  }
}

std::size_t actors_ready(caf::actor_system& system) {
  const auto* loop = dynamic_cast<const loop_scheduler*>(&system.scheduler());
  return loop ? loop->jobs_waiting() : 0;
}

}  // namespace scaleit::actors
