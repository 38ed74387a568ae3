// Scale requests whose answer is lost, under virtual time: what was done counts, whoever
// crashes in between, and across a restart of the daemon.
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/recalled.hpp"
#include "tests/support/virtual_loop.hpp"

#include <set>
#include <string>

using namespace scaleit;
using namespace scaleit::test;
using actors::chaos;
using actors::strike;

namespace {

target_ptr one_per_minute() {
  auto s = app_spec();
  s.behavior.up.policies = {{policy_type::pods, 1, std::chrono::seconds{60}}};
  return std::make_shared<target_spec>(std::move(s));
}

/// Obeys, and answers each PUT as it is told to.
application obeys(simple_app& world, std::function<reply()> answer) {
  return [&world, answer = std::move(answer)](const net::http_request& r) {
    auto ordinary = world(r);
    return r.method == net::verb::get ? ordinary : answer();
  };
}

reply never_left() {
  auto r = fails(failure_kind::connect);
  r.response.unsent = true;
  return r;
}

}  // namespace

TEST_CASE("whatever an application answers after the deed, the deed counts") {
  struct row {
    std::string what;
    std::function<reply()> answer;
  };
  for (const auto& x :
       {row{"nothing", hangs},
        row{"a close", [] { return fails(failure_kind::connect); }},
        row{"half a body", [] { return fails(failure_kind::body); }},
        row{"500", [] { return answers(500); }}, row{"504", [] { return answers(504); }},
        row{"303", [] { return answers(303); }},
        row{"409", [] { return answers(409); }}}) {
    CAPTURE(x.what);
    virtual_loop h;
    simple_app world;
    world.load = 100;
    h.client.app = obeys(world, x.answer);
    h.control.add(one_per_minute());
    h.advance(64s);
    CHECK(world.puts == std::vector<int>{11});
    h.advance(10s);
    CHECK(world.puts == std::vector<int>{11, 12});
    const auto seen = h.all<scale_applied>();
    REQUIRE(seen.size() == 2);
    CHECK(seen[0]->seen);
    CHECK(seen[0]->from == 10);
    CHECK(seen[0]->to == 11);
    CHECK(h.all<scale_failed>().at(0)->uncertain);
  }
}

TEST_CASE("a request that never left counts nothing, and is sent again") {
  virtual_loop h;
  simple_app world;
  world.load = 100;
  int refused = 3;
  h.client.app = [&](const net::http_request& r) {
    return r.method != net::verb::get && refused-- > 0 ? never_left() : world(r);
  };
  h.control.add(one_per_minute());
  h.advance(30s);
  CHECK(world.puts == std::vector<int>{11});
  CHECK(h.all<scale_failed>().size() == 3);
  CHECK_FALSE(h.all<scale_failed>().at(0)->uncertain);
}

TEST_CASE("a crash of any actor at any moment forgets no deed, and repeats none") {
  for (const std::string actor : {"poller", "decider", "actuator"})
    for (const auto when : {strike::before, strike::after})
      for (int nth = 1; nth <= 12; ++nth) {
        CAPTURE(actor, nth, when == strike::before);
        int seen = 0;
        virtual_loop h{chaos{[&](std::string_view who) {
          return who == actor && ++seen == nth ? when : strike::none;
        }}};
        simple_app world;
        world.load = 100;
        h.client.app = obeys(world, hangs);
        h.control.add(one_per_minute());
        h.advance(59s);
        REQUIRE(world.puts == std::vector<int>{11});
        REQUIRE(h.all<scale_requested>().size() == h.all<scale_failed>().size());
      }
}

TEST_CASE("what a daemon left open the next one ends, and sees") {
  struct row {
    std::chrono::seconds ago;
    bool uncertain;
  };
  for (const auto& x : {row{10s, true}, row{3600s, false}}) {
    const auto spec = one_per_minute();
    policy::remembered before{spec, {}};
    test::recall(*spec, before.history, default_wall - std::chrono::seconds{x.ago},
                 scale_requested{10, 11});
    virtual_loop h;
    simple_app world;
    world.replicas = 11;
    world.load = 100;
    h.client.app = std::ref(world);
    h.control.remember({{"app", before}});
    h.control.add(spec);
    h.advance(50s);
    REQUIRE(h.all<scale_failed>().size() == 1);
    CHECK(h.all<scale_failed>()[0]->uncertain == x.uncertain);
    CHECK(world.puts.empty() == x.uncertain);
  }
}

TEST_CASE("a clock that is set leaves a limit as it was") {
  for (const microseconds by : {microseconds{11min}, microseconds{-11min}}) {
    virtual_loop h;
    simple_app world;
    world.load = 100;
    h.client.app = std::ref(world);
    h.control.add(one_per_minute());
    h.advance(12s);
    const auto now = h.system.clock().now();
    const auto wall = h.control.events().time_at(now);
    h.control.pulse(now, wall + bounds::clock_step_min - microseconds{1});  // a slew
    CHECK(h.all<clock_stepped>().empty());
    h.control.pulse(now, wall + by);
    h.control.pulse(now, wall + by);
    h.advance(47s);
    CHECK(world.puts == std::vector<int>{11});
    h.advance(10s);
    CHECK(world.puts == std::vector<int>{11, 12});
    REQUIRE(h.all<clock_stepped>().size() == 1);
    CHECK(h.all<clock_stepped>()[0]->by == by);
  }
}
