// HPA's scaling policies over time: scalings that are applied, or are not, and periods
// that pass.
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using namespace scaleit;
using test::telling;

namespace {

using std::chrono::seconds;

/// The counts, poll by poll, when whatever is decided is applied at once.
std::vector<int> followed(telling& t, int count, int wish, int polls, int every) {
  std::vector<int> counts;
  for (int i = 0; i < polls; ++i) {
    const int desired = t.poll(i * every, count, wish);
    if (desired != count) t.applied(i * every, count, desired);
    counts.push_back(count = desired);
  }
  return counts;
}

}  // namespace

TEST_CASE("a fast rise doubles every fifteen seconds, not with every poll") {
  auto spec = test::wishes();
  spec.behavior.up = behavior_spec{}.up;
  telling t{spec};
  CHECK(followed(t, 10, 1000, 13, 5) ==
        std::vector{20, 20, 20, 40, 40, 40, 80, 80, 80, 160, 160, 160, 320});
}

TEST_CASE("from few replicas the four pods of HPA's default go farther") {
  auto spec = test::wishes();
  spec.behavior.up = behavior_spec{}.up;
  telling t{spec};
  CHECK(followed(t, 0, 100, 6, 15) == std::vector{4, 8, 16, 32, 64, 100});
}

TEST_CASE("a tenth per minute is a tenth of what there was a minute ago") {
  auto spec = test::wishes();
  spec.behavior.down.policies = {{policy_type::percent, 10, seconds{60}}};
  telling t{spec};
  CHECK(followed(t, 100, 0, 10, 20) ==
        std::vector{90, 90, 90, 81, 81, 81, 72, 72, 72, 64});
}

TEST_CASE("what one policy has forgotten another may still count") {
  auto spec = test::wishes();
  spec.behavior.up = {
      seconds{0},
      select_policy::min,
      {{policy_type::pods, 4, seconds{10}}, {policy_type::pods, 8, seconds{30}}}};
  telling t{spec};
  CHECK(followed(t, 10, 100, 8, 5) == std::vector{14, 14, 18, 18, 18, 18, 22, 22});
}

TEST_CASE("a scaling that is told late counts from when it was") {
  auto spec = test::wishes();
  spec.behavior.up.policies = {{policy_type::pods, 4, seconds{60}}};
  telling t{spec};
  t.poll(0, 10, 10);
  t.applied(20, 12, 14);
  t.applied(10, 10, 12);  // the answer to an earlier request
  CHECK(t.poll(30, 14, 100) == 14);
  CHECK(t.poll(70, 14, 100) == 16);
  CHECK(t.poll(80, 14, 100) == 18);
}

TEST_CASE("only what was applied counts, not what was decided") {
  auto spec = test::wishes();
  spec.behavior.up.policies = {{policy_type::pods, 4, seconds{60}}};
  telling t{spec};
  CHECK(t.poll(0, 10, 100) == 14);
  CHECK(t.poll(5, 10, 100) == 14);
  CHECK(t.poll(10, 10, 100) == 14);
  t.applied(10, 10, 14);
  CHECK(t.poll(15, 14, 100) == 14);
  CHECK(t.said(rule::rate_up) ==
        "limited to 4 pods per 60 s: from 10 at the period's start to at most 14");
}
