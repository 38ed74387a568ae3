// A scale request that failed may have been carried out: it counts as if it had been
// until a status tells, and then by as much as is seen.
#include "policy/history.hpp"
#include "policy/outlook.hpp"
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/recalled.hpp"

#include <string>

using namespace scaleit;
using policy::request_is;
using policy::scaling;
using test::telling;
using test::wished;

namespace {

using std::chrono::seconds;

target_spec one_per_minute() {
  auto s = test::wishes();
  s.behavior.up.policies = {{policy_type::pods, 1, seconds{60}}};
  s.behavior.down.policies = {{policy_type::pods, 1, seconds{300}}};
  return s;
}

}  // namespace

TEST_CASE("what a status shows of a request that failed") {
  struct row {
    std::string what;
    int from, to, there;
    std::optional<scaling> effect;
  };
  for (const auto& r :
       {row{"all of it", 10, 20, 20, scaling{10, 20}},
        row{"a part", 10, 20, 14, scaling{10, 14}}, row{"nothing", 10, 20, 10, {}},
        row{"more: somebody else's is not counted", 10, 20, 30, scaling{10, 20}},
        row{"the other way", 10, 20, 7, {}}, row{"down", 20, 10, 10, scaling{20, 10}},
        row{"a part, down", 20, 10, 13, scaling{20, 13}},
        row{"more, down", 20, 10, 2, scaling{20, 10}},
        row{"down, and the other way", 20, 10, 25, {}},
        row{"to zero", 1, 0, 0, scaling{1, 0}},
        row{"from zero", 0, 3, 3, scaling{0, 3}}}) {
    CAPTURE(r.what);
    telling t{test::wishes()};
    t.poll(0, r.from, r.to);
    t.lost(2, r.from, r.to);
    CHECK(policy::effect_seen(t.mem, wished(r.there, 1)) == r.effect);
  }
}

TEST_CASE("rates count what was done without an answer, from when it is seen") {
  telling t{one_per_minute()};
  CHECK(t.poll(0, 10, 50) == 11);
  t.lost(2, 10, 11);
  CHECK(t.poll(5, 11, 50) == 11);  // seen: one per minute
  CHECK(t.poll(64, 11, 50) == 11);
  CHECK(t.poll(65, 11, 50) == 12);

  telling down{one_per_minute()};
  CHECK(down.poll(0, 12, 2) == 11);
  down.lost(2, 12, 11);
  CHECK(down.poll(5, 11, 2) == 11);
  CHECK(down.poll(304, 11, 2) == 11);
  CHECK(down.poll(305, 11, 2) == 10);
}

TEST_CASE("rates do not count what was not done") {
  telling t{one_per_minute()};
  t.poll(0, 10, 50);
  t.lost(2, 10, 11);
  CHECK(t.poll(5, 10, 50) == 11);
  CHECK(t.mem.applied.size() == 0);
}

TEST_CASE("the defaults: 10, 20, and 40 after 15 s") {
  auto s = test::wishes();
  s.behavior.up.policies = {{policy_type::percent, 100, seconds{15}},
                            {policy_type::pods, 4, seconds{15}}};
  telling t{s};
  CHECK(t.poll(0, 10, 1250) == 20);
  t.lost(2, 10, 20);
  for (int at = 5; at < 20; at += 5) CHECK(t.poll(at, 20, 1250) == 20);
  CHECK(t.poll(20, 20, 1250) == 40);
}

TEST_CASE("a part counts as a part, and the rest when it comes") {
  telling t{one_per_minute()};
  t.spec.behavior.up.policies = {{policy_type::pods, 8, seconds{60}}};
  CHECK(t.poll(0, 10, 50) == 18);
  t.lost(2, 10, 18);
  CHECK(t.poll(5, 13, 50) == 18);  // 3 of 8
  CHECK(t.mem.applied.within(policy::scalings::up(0)).added == 3);
  CHECK(t.poll(10, 16, 50) == 18);
  CHECK(t.mem.applied.within(policy::scalings::up(0)).added == 6);
  CHECK(t.poll(15, 18, 50) == 18);
  CHECK(t.mem.applied.within(policy::scalings::up(0)).added == 8);
  CHECK_FALSE(t.mem.unanswered);
}

TEST_CASE("an application that takes its time is believed for five minutes") {
  for (const int late : {100, 302, 303}) {
    telling t{one_per_minute()};
    t.poll(0, 10, 10);
    t.lost(2, 10, 11);
    t.poll(5, 10, 10);  // not yet
    t.poll(late, 11, 10);
    CHECK(t.mem.applied.size() == (late <= 302 ? 1 : 0));
  }
}

TEST_CASE("a first status tells, however late it is") {
  telling t{one_per_minute()};
  t.poll(0, 10, 10);
  t.lost(2, 10, 11);
  for (int s = 5; s < 3600; s += 5) t.fail(s);
  t.poll(3600, 11, 10);
  CHECK(t.mem.applied.size() == 1);
}

TEST_CASE("a count that goes elsewhere is somebody else's") {
  telling t{one_per_minute()};
  t.poll(0, 10, 10);
  t.lost(2, 10, 11);
  t.poll(5, 8, 10);
  t.poll(10, 11, 10);
  CHECK(t.mem.applied.size() == 0);
}

TEST_CASE("a status that was asked for before the end shows, but does not deny") {
  auto crossing = wished(10, 10);
  crossing.took = seconds{4};
  telling t{one_per_minute()};
  t.poll(0, 10, 10);
  t.lost(2, 10, 11);
  t.poll(5, crossing);  // began at 1 s
  CHECK(t.mem.unanswered->counts);
  crossing.replicas = 11;
  t.poll(5.5, crossing);
  CHECK(t.mem.applied.size() == 1);
}

TEST_CASE("while the next request is in flight, no status is taken for the last one's") {
  for (const auto ends : {request_is::applied, request_is::unanswered}) {
    telling t{one_per_minute()};
    t.poll(0, 10, 50);
    t.lost(2, 10, 11);
    CHECK(t.poll(5, 10, 50) == 11);
    t.hear(request_is::sent, 5, 10, 11);
    t.poll(6, 11, 50);
    CHECK(t.mem.applied.size() == 0);
    t.hear(ends, 7, 10, 11);
    t.poll(10, 11, 50);
    CHECK(t.mem.applied.size() == 1);
    CHECK(t.mem.applied.within(policy::scalings::up(0)).added == 1);
  }
}

TEST_CASE("a request that never left counts nothing, and forgets nothing") {
  telling t{one_per_minute()};
  t.poll(0, 10, 50);
  t.hear(request_is::sent, 1, 10, 11);
  t.hear(request_is::refused, 2, 10, 11);
  CHECK_FALSE(t.mem.unanswered);
  CHECK(t.poll(5, 11, 50) == 12);  // somebody else did that
  t.lost(6, 11, 12);
  t.poll(7, 11, 50);
  t.hear(request_is::sent, 8, 11, 12);
  t.hear(request_is::refused, 9, 11, 12);
  t.poll(10, 12, 50);
  CHECK(t.mem.applied.size() == 1);
}

TEST_CASE("while polls fail it counts as done, and may be asked for again") {
  telling t{one_per_minute()};
  t.spec.fallback = fallback_spec{0, 30, fallback_behavior::fixed};
  t.poll(0, 10, 10);
  CHECK(t.fail(5) == 11);
  t.lost(6, 10, 11);
  CHECK(t.fail(10) == 11);  // the same again does no harm, 12 would
  CHECK(t.fail(65) == 11);
  CHECK(t.fail(66) == 12);  // a minute after the first
  CHECK(t.poll(70, 10, 50) == 11);
}

TEST_CASE("the flap budget counts it") {
  telling t{test::wishes()};
  t.spec.flap_budget = flap_budget_spec{1, seconds{600}};
  t.applied(0, 10, 14);
  t.lost(10, 14, 9);
  t.poll(15, 9, 9);
  t.lost(20, 9, 12);
  CHECK(t.poll(25, 12, 5) == 12);
  CHECK(t.has(rule::flap_budget));
}

TEST_CASE("the warm-up counts it") {
  telling t{test::wishes()};
  t.spec.metrics = {{"wish", "/wish", metric_type::value, 1}};
  t.spec.warmup = seconds{60};
  CHECK(t.poll(0, 10, 2) == 20);
  t.lost(2, 10, 20);
  // Ten of them still start: 2 for the other ten makes 20.
  CHECK(t.poll(5, 20, 2) == 20);
  CHECK(t.poll(66, 20, 2) == 40);
}

TEST_CASE("the shadow sees it too, and both memories are a fold") {
  auto spec = one_per_minute();
  spec.shadow = {test::wishes()};
  spec.shadow[0].behavior.up.policies = {{policy_type::pods, 3, seconds{60}}};
  policy::history h;
  policy::evaluate(spec, h, wished(10, 50), test::at(0));
  scale_failed lost{10, 11, {failure_kind::timeout, "slow", 0, {}}};
  lost.uncertain = true;
  test::recall(spec, h, test::at(2), lost);
  const auto v = policy::evaluate(spec, h, wished(11, 50), test::at(5));
  CHECK(v.live->desired == 11);
  CHECK(v.shadow->desired == 13);
  CHECK(v.effect == scaling{10, 11});
}

TEST_CASE("an explanation tells of it") {
  telling t{one_per_minute()};
  const auto told = [&](double s) {
    for (const auto& h : policy::outlook(t.spec, t.mem, test::at(s)))
      if (h.what == "scale request" || h.what == "rate up") return h.what + ": " + h.text;
    return std::string{};
  };
  t.poll(0, 10, 50);
  t.lost(2, 10, 11);
  CHECK(told(4) ==
        "scale request: 10 -> 11 failed 2s ago, and counts until a status tells");
  t.poll(5, 10, 50);
  CHECK(told(7) == "scale request: 10 -> 11 failed 5s ago, and does not show yet");
  t.poll(10, 11, 50);
  CHECK(told(10) == "rate up: 1 pod per 1m: 1 added and 0 removed within it");
}
