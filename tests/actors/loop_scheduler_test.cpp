// Who gives way to whom on the one loop: actors to each other, and to sockets and timers.
#include "actors/loop_scheduler.hpp"

#include "actors/control_loop.hpp"
#include "messages/bounds.hpp"
#include "net/client.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <boost/asio/post.hpp>
#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace scaleit;

namespace {

using namespace std::chrono_literals;

struct world {
  net::event_loop loop;
  caf::actor_system_config config;
  caf::actor_system system{configured()};

  world() {
    system.await_actors_before_shutdown(false);  // there is no loop by then
  }
  caf::actor_system_config& configured() {
    actors::run_actors_on(config, loop);
    return config;
  }
  /// Lets all come to an end; the most of `work` that was done between two turns of what
  /// else the loop does.
  int most_in_a_row(const int& work, int end) {
    int most = 0;
    int before = work;
    std::function<void()> look = [&] {
      most = std::max(most, work - before);
      before = work;
      if (work < end) net::asio::post(loop.io(), look);
    };
    net::asio::post(loop.io(), look);
    loop.io().run();
    return most;
  }
};

}  // namespace

TEST_CASE("who writes to itself to give way to others does") {
  constexpr int end = 5000;
  int done = 0;
  int others = 0;
  int others_most = 0;
  world w;
  const auto busy = w.system.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    return {[&, self](int n) {
      ++done;
      if (n < end) self->send(self, n + 1);
    }};
  });
  const auto other = w.system.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    return {[&, self](int before) {
      others_most = std::max(others_most, done - before);
      ++others;
      if (done < end) self->send(self, done);
    }};
  });
  caf::anon_send(busy, 1);
  caf::anon_send(other, 0);
  CHECK(w.most_in_a_row(done, end) <= 256);
  CHECK(others_most <= 2);
  CHECK(others > end / 2);
  for (const auto& a : {busy, other})
    caf::anon_send_exit(a, caf::exit_reason::user_shutdown);
}

TEST_CASE("many actors that are long about it let sockets and timers have their turn") {
  constexpr int end = 60;
  int done = 0;
  world w;
  for (int i = 0; i < end; ++i) {
    const auto slow = w.system.spawn([&](caf::event_based_actor* self) -> caf::behavior {
      return {[&, self](int) {
        std::this_thread::sleep_for(1ms);
        ++done;
        self->quit();
      }};
    });
    caf::anon_send(slow, 1);
  }
  CHECK(w.most_in_a_row(done, end) <= bounds::loop_turn_time / 1ms + 1);
}

TEST_CASE("nobody is left who could work on what is gone") {
  world w;
  net::pooled_client client{w.loop, {}};
  spec::secret_store secrets;
  int handled = 0;
  std::size_t left = 0;
  {
    actors::control_loop control{w.system, client, secrets, {}, time_point{}};
    control.subscribe("reader", [&](const event&) { ++handled; });
    std::vector<target_ptr> all;
    for (int i = 0; i < 100; ++i)
      all.push_back(
          std::make_shared<const target_spec>(test::app_spec("t" + std::to_string(i))));
    control.start(all);
    control.stop("test", [&] { w.loop.io().stop(); });
    w.loop.io().run();
    actors::let_actors_end(w.loop);
    left = w.system.registry().running();
  }
  CHECK(left == 0);
  CHECK(handled > 0);
}
