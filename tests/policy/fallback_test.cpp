// KEDA's fallback.
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

using namespace scaleit;
using test::telling;

namespace {

using std::chrono::seconds;

target_spec falling_back(int threshold, int replicas,
                         fallback_behavior behavior = fallback_behavior::fixed) {
  auto s = test::wishes();
  s.fallback = {threshold, replicas, behavior};
  return s;
}

/// After one good poll at `current`, failed ones until there is an answer.
std::optional<int> after_failures(const target_spec& spec, int current, int failures) {
  telling t{spec};
  t.poll(0, current, current);
  std::optional<int> answer;
  for (int i = 1; i <= failures; ++i) answer = t.fail(i);
  return answer;
}

}  // namespace

TEST_CASE("the four behaviors are KEDA's") {
  using enum fallback_behavior;
  struct row {
    fallback_behavior behavior;
    int current;
    int replicas;
    int desired;
    const char* source;
  };
  const row table[] = {
      {fixed, 4, 6, 6, "KEDA: static"},
      {fixed, 8, 6, 6, "KEDA: static, also downwards"},
      {fixed, 4, 0, 0, "KEDA: static, also to nothing"},
      {current_replicas, 4, 6, 4, "KEDA: currentReplicas"},
      {current_replicas, 8, 6, 8, "KEDA: currentReplicas"},
      {current_replicas_if_higher, 4, 6, 6, "KEDA: currentReplicasIfHigher, lower"},
      {current_replicas_if_higher, 8, 6, 8, "KEDA: currentReplicasIfHigher, higher"},
      {current_replicas_if_higher, 6, 6, 6, "KEDA: currentReplicasIfHigher, equal"},
      {current_replicas_if_lower, 4, 6, 4, "KEDA: currentReplicasIfLower, lower"},
      {current_replicas_if_lower, 8, 6, 6, "KEDA: currentReplicasIfLower, higher"},
      {current_replicas_if_lower, 6, 6, 6, "KEDA: currentReplicasIfLower, equal"},
      {fixed, 0, 6, 6, "from 0: the fallback is more than the rule for zero"},
      {current_replicas, 0, 6, 0, "from 0"},
      {current_replicas_if_higher, 0, 6, 6, "from 0"},
      {current_replicas_if_lower, 0, 6, 0, "from 0"},
  };
  for (const auto& r : table) {
    CAPTURE(r.source, r.current, r.replicas);
    const auto spec = falling_back(3, r.replicas, r.behavior);
    CHECK(after_failures(spec, r.current, 4) == r.desired);
  }
}

TEST_CASE("it takes more failures than the threshold says, not as many") {
  for (int threshold = 0; threshold <= 5; ++threshold)
    for (int failures = 0; failures <= 8; ++failures) {
      CAPTURE(threshold, failures);
      const auto answer = after_failures(falling_back(threshold, 6), 4, failures);
      const auto expected = failures > threshold ? std::optional{6}
                            : failures > 0       ? std::optional{4}
                                                 : std::nullopt;
      CHECK(answer == expected);
    }
}

TEST_CASE("one good poll ends it, and the count begins again") {
  telling t{falling_back(1, 6)};
  t.poll(0, 4, 4);
  CHECK(t.fail(1) == 4);
  CHECK(t.said(rule::hold) == "the poll failed: held at 4");
  CHECK(t.fail(2) == 6);
  CHECK(t.fail(3) == 6);
  CHECK(t.said(rule::fallback) ==
        "3 polls in a row have failed, more than 1: falling back to 6");
  CHECK(t.poll(4, 6, 4) == 4);
  CHECK_FALSE(t.has(rule::fallback));
  CHECK(t.fail(5) == 6);
  CHECK(t.fail(6) == 6);
}

TEST_CASE("a poll that brings nothing usable is no failed poll") {
  telling t{falling_back(0, 6)};
  observation nothing;
  nothing.replicas = 4;
  for (int s = 0; s < 5; ++s) CHECK(t.poll(s, nothing) == 4);
  CHECK(t.fail(5) == 6);
}

TEST_CASE("without a fallback failed polls hold") {
  telling t{test::wishes()};
  t.poll(0, 4, 4);
  for (int s = 1; s < 20; ++s) CHECK(t.fail(s) == 4);
  CHECK(t.said(rule::hold) == "19 polls in a row have failed: held at 4");
}

TEST_CASE("to hold while polls fail is no recommendation: weather fills no window") {
  auto spec = test::wishes();
  spec.behavior.down.stabilization_window = seconds{60};
  telling t{spec};
  t.poll(0, 10, 10);
  for (int s = 5; s < 60; s += 5) {
    CHECK(t.poll(s, 10, 4) == 10);
    CHECK(t.fail(s + 1) == 10);
  }
  CHECK(t.poll(60, 10, 4) == 4);
}

TEST_CASE("the bounds hold while polls fail, too") {
  auto spec = test::wishes();
  telling t{spec};
  t.poll(0, 4, 4);
  t.spec.schedules = {{"* * * * *", "UTC", std::chrono::minutes{1}, 7, std::nullopt}};
  CHECK(t.fail(1) == 7);
}

TEST_CASE("a target that was never seen has nothing to fall back from") {
  telling t{falling_back(0, 6)};
  for (int s = 0; s < 10; ++s) CHECK_FALSE(t.fail(s));
  CHECK(t.poll(10, 4, 4) == 4);
  CHECK(t.fail(11) == 6);
}

TEST_CASE("the current count is the one last applied, if that is newer") {
  telling t{falling_back(0, 0, fallback_behavior::current_replicas)};
  t.poll(0, 4, 9);
  t.applied(1, 4, 9);
  CHECK(t.fail(2) == 9);
}

TEST_CASE("the bounds hold for it") {
  auto spec = falling_back(0, 60);
  spec.max_replicas = 20;
  CHECK(after_failures(spec, 4, 1) == 20);
  spec.fallback->replicas = 1;
  spec.min_replicas = 2;
  CHECK(after_failures(spec, 4, 1) == 2);
  CHECK(after_failures(spec, 0, 1) == 0);  // switched off by hand, and stays so
}

TEST_CASE("the windows and the limits hold for it") {
  auto spec = falling_back(0, 2);
  spec.behavior.down.stabilization_window = seconds{60};
  telling t{spec};
  t.poll(0, 10, 10);
  CHECK(t.fail(1) == 10);
  CHECK(t.said(rule::stabilize_down) == "held by the 60 s window: 10 was wanted 1 s ago");
  CHECK(t.fail(59) == 10);
  CHECK(t.fail(60) == 2);

  spec = falling_back(0, 30);
  spec.behavior.up.policies = {{policy_type::pods, 4, seconds{15}}};
  telling u{spec};
  u.poll(0, 10, 10);
  CHECK(u.fail(1) == 14);
  u.applied(1, 10, 14);
  CHECK(u.fail(2) == 14);
  CHECK(u.fail(16) == 18);
}

TEST_CASE("what it recommended counts in the windows of what comes after") {
  auto spec = falling_back(0, 20);
  spec.behavior.down.stabilization_window = seconds{60};
  telling t{spec};
  t.poll(0, 10, 10);
  CHECK(t.fail(5) == 20);
  t.applied(5, 10, 20);
  CHECK(t.poll(10, 20, 10) == 20);
  CHECK(t.poll(64.9, 20, 10) == 20);
  CHECK(t.poll(65, 20, 10) == 10);
}

TEST_CASE("a mode that holds holds it too") {
  auto spec = falling_back(0, 20);
  spec.mode = scaling_mode::paused;
  CHECK(after_failures(spec, 10, 1) == 10);
  spec.mode = scaling_mode::active;
  spec.pause.scale_out = true;
  CHECK(after_failures(spec, 10, 1) == 10);
  spec.fallback->replicas = 5;
  CHECK(after_failures(spec, 10, 1) == 5);
}
