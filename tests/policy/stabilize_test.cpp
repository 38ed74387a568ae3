// HPA's two windows. Cases named "HPA: x" are those of Kubernetes'
// TestNormalizeDesiredReplicasWithBehavior, translated: recommendations of the past, and
// what becomes of a new one.
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using namespace scaleit;
using test::telling;

namespace {

target_spec windows(int up, int down) {
  auto s = test::wishes();
  s.behavior.up.stabilization_window = std::chrono::seconds{up};
  s.behavior.down.stabilization_window = std::chrono::seconds{down};
  return s;
}

struct past {
  double ago;
  int count;
};

/// Recommended before, in this order; the decisions themselves play no part.
void remember(telling& t, double now, const std::vector<past>& before) {
  for (const auto& p : before) {
    decision d;
    d.current = d.recommended = d.desired = p.count;
    policy::recall_decision(t.spec, t.mem, d, test::at(now - p.ago));
  }
}

}  // namespace

TEST_CASE("a recommendation is held within the windows' envelope, as HPA holds it") {
  struct row {
    int up, down;
    std::vector<past> before;  ///< oldest first
    int current, recommended, desired;
    const char* source;
  };
  const std::vector<past> four_five{{120, 4}, {60, 5}};
  const row table[] = {
      {0, 0, {}, 100, 5, 5, "HPA: empty recommendations for scaling down"},
      {0, 180, four_five, 100, 3, 5, "HPA: simple scale down stabilization"},
      {300, 0, four_five, 1, 7, 4, "HPA: simple scale up stabilization"},
      {300, 0, {{120, 1}, {60, 2}}, 100, 3, 3, "HPA: no scale down stabilization"},
      {0, 300, four_five, 1, 3, 3, "HPA: no scale up stabilization"},
      {0, 0, {{600, 10}, {540, 9}}, 100, 3, 3, "HPA: no scale down, reuse element"},
      {0, 0, {{600, 10}, {540, 9}}, 1, 100, 100, "HPA: no scale up, reuse element"},
      {0,
       180,
       {{600, 10}, {540, 9}, {120, 5}, {60, 4}},
       100,
       3,
       5,
       "HPA: scale down, reuse one of obsolete elements"},
      {300,
       0,
       {{6000, 10}, {180, 9}, {120, 5}, {60, 6}},
       1,
       100,
       5,
       "HPA: scale up, reuse one of obsolete elements"},
      {300,
       300,
       {{6000, 2}, {180, 3}},
       2,
       1,
       2,
       "HPA: do not scale up when prenormalized rec goes down"},
      {300,
       300,
       {{6000, 2}, {180, 1}},
       2,
       3,
       2,
       "HPA: do not scale down when prenormalized rec goes up"},
      {0, 300, {{300, 10}}, 10, 4, 4, "exactly as old as the window: over"},
      {0, 300, {{299.999999, 10}}, 10, 4, 10, "a microsecond newer: held"},
      {60, 0, {{60, 5}}, 5, 9, 9, "the same upwards"},
      {60, 0, {{59.999999, 5}}, 5, 9, 5, "the same upwards"},
      {60, 300, {{30, 7}}, 5, 9, 7, "raised as far as the window allows"},
      {60, 300, {{30, 7}}, 9, 5, 7, "lowered as far as the window allows"},
      {60, 300, {{30, 5}}, 7, 7, 7, "at what is recommended nothing moves"},
      {60, 300, {{40, 2}, {30, 12}}, 7, 9, 7, "the envelope is wider: stays"},
      {60, 300, {{40, 2}, {30, 12}}, 7, 5, 7, "the envelope is wider: stays"},
      {60, 300, {{40, 2}, {30, 12}}, 20, 5, 12, "above the envelope"},
      {60, 300, {{40, 4}, {30, 12}}, 1, 9, 4, "below the envelope"},
      {60, 300, {{90, 1}, {30, 6}}, 3, 9, 6, "one window has forgotten, not the other"},
  };
  for (const auto& r : table) {
    telling t{windows(r.up, r.down)};
    constexpr double now = 10'000;
    remember(t, now, r.before);
    // HPA's case without a history has no window either: nothing is recorded first.
    CAPTURE(r.source, r.current, r.recommended);
    CHECK(t.poll(now, r.current, r.recommended) == r.desired);
    CHECK(t.last.recommended == r.recommended);
  }
}

TEST_CASE("load falls, five minutes later still 10, one second more, now 4") {
  telling t{windows(0, 300)};
  CHECK(t.poll(0, 10, 10) == 10);
  CHECK(t.poll(1, 10, 4) == 10);
  CHECK(t.said(rule::stabilize_down) ==
        "held by the 300 s window: 10 was wanted 1 s ago");
  CHECK(t.poll(141, 10, 4) == 10);
  CHECK(t.said(rule::stabilize_down) ==
        "held by the 300 s window: 10 was wanted 141 s ago");
  CHECK(t.poll(299, 10, 4) == 10);
  CHECK(t.poll(300, 10, 4) == 4);
}

TEST_CASE("a fall in steps is followed step by step, each a window later") {
  telling t{windows(0, 60)};
  const int wanted[] = {10, 8, 6};
  for (int i = 0; i < 3; ++i) CHECK(t.poll(i * 20, 10, wanted[i]) == 10);
  CHECK(t.poll(60, 10, 4) == 8);
  CHECK(t.poll(79, 8, 4) == 8);
  CHECK(t.poll(80, 8, 4) == 6);
  CHECK(t.poll(100, 6, 4) == 4);
}

TEST_CASE("a short dip passes unseen, and so does a short rise") {
  telling t{windows(30, 60)};
  t.poll(0, 10, 10);
  for (int s = 5; s < 25; s += 5) CHECK(t.poll(s, 10, 2) == 10);
  for (int s = 25; s < 90; s += 5) CHECK(t.poll(s, 10, 10) == 10);
  for (int s = 90; s < 115; s += 5) CHECK(t.poll(s, 10, 30) == 10);
  CHECK(t.poll(115, 10, 30) == 30);  // for longer than the window, it is no short rise
}

TEST_CASE("what is recorded is what was recommended, not what came of it") {
  telling t{windows(0, 60)};
  t.poll(0, 10, 10);
  for (int s = 10; s < 60; s += 10) CHECK(t.poll(s, 10, 4) == 10);
  // Held at 10 all the while; if that had been recorded it would hold for ever.
  CHECK(t.poll(60, 10, 4) == 4);
}

TEST_CASE("a falling recommendation never scales out, nor a rising one in") {
  // Kubernetes issues 96671 and 98174: with two windows, one after the other, the count
  // was raised to what an earlier burst had wanted, though less was wanted now.
  telling t{windows(300, 300)};
  t.poll(0, 2, 2);
  t.poll(60, 2, 6);
  CHECK(t.poll(120, 2, 1) == 2);
  CHECK(t.poll(180, 2, 1) == 2);
  for (int up : {0, 30, 300})
    for (int down : {0, 30, 300})
      for (int past : {1, 2, 3, 9})
        for (int wish : {1, 2, 3, 9}) {
          telling u{windows(up, down)};
          remember(u, 100, {{50, past}, {20, 10 - past}});
          const int desired = u.poll(100, 3, wish);
          CAPTURE(up, down, past, wish, desired);
          REQUIRE((wish <= 3 || desired >= 3));
          REQUIRE((wish >= 3 || desired <= 3));
        }
}

TEST_CASE("a new target begins with the count it has") {
  telling t{windows(60, 300)};
  CHECK(t.poll(0, 10, 4) == 10);
  CHECK(t.said(rule::stabilize_down) ==
        "held by the 300 s window: a new target begins with the 10 it has");
  CHECK(t.poll(299.9, 10, 4) == 10);
  CHECK(t.poll(300, 10, 4) == 4);

  telling up{windows(60, 300)};
  CHECK(up.poll(0, 10, 14) == 10);
  CHECK(up.said(rule::stabilize_up) ==
        "held by the 60 s window: a new target begins with the 10 it has");
  CHECK(up.poll(59, 10, 14) == 10);
  CHECK(up.poll(60, 10, 14) == 14);
}

TEST_CASE("a new target is held by the windows it has, not by others") {
  telling t{windows(0, 300)};
  CHECK(t.poll(0, 10, 14) == 14);
  telling u{windows(60, 0)};
  CHECK(u.poll(0, 10, 4) == 4);
  telling v{windows(0, 0)};
  CHECK(v.poll(0, 10, 4) == 4);
}

TEST_CASE("only a first decision begins with the count; a quiet hour does not") {
  telling t{windows(0, 300)};
  t.poll(0, 10, 10);
  CHECK(t.poll(3600, 10, 4) == 4);
}

TEST_CASE("a hold counts as a recommendation of the count that was held") {
  telling t{windows(0, 60)};
  t.poll(0, 10, 4);  // held: new
  observation nothing;
  nothing.replicas = 10;
  CHECK(t.poll(50, nothing) == 10);
  CHECK(t.poll(100, 10, 4) == 10);
  CHECK(t.poll(110, 10, 4) == 4);
}
