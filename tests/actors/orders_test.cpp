// Orders: each is carried out once and answered once, whatever dies meanwhile.
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/virtual_loop.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

using namespace scaleit;
using namespace scaleit::test;
using actors::answer;
using actors::chaos;
using actors::strike;

namespace {

target_spec named(const std::string& name) {
  return app_spec(name, "http://" + name + ":1");
}

/// Collects answers, each under the number of its order.
struct answers_of {
  std::vector<std::string> all;
  actors::answer_handler next() {
    all.emplace_back();
    return [this, at = all.size() - 1](const answer& a) {
      if (!all[at].empty()) all[at] += " and ";
      all[at] += to_string(a.what);
      if (!a.why.empty()) all[at] += ": " + a.why;
    };
  }
};

}  // namespace

TEST_CASE("every order says what became of it") {
  virtual_loop h;
  simple_app world;
  h.client.app = std::ref(world);
  answers_of got;
  auto other = named("a");
  other.min_replicas = 2;
  h.control.add(shared(named("a")), got.next());
  h.control.add(shared(named("a")), got.next());
  h.control.add(shared(other), got.next());
  h.control.remove("nobody", got.next());
  h.control.remove("a", got.next());
  h.control.remove("a", got.next());
  h.control.add(shared(named("a")), got.next());
  h.drain();
  CHECK(got.all == std::vector<std::string>{"added", "unchanged", "changed", "unknown",
                                            "removed", "unknown", "added"});
  CHECK(h.all<target_added>().size() == 2);
  CHECK(h.all<target_changed>().size() == 1);
  CHECK(h.all<target_removed>().size() == 1);
}

TEST_CASE("there is a most of targets, and of orders, and an end") {
  virtual_loop h;
  h.control.changeable_state().targets_max = 2;
  answers_of got;
  for (const std::string name : {"a", "b", "c"})
    h.control.add(shared(named(name)), got.next());
  h.control.add(shared([] {
                  auto s = named("b");
                  s.min_replicas = 2;
                  return s;
                }()),
                got.next());
  h.drain();
  CHECK(got.all == std::vector<std::string>{
                       "added", "added",
                       "refused: there are 2 targets already, and that is the most",
                       "changed"});

  bool stopped = false;
  h.control.stop("test", [&] { stopped = true; });
  h.control.add(shared(named("d")), got.next());
  h.drain();
  CHECK(got.all.back() == "refused: the daemon is stopping");
  h.advance(5s);
  CHECK(stopped);
  h.control.remove("a", got.next());
  CHECK(got.all.back() == "refused: the daemon has stopped");
  bool stopped_again = false;
  h.control.stop("again", [&] { stopped_again = true; });
  CHECK(stopped_again);
  h.control.start();  // so that the fixture has something to stop
}

TEST_CASE("orders that nobody takes are bounded") {
  actors::order_queue q;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < bounds::orders_max + 3; ++i)
    q.give({"a", nullptr, [&](const answer& a) {
              CHECK(a.what == actors::outcome::refused);
              ++refused;
            }});
  CHECK(refused == 3);
  CHECK(q.take());  // being taken is not yet being answered
  CHECK_FALSE(q.give({"a", nullptr, {}}));
  q.answered();
  CHECK(q.give({"a", nullptr, {}}));
}

TEST_CASE("orders from many threads are all answered") {
  virtual_loop h;
  std::map<std::string, int> outcomes;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&h, &outcomes, t] {
      for (int i = 0; i < 100; ++i)
        h.control.add(shared(named(fmt::format("t{}-{}", t, i))), [&](const answer& a) {
          ++outcomes[std::string{to_string(a.what)}];
        });
    });
  for (auto& t : threads) t.join();
  h.drain();
  CHECK(outcomes == std::map<std::string, int>{{"added", 400}});
}

TEST_CASE("a supervisor that dies at any point loses no order and does none twice") {
  for (const auto when : {strike::before, strike::after})
    for (int nth = 1; nth <= 40; ++nth) {
      CAPTURE(nth, when == strike::before);
      answers_of got;
      std::string stopped;
      std::map<std::string, simple_app> worlds{{"first", {}}, {"a", {10, 9.5, {}, 0, 0}}};
      virtual_loop h{
          crash_once("supervisor", nth, when), default_wall, {shared(named("first"))}};
      h.client.app = [&](const net::http_request& r) {
        auto x = worlds.at(r.url.substr(7, r.url.find(':', 7) - 7))(r);
        if (r.method != net::verb::get) x.after = 100ms;
        return x;
      };
      auto other = named("a");
      other.status.timeout = 1s;
      h.control.add(shared(named("a")), got.next());
      h.control.add(shared(other), got.next());
      h.control.add(shared(other), got.next());
      h.advance(10ms);
      h.control.remove("a", got.next());  // while its scale request is in flight
      h.control.add(shared(named("a")), got.next());
      h.control.remove("nobody", got.next());
      h.advance(1s);
      REQUIRE(got.all == std::vector<std::string>{"added", "changed", "unchanged",
                                                  "removed", "added", "unknown"});
      REQUIRE(h.all<target_added>().size() == 3);
      REQUIRE(h.all<target_changed>().size() == 1);
      REQUIRE(h.all<target_removed>().size() == 1);
      REQUIRE(h.all<scale_requested>().size() ==
              h.all<scale_applied>().size() + h.all<scale_failed>().size());
      REQUIRE(worlds.at("a").puts == std::vector<int>{12});
      REQUIRE(h.actors_running() == 2 + 2 * 3);
      h.control.stop("test", [&] { stopped += "x"; });
      h.advance(5s);
      REQUIRE(stopped == "x");
      REQUIRE(h.all<daemon_stopped>().size() == 1);
      h.control.start();
    }
}

TEST_CASE("orders given while the supervisor is dead, or waits, are carried out") {
  bool broken = false;
  virtual_loop h{chaos{[&](std::string_view who) {
    return broken && who == "supervisor" ? strike::before : strike::none;
  }}};
  h.drain();
  broken = true;
  answers_of got;
  h.control.add(shared(named("a")), got.next());
  h.advance(10s);  // it dies again and again
  h.control.add(shared(named("b")), got.next());
  h.advance(1s);
  CHECK(got.all == std::vector<std::string>{"", ""});
  CHECK(h.control.health().complaints(0) ==
        std::vector<std::string>{"supervisor is down, waiting for its restart"});
  broken = false;
  h.advance(30s);
  CHECK(got.all == std::vector<std::string>{"added", "added"});
  CHECK(h.control.health().complaints(0).empty());
  const auto back = h.all<actor_restarted>();
  REQUIRE(back.size() == 1);
  CHECK(back[0]->after > 10s);  // since it first died
}

TEST_CASE("a stop that is ordered while the supervisor waits does not wait for it") {
  bool broken = false;
  virtual_loop h{chaos{[&](std::string_view who) {
    return broken && who == "supervisor" ? strike::before : strike::none;
  }}};
  h.control.add(shared(named("a")));
  h.drain();
  broken = true;
  for (int i = 0; i < 12; ++i) {
    h.control.kill_supervisor("again");
    h.advance(30s);
  }
  broken = false;
  bool stopped = false;
  h.control.stop("test", [&] { stopped = true; });
  h.advance(100ms);
  CHECK(stopped);
  CHECK(h.actors_running() == 0);
  h.control.start();
}

TEST_CASE("the first targets are there before the daemon is ready") {
  std::vector<target_ptr> first;
  for (int i = 0; i < 1000; ++i) first.push_back(shared(named("t" + std::to_string(i))));
  virtual_loop h{{}, default_wall, first};
  while (!h.control.health().complaints(0).empty()) {
    REQUIRE(h.control.health().complaints(0) == std::vector<std::string>{"starting"});
    REQUIRE(h.run_once());
  }
  CHECK(h.actors_running() == 3000 + 2);
  h.drain();
  REQUIRE(h.all<target_added>().size() == 1000);
  for (std::size_t i = 0; i < 1000; ++i)  // in the order in which they were given
    CHECK(h.events[i + 1]->target == first[i]);
}

TEST_CASE("of first targets the last of a name counts, and one too many is refused") {
  auto later = named("a");
  later.min_replicas = 2;
  virtual_loop h{{}, default_wall, {shared(named("a")), shared(later)}};
  h.drain();
  CHECK(h.control.state().targets.size() == 1);
  CHECK(h.control.state().targets.at("a").state->spec->min_replicas == 2);
  CHECK(h.all<target_added>().size() == 1);
  CHECK(h.all<target_changed>().size() == 1);

  h.control.stop("test", [] {});
  h.advance(5s);
  h.control.changeable_state().targets_max = 2;
  h.control.start({shared(named("b")), shared(named("c"))});
  h.drain();
  CHECK(h.control.state().targets.contains("b"));
  CHECK_FALSE(h.control.state().targets.contains("c"));
}

TEST_CASE("a target in back-off that is changed starts at once, and health knows") {
  bool broken = true;
  virtual_loop h{chaos{[&](std::string_view who) {
    return broken && who == "decider" ? strike::before : strike::none;
  }}};
  simple_app world;
  h.client.app = std::ref(world);
  h.control.add(shared(named("a")));
  h.advance(60s);
  CHECK(h.control.health().complaints(0) ==
        std::vector<std::string>{"a/decider is down, waiting for its restart"});
  broken = false;
  auto other = named("a");
  other.min_replicas = 2;
  h.control.add(shared(other));
  h.advance(10ms);
  CHECK(h.control.health().complaints(0).empty());
  CHECK(h.all<decision_made>().size() == 1);

  broken = true;
  h.advance(60s);
  CHECK(h.control.health().complaints(0).size() == 1);
  h.control.remove("a");
  h.drain();
  CHECK(h.control.health().complaints(0).empty());
}

TEST_CASE("a subscriber in back-off when the supervisor dies comes back, and up") {
  bool broken = true;
  virtual_loop h{chaos{[&](std::string_view who) {
    return broken && who == "recorder" ? strike::before : strike::none;
  }}};
  h.control.add(shared(named("a")));
  h.advance(20s);
  CHECK(h.control.health().complaints(0) ==
        std::vector<std::string>{"recorder is down, waiting for its restart"});
  broken = false;
  h.control.kill_supervisor("as the test asks");
  h.advance(100ms);
  CHECK(h.control.health().complaints(0).empty());
  CHECK(h.all<actor_restarted>().back()->actor == "recorder");
}
