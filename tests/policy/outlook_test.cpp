// What holds a target, and for how long: the sentences an explanation ends with.
#include "policy/outlook.hpp"

#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace scaleit;
using test::at;
using test::telling;

namespace {

using std::chrono::seconds;

/// What is said of `what`; several sentences with ` | ` between them.
std::string said(const telling& t, double now, const std::string& what) {
  std::string all;
  for (const auto& h : policy::outlook(t.spec, t.mem, at(now)))
    if (h.what == what) all += (all.empty() ? "" : " | ") + h.text;
  return all;
}

}  // namespace

TEST_CASE("what is not configured is not spoken of") {
  CHECK(policy::outlook(test::wishes(), {}, at(0)).empty());
}

TEST_CASE("the windows say what is in them and when that leaves") {
  auto spec = test::wishes();
  spec.behavior.up.stabilization_window = seconds{60};
  spec.behavior.down.stabilization_window = seconds{300};
  telling t{spec};
  CHECK(said(t, 0, "down window") == "of 5m: empty");
  t.poll(0, 12, 12);
  t.poll(100, 12, 4);
  CHECK(said(t, 140, "down window") ==
        "of 5m: 12 was recommended 2m20s ago, so not below 12; 2m40s left");
  CHECK(said(t, 140, "up window") ==
        "of 1m: 4 was recommended 40s ago, so not above 4; 20s left");
  CHECK(said(t, 160, "up window") == "of 1m: empty");
}

TEST_CASE("the limits say what was added and removed within their periods") {
  auto spec = test::wishes();
  spec.behavior.up.policies = {{policy_type::pods, 4, seconds{15}},
                               {policy_type::percent, 100, seconds{60}}};
  spec.behavior.down.select = select_policy::disabled;
  spec.warmup = seconds{30};
  telling t{spec};
  t.poll(0, 10, 10);
  t.applied(0, 10, 14);
  t.applied(10, 14, 13);
  CHECK(said(t, 12, "rate up") ==
        "4 pods per 15s: 4 added and 1 removed within it | "
        "100 % per 1m: 4 added and 1 removed within it");
  CHECK(said(t, 20, "rate up") ==
        "4 pods per 15s: 0 added and 1 removed within it | "
        "100 % per 1m: 4 added and 1 removed within it");
  CHECK(said(t, 20, "rate down") == "disabled");
  CHECK(said(t, 20, "warm-up") == "4 replicas were added within 30s");
  CHECK(said(t, 30, "warm-up") == "0 replicas were added within 30s");
}

TEST_CASE("a limit that no count can reach is not spoken of") {
  auto spec = test::wishes();
  spec.behavior.up.stabilization_window = seconds{60};
  const policy::memory none;
  const auto limits = [&] {
    std::size_t n = 0;
    for (const auto& h : policy::outlook(spec, none, at(0)))
      n += h.what == "rate up" || h.what == "rate down" ? 1 : 0;
    return n;
  };
  CHECK(limits() == 0);
  spec.behavior.up.policies[0].value = bounds::replicas_max - 1;
  CHECK(limits() == 1);
  spec.behavior.down.policies[0].type = policy_type::percent;
  CHECK(limits() == 2);
}

TEST_CASE("failed polls and the fallback") {
  auto spec = test::wishes();
  telling t{spec};
  t.poll(0, 4, 4);
  CHECK(said(t, 0, "polls").empty());
  t.fail(1);
  CHECK(said(t, 1, "polls") == "1 poll in a row has failed");
  t.spec.fallback = fallback_spec{3, 6, fallback_behavior::fixed};
  CHECK(said(t, 1, "polls") ==
        "1 poll in a row has failed; the fallback of 6 begins after more than 3");
}

TEST_CASE("panic and the outage guard, as long as they last") {
  auto spec = test::wishes();
  spec.panic = panic_spec{};
  spec.guard = guard_spec{};
  telling t{spec};
  t.poll(0, 5, 5);
  CHECK(said(t, 0, "panic") == "wish: calm");
  CHECK(said(t, 0, "outage guard") == "wish: no outage suspected");
  t.poll(100, 5, 20);
  CHECK(said(t, 110, "panic") == "wish: since a burst 10s ago, not below 20; 50s left");
  t.poll(120, 20, 2);
  CHECK(said(t, 130, "outage guard") ==
        "wish: load fell from 20.00 to 2.00, 10s ago; no scale-in, 9m50s left");
  CHECK(said(t, 161, "panic") == "wish: calm");
  CHECK(said(t, 720, "outage guard") == "wish: no outage suspected");
}

TEST_CASE("the flap budget counts what is in its period, and says when it is free") {
  auto spec = test::wishes();
  spec.flap_budget = flap_budget_spec{2, seconds{600}};
  telling t{spec};
  CHECK(said(t, 0, "flap budget") == "0 of 2 reversals within 10m");
  t.applied(0, 10, 14);
  t.applied(100, 14, 9);
  CHECK(said(t, 110, "flap budget") == "1 of 2 reversals within 10m");
  t.applied(200, 9, 13);
  CHECK(said(t, 210, "flap budget") == "2 of 2 reversals within 10m; 8m10s left");
  CHECK(said(t, 700, "flap budget") == "1 of 2 reversals within 10m");
}

TEST_CASE("a smaller flap budget is free when its newest reversals are old enough") {
  auto spec = test::wishes();
  spec.flap_budget = flap_budget_spec{3, seconds{600}};
  telling t{spec};
  t.applied(0, 10, 14);
  t.applied(100, 14, 9);
  t.applied(200, 9, 13);
  t.applied(300, 13, 9);
  const auto before = t.spec;
  t.spec.flap_budget->reversals = 1;
  policy::recall_changed(before, t.spec, t.mem);
  // As `flap_budget` decides: the one of 300 s is what holds.
  CHECK(said(t, 310, "flap budget") == "3 of 1 reversals within 10m; 9m50s left");
}

TEST_CASE("the way to zero") {
  auto spec = test::wishes();
  spec.zero = zero_spec{{}, seconds{300}};
  telling t{spec};
  CHECK(said(t, 0, "to zero") == "not known to be idle");
  t.poll(0, 5, 5);
  CHECK(said(t, 0, "to zero") == "not known to be idle");
  t.poll(10, 5, 0);
  CHECK(said(t, 70, "to zero") == "idle for 1m of the cooldown's 5m");
  t.spec.min_replicas = 1;
  CHECK(said(t, 70, "to zero").empty());
}

TEST_CASE("schedules and modes") {
  auto spec = test::wishes();
  spec.schedules = {{"0 8 * * *", "UTC", std::chrono::hours{2}, 10, {}},
                    {"0 9 * * *", "UTC", std::chrono::hours{2}, {}, 50}};
  telling t{spec};
  CHECK(said(t, 7 * 3600, "schedules") == "none is active");
  CHECK(said(t, 8 * 3600, "schedules") == "not below 10");
  CHECK(said(t, 9 * 3600, "schedules") == "not below 10, not above 50");
  CHECK(said(t, 10 * 3600, "schedules") == "not above 50");
  t.spec.mode = scaling_mode::paused;
  t.spec.pause = {true, true};
  CHECK(said(t, 0, "mode") ==
        "paused: nothing is sent | scale-in is paused | scale-out is paused");
  t.spec.mode = scaling_mode::dry_run;
  t.spec.pause = {};
  CHECK(said(t, 0, "mode") == "dry run: nothing is sent");
}

TEST_CASE("what the outlook says leaves is what stops holding") {
  auto spec = test::wishes();
  spec.behavior.down.stabilization_window = seconds{300};
  telling t{spec};
  t.poll(0, 12, 12);
  t.poll(140, 12, 4);
  CHECK(said(t, 140, "down window").ends_with("2m40s left"));
  CHECK(t.poll(299.999999, 12, 4) == 12);
  CHECK(t.poll(300, 12, 4) == 4);
}
