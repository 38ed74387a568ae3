// The bounds, which come last: HPA's minReplicas and maxReplicas, schedules, and a count
// of 0 by hand.
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using namespace scaleit;
using test::telling;

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int hour = 3600;

/// Every day from `from` o'clock (UTC, as the story's) for `length`.
schedule_spec daily(int from, hours length, std::optional<int> floor,
                    std::optional<int> ceiling) {
  return {"0 " + std::to_string(from) + " * * *", "UTC", length, floor, ceiling};
}

target_spec between(int low, int high, std::vector<schedule_spec> schedules = {}) {
  auto s = test::wishes();
  s.min_replicas = low;
  s.max_replicas = high;
  s.schedules = std::move(schedules);
  return s;
}

}  // namespace

TEST_CASE("the bounds, with and without schedules") {
  const auto high = daily(8, hours{10}, 10, {});
  const auto higher = daily(9, hours{1}, 15, {});
  const auto low = daily(12, hours{2}, {}, 6);
  const auto lower = daily(13, hours{2}, {}, 4);
  const auto both = daily(20, hours{1}, 7, 7);
  struct row {
    std::vector<schedule_spec> schedules;
    double at;  ///< hours
    int current, wish, desired;
    std::optional<rule> by;
    const char* source;
  };
  const row table[] = {
      {{}, 0, 5, 1, 2, rule::min, "HPA: TooFewReplicas"},
      {{}, 0, 5, 90, 20, rule::max, "HPA: TooManyReplicas"},
      {{}, 0, 5, 9, 9, {}, "HPA: DesiredWithinRange"},
      {{}, 0, 1, 1, 2, rule::min, "HPA: ScaleUpRCImmediately"},
      {{}, 0, 26, 26, 20, rule::max, "HPA: ScaleDownRCImmediately"},
      {{high}, 7.999, 5, 3, 3, {}, "before the schedule"},
      {{high}, 8, 5, 3, 10, rule::schedule_min, "its first moment"},
      {{high}, 17.999, 5, 3, 10, rule::schedule_min, "its last"},
      {{high}, 18, 5, 3, 3, {}, "over"},
      {{high}, 12, 5, 14, 14, {}, "a floor is no ceiling"},
      {{high, higher}, 9.5, 5, 3, 15, rule::schedule_min, "the highest floor"},
      {{higher, high}, 9.5, 5, 3, 15, rule::schedule_min, "in whatever order"},
      {{high, higher}, 10, 5, 3, 10, rule::schedule_min, "the higher one is over"},
      {{low}, 12, 5, 14, 6, rule::schedule_max, "a ceiling"},
      {{low}, 12, 5, 3, 3, {}, "a ceiling is no floor"},
      {{low, lower}, 13.5, 5, 14, 4, rule::schedule_max, "the lowest ceiling"},
      {{low, lower}, 14.5, 5, 14, 4, rule::schedule_max, "the other is over"},
      {{high, low}, 12, 5, 3, 10, rule::schedule_min, "the floor wins over the ceiling"},
      {{high, low}, 12, 12, 14, 10, rule::schedule_max, "and is the ceiling, too"},
      {{both}, 20.5, 5, 14, 7, rule::schedule_max, "exactly so many"},
      {{both}, 20.5, 9, 3, 7, rule::schedule_min, "exactly so many"},
      {{daily(8, hours{1}, 1, 90)}, 8, 5, 1, 2, rule::min, "a floor lowers no minimum"},
      {{daily(8, hours{1}, 1, 90)}, 8, 5, 90, 20, rule::max, "nor a ceiling raises it"},
      {{daily(8, hours{1}, 30, {})},
       8,
       5,
       1,
       20,
       rule::schedule_min,
       "a floor goes no further than the maximum"},
      {{daily(8, hours{1}, {}, 1)},
       8,
       5,
       9,
       2,
       rule::schedule_max,
       "nor a ceiling below the minimum"},
  };
  for (const auto& r : table) {
    telling t{between(2, 20, r.schedules)};
    CAPTURE(r.source, r.at, r.current, r.wish);
    CHECK(t.poll(r.at * hour, r.current, r.wish) == r.desired);
    for (const auto code : {rule::min, rule::max, rule::schedule_min, rule::schedule_max})
      CHECK(t.has(code) == (r.by == code));
  }
}

TEST_CASE("the sentence says so when a schedule goes beyond the bounds of the target") {
  telling t{between(2, 20, {daily(8, hours{1}, 30, {})})};
  CHECK(t.poll(8 * hour, 5, 5) == 20);
  CHECK(t.said(rule::schedule_min) ==
        "raised to the maximum of 20 by the schedule '0 8 * * *' (UTC, for 1h), which "
        "asks for 30");
  CHECK(t.poll(8 * hour + 60, 50, 50) == 20);
  CHECK(t.said(rule::max) == "lowered to the maximum of 20");
  telling u{between(2, 20, {daily(8, hours{1}, {}, 1)})};
  CHECK(u.poll(8 * hour, 5, 9) == 2);
  CHECK(u.said(rule::schedule_max) ==
        "lowered to the minimum of 2 by the schedule '0 8 * * *' (UTC, for 1h), which "
        "allows 1");
}

TEST_CASE("a day with a schedule, hour by hour") {
  telling t{between(2, 20, {daily(8, hours{10}, 10, {}), daily(22, hours{4}, {}, 3)})};
  int count = 5;
  std::vector<int> day;
  for (int h = 0; h < 24; h += 2) {
    count = t.poll(h * hour, count, 5);
    day.push_back(count);
  }
  CHECK(day == std::vector{3, 5, 5, 5, 10, 10, 10, 10, 10, 5, 5, 3});
}

TEST_CASE("a count outside the bounds is corrected at once, whatever the rest says") {
  auto spec = between(4, 20);
  spec.behavior.up = {seconds{300}, select_policy::disabled, {{}}};
  spec.behavior.down = {
      seconds{300}, select_policy::max, {{policy_type::pods, 1, seconds{60}}}};
  spec.guard = guard_spec{};
  spec.flap_budget = flap_budget_spec{1, seconds{600}};
  observation nothing;
  for (const int current : {1, 3, 21, 500}) {
    telling t{spec};
    t.applied(0, 10, 5);
    t.applied(1, 5, 10);
    t.poll(2, 10, 10);
    CAPTURE(current);
    const int bound = current < 4 ? 4 : 20;
    nothing.replicas = current;
    CHECK(t.poll(3, nothing) == bound);
    CHECK(t.poll(4, current, current < 4 ? 0 : 900) == bound);
    CHECK(t.poll(5, current, current) == bound);
  }
}

TEST_CASE("a floor that rises and a ceiling that falls wait for no metric") {
  telling t{between(2, 20, {daily(8, hours{1}, 12, {}), daily(10, hours{1}, {}, 4)})};
  observation nothing;
  nothing.replicas = 6;
  CHECK(t.poll(7.9 * hour, nothing) == 6);
  CHECK(t.poll(8 * hour, nothing) == 12);
  CHECK(t.poll(10 * hour, nothing) == 4);
}

TEST_CASE("0 replicas while the minimum is above 0 means switched off by hand") {
  for (const int low : {1, 2, 15}) {
    telling t{between(low, 20)};
    CHECK(t.poll(0, 0, 9) == 0);
    CHECK(t.has(rule::switched_off));
    observation nothing;
    CHECK(t.poll(1, nothing) == 0);
    CHECK(t.poll(2, low, 9) == std::max(low, 9));
  }
  telling t{between(1, 20, {daily(0, hours{24}, 10, {})})};
  CHECK(t.poll(0, 0, 9) == 0);  // nor does a schedule switch it on
}

TEST_CASE("with a minimum of 0 nothing is switched off, and a schedule raises it") {
  telling t{between(0, 20, {daily(8, hours{1}, 3, {})})};
  CHECK(t.poll(0, 0, 2) == 2);
  CHECK(t.poll(8 * hour, 0, 0) == 3);
  CHECK(t.said(rule::schedule_min) ==
        "raised to 3 by the schedule '0 8 * * *' (UTC, for 1h)");
}

TEST_CASE("what the schedules say is asked for again when it ends, also backwards") {
  telling t{between(2, 20, {daily(8, hours{10}, 10, {})})};
  CHECK(t.poll(9 * hour, 5, 5) == 10);
  CHECK(t.poll(19 * hour, 10, 5) == 5);
  CHECK(t.poll(9 * hour, 5, 5) == 10);  // the clock was set back
  CHECK(t.poll(7 * hour, 10, 5) == 5);
}

TEST_CASE("schedules that are changed hold from then on") {
  telling t{between(2, 20, {daily(8, hours{10}, 10, {})})};
  CHECK(t.poll(9 * hour, 5, 5) == 10);
  const auto before = t.spec;
  t.spec.schedules = {daily(8, hours{10}, 4, 6)};
  policy::recall_changed(before, t.spec, t.mem);
  CHECK(t.poll(9 * hour + 5, 10, 9) == 6);
  const auto again = t.spec;
  t.spec.schedules.clear();
  policy::recall_changed(again, t.spec, t.mem);
  CHECK(t.poll(9 * hour + 10, 6, 9) == 9);
}
