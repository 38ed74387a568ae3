// Targets come and go while all runs.
#include "actors/restart_budget.hpp"
#include "actors/spread.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/virtual_loop.hpp"

#include <map>
#include <set>
#include <string>

using namespace scaleit;
using namespace scaleit::test;

namespace {

target_ptr target_named(const std::string& name) {
  return std::make_shared<target_spec>(app_spec(name, "http://" + name + ":1"));
}

std::string host(const net::http_request& r) {
  return r.url.substr(7, r.url.find(':', 7) - 7);
}

}  // namespace

TEST_CASE("thousands of targets are added and removed while all runs") {
  constexpr int population = 5000;
  virtual_loop h;
  std::map<std::string, int> polls;
  h.client.app = [&](const net::http_request& r) {
    ++polls[host(r)];
    return answers(200, R"({"cpu":{"highPriority":0.8},"replicas":10})");
  };
  for (int i = 0; i < population; ++i)
    h.control.add(target_named("t" + std::to_string(i)));
  h.advance(10s);  // two intervals
  CHECK(polls.size() == population);
  for (const auto& [name, n] : polls) {
    CAPTURE(name, n);
    REQUIRE((n == 2 || n == 3));  // a few are polled at once
  }
  CHECK(h.actors_running() == 3 * population + 2);

  for (int i = 0; i < population; i += 2) h.control.remove("t" + std::to_string(i));
  h.drain();
  polls.clear();
  h.advance(5s);
  CHECK(polls.size() == population / 2);
  CHECK(polls.count("t0") == 0);
  CHECK(h.actors_running() == 3 * population / 2 + 2);
  CHECK(h.all<target_added>().size() == population);
  CHECK(h.all<target_removed>().size() == population / 2);

  for (int i = 1; i < population; i += 2) h.control.remove("t" + std::to_string(i));
  h.advance(10s);
  CHECK(h.actors_running() == 2);
}

TEST_CASE("polls of many targets are spread over the interval") {
  virtual_loop h;
  std::map<std::int64_t, int> per_100ms;
  h.client.app = [&](const net::http_request&) {
    ++per_100ms[h.elapsed().count() / 100];
    return answers(200, R"({"cpu":{"highPriority":0.8},"replicas":10})");
  };
  for (int i = 0; i < 5000; ++i) h.control.add(target_named("t" + std::to_string(i)));
  h.advance(4999ms);
  CHECK(per_100ms.size() == 50);
  for (const auto& [when, n] : per_100ms) {
    CAPTURE(when, n);
    CHECK(n > 50);  // 100 expected
    CHECK(n < 170);
  }
}

TEST_CASE("the place in the interval is stable and lies within it") {
  CHECK(actors::spread("checkout", 5s) == actors::spread("checkout", 5s));
  CHECK(actors::spread("checkout", 5s) != actors::spread("checkouu", 5s));
  for (int i = 0; i < 1000; ++i) CHECK(actors::spread(std::to_string(i), 100ms) < 100ms);
}

TEST_CASE("a target that is added again is changed, and remembers") {
  virtual_loop h;
  simple_app world{10, 9.5, {}, 0, 0};
  h.client.app = std::ref(world);
  h.control.add(target_named("a"));
  h.advance(1s);
  auto spec = app_spec("a", "http://a:1");
  spec.metrics[0].target = 0.5;
  h.control.add(std::make_shared<target_spec>(spec));
  h.advance(1s);
  CHECK(h.all<target_changed>().size() == 1);
  CHECK(world.puts == std::vector<int>{12, 19});
  CHECK(h.control.state().targets.at("a").state->history.live.applied.size() > 0);
  CHECK(h.actors_running() == 5);
}

TEST_CASE("removing what is not there is nothing") {
  virtual_loop h;
  h.control.remove("nobody");
  h.advance(1s);
  CHECK(h.all<target_removed>().empty());
}

TEST_CASE("a removed target's answer in flight comes to nothing") {
  virtual_loop h;
  simple_app world{10, 9.5, {}, 0, 0};
  h.client.app = [&](const net::http_request& r) {
    auto x = world(r);
    x.after = 500ms;
    return x;
  };
  h.control.add(target_named("a"));
  h.advance(100ms);
  h.control.remove("a");
  h.advance(5s);
  CHECK(h.client.in_flight() == 0);
  CHECK(h.all<status_observed>().empty());
}

TEST_CASE("a stop lets a scale request in flight finish, for two seconds at most") {
  for (const auto takes : {1500ms, 10000ms}) {
    virtual_loop h;
    simple_app world{10, 9.5, {}, 0, 0};
    h.client.app = [&](const net::http_request& r) {
      auto x = world(r);
      if (r.method == net::verb::put) x.after = takes;
      return x;
    };
    h.control.add(target_named("a"));
    h.advance(100ms);
    std::int64_t stopped = -1;
    h.control.stop("test", [&] { stopped = h.elapsed().count(); });
    h.advance(5s);
    CHECK(world.polls == 1);
    CHECK(h.all<scale_applied>().size() == (takes < 2s ? 1 : 0));
    CHECK(stopped >= (takes < 2s ? 1500 : 2100));
    CHECK(stopped <= (takes < 2s ? 1600 : 2200));
    CHECK(h.all<daemon_stopped>().size() == 1);
    CHECK(h.events.back()->as<daemon_stopped>() != nullptr);
    CHECK(h.actors_running() == 0);
    h.control.start();  // so that the fixture has something to stop
  }
}

TEST_CASE("the budget: at once, then 10 ms doubling to 30 s, cleared by work") {
  actors::restart_budget b;
  CHECK(b.on_crash(0) == 0ms);
  CHECK(b.on_crash(0) == 10ms);
  CHECK(b.on_crash(0) == 20ms);
  CHECK(b.on_crash(1) == 0ms);
  CHECK(b.on_crash(1) == 10ms);
  for (int i = 0; i < 100; ++i) b.on_crash(1);
  CHECK(b.on_crash(1) == 30s);
}
