// The outage guard: load that vanishes at once is more often an outage than a holiday.
// The motive is Netflix's (Scryer, 2013); the rule is our own.
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace scaleit;
using test::telling;

namespace {

using std::chrono::seconds;

/// More than half the load within a minute holds scale-in for ten.
target_spec guarded() {
  auto s = test::wishes();
  s.metrics[0].target = 10;
  s.guard = guard_spec{50, seconds{60}, seconds{600}};
  return s;
}

}  // namespace

TEST_CASE("load that vanishes at once takes no replicas along for a while") {
  telling t{guarded()};
  CHECK(t.poll(0, 80, 800) == 80);
  CHECK(t.poll(30, 80, 300) == 80);
  CHECK(t.has(rule::outage_guard));
  CHECK(t.poll(629.999999, 80, 300) == 80);
  CHECK(t.poll(630, 80, 300) == 30);
}

TEST_CASE("it takes more than dropPercent of the maximum within the time") {
  struct row {
    double before, seconds_later, after;
    bool held;
    const char* source;
  };
  const row table[] = {
      {800, 30, 400, false, "exactly half is not more than half"},
      {800, 30, 399, true, "a little more"},
      {800, 59.999999, 300, true, "still within the minute"},
      {800, 60, 300, false, "a sample counts if strictly newer than that"},
      {800, 30, 0, true, "all of it"},
      {0, 30, 0, false, "nothing cannot fall"},
  };
  for (const auto& r : table) {
    telling t{guarded()};
    CAPTURE(r.source);
    t.poll(0, 80, r.before);
    t.poll(r.seconds_later, 80, r.after);
    CHECK(t.has(rule::outage_guard) == r.held);
  }
}

TEST_CASE("the maximum of the time counts, not the last value") {
  telling t{guarded()};
  t.poll(0, 80, 800);
  t.poll(20, 80, 600);
  t.poll(40, 80, 450);
  CHECK(t.poll(50, 80, 390) == 80);  // of 450 it is not half, of 800 it is more
  CHECK(t.has(rule::outage_guard));
}

TEST_CASE("a slow fall is no outage") {
  telling t{guarded()};
  int load = 800;
  for (int s = 0; load > 50; s += 30, load = load * 3 / 4) {
    t.poll(s, 80, load);
    CHECK_FALSE(t.has(rule::outage_guard));
  }
}

TEST_CASE("it ends when load is back above what was left to fall to") {
  telling t{guarded()};
  t.poll(0, 80, 800);
  CHECK(t.poll(10, 80, 300) == 80);
  CHECK(t.poll(20, 80, 400) == 80);  // at (1 - 50 %) of 800: not above
  CHECK(t.poll(30, 80, 401) == 41);
  CHECK(t.poll(40, 80, 300) == 80);   // the 800 are still within the minute
  CHECK(t.poll(100, 80, 300) == 80);  // and the hold began again then
  CHECK(t.poll(639, 80, 300) == 80);
  CHECK(t.poll(640, 80, 300) == 30);
}

TEST_CASE("scale-outs and holds pass, and the bounds are kept") {
  auto spec = guarded();
  telling t{spec};
  t.poll(0, 80, 800);
  CHECK(t.poll(10, 20, 300) == 30);
  CHECK(t.poll(11, 30, 300) == 30);
  spec.max_replicas = 50;
  telling u{spec};
  u.poll(0, 50, 800);
  CHECK(u.poll(10, 80, 300) == 50);
}

TEST_CASE("a failed or useless poll neither begins nor ends it") {
  auto spec = guarded();
  spec.fallback = fallback_spec{0, 5, fallback_behavior::fixed};
  telling t{spec};
  t.poll(0, 80, 800);
  observation nothing;
  nothing.replicas = 80;
  t.poll(10, nothing);
  CHECK_FALSE(t.has(rule::outage_guard));
  CHECK(t.poll(20, 80, 100) == 80);
  CHECK(t.fail(30) == 80);  // the fallback would be a scale-in
  CHECK(t.has(rule::outage_guard));
  CHECK(t.fail(619) == 80);
  CHECK(t.fail(620) == 5);
}

TEST_CASE("a level that halves while the replicas double is no outage") {
  auto spec = test::app_spec();
  spec.guard = guard_spec{50, seconds{60}, seconds{600}};
  telling t{spec};
  t.poll(0, test::seen(10, 0.8));  // 8 in all
  // Twice the replicas, half the level: the load is what it was.
  CHECK(t.poll(10, test::seen(20, 0.4)) == 10);
  CHECK_FALSE(t.has(rule::outage_guard));
  auto few = test::seen(20, 0.4);
  few.ready = 9;  // 3.6 in all
  CHECK(t.poll(20, few) == 20);
  CHECK(t.has(rule::outage_guard));
}

TEST_CASE("each metric is watched, and any one holds") {
  auto spec = guarded();
  spec.metrics.push_back({"queue", "/q", metric_type::average_value, 10});
  telling t{spec};
  auto o = test::wished(80, 800);
  o.metrics.push_back({"queue", 700});
  t.poll(0, o);
  o.metrics[1].value = 10;
  o.metrics[0].value = 500;
  CHECK(t.poll(10, o) == 80);
  CHECK(t.said(rule::outage_guard).rfind("queue load fell from 700 to 10", 0) == 0);
}

TEST_CASE("a hold that ends while the maximum is still in sight begins again") {
  auto spec = guarded();
  spec.guard->hold = seconds{10};
  telling t{spec};
  t.poll(0, 80, 800);
  CHECK(t.poll(5, 80, 300) == 80);
  CHECK(t.poll(15, 80, 300) == 80);  // exactly over, and the 800 are 15 s old
  CHECK(t.poll(55, 80, 300) == 80);
  CHECK(t.poll(65, 80, 300) == 30);
}

TEST_CASE("what is too old to be used neither begins nor ends it") {
  auto spec = guarded();
  spec.max_age = seconds{30};
  telling t{spec};
  const auto old = [](double s, double load) {
    auto o = test::wished(80, load);
    o.observed_at = test::at(s - 31);
    return o;
  };
  t.poll(0, 80, 800);
  CHECK(t.poll(10, old(10, 300)) == 80);
  CHECK(t.poll(20, 80, 410) == 41);
  CHECK(t.poll(30, 80, 300) == 80);
  CHECK(t.poll(40, old(40, 900)) == 80);
  CHECK(t.poll(50, 80, 300) == 80);
  CHECK(t.said(rule::outage_guard).find("for 580 s more") != std::string::npos);
}
