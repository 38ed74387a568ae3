// The flap budget, a rule of our own: so many reversals in a period, and then a scale-in
// that would be one more waits.
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

using namespace scaleit;
using test::telling;

namespace {

target_spec budget(int reversals) {
  auto s = test::wishes();
  s.flap_budget = flap_budget_spec{reversals, std::chrono::seconds{600}};
  return s;
}

/// 10 -> 14 -> 9 -> 13, at 0, 100 and 200 s: two reversals, the last one upwards.
telling restless(int reversals) {
  telling t{budget(reversals)};
  t.applied(0, 10, 14);
  t.applied(100, 14, 9);
  t.applied(200, 9, 13);
  return t;
}

}  // namespace

TEST_CASE("with the budget spent a scale-in waits until a reversal is old enough") {
  auto t = restless(2);
  CHECK(t.poll(210, 13, 5) == 13);
  CHECK(t.has(rule::flap_budget));
  CHECK(t.poll(699.999999, 13, 5) == 13);
  CHECK(t.poll(700, 13, 5) == 5);  // the first is exactly as old as the period
}

TEST_CASE("a budget that is not spent holds nothing") {
  auto t = restless(3);
  CHECK(t.poll(210, 13, 5) == 5);
  CHECK_FALSE(t.has(rule::flap_budget));
}

TEST_CASE("a scale-out never waits") {
  auto t = restless(1);
  CHECK(t.poll(210, 13, 40) == 40);
  t.applied(210, 13, 11);  // and a scale-out that is a reversal neither
  CHECK(t.poll(211, 11, 40) == 40);
}

TEST_CASE("a scale-in after a scale-in is no reversal") {
  telling t{budget(1)};
  t.applied(0, 10, 14);
  t.applied(10, 14, 12);  // the one reversal
  CHECK(t.poll(20, 12, 5) == 5);
  t.applied(20, 12, 5);
  CHECK(t.poll(30, 5, 3) == 3);
  t.applied(30, 5, 9);
  CHECK(t.poll(40, 9, 3) == 9);
}

TEST_CASE("more reversals than the budget has: the newest count") {
  telling t{budget(2)};
  for (int i = 0; i < 9; ++i) t.applied(i * 100, i % 2 ? 12 : 10, i % 2 ? 10 : 12);
  // Reversals at 100 .. 800 s, the last scaling upwards; those of 700 and 800 hold.
  CHECK(t.poll(810, 12, 5) == 12);
  CHECK(t.poll(1299, 12, 5) == 12);
  CHECK(t.poll(1300, 12, 5) == 5);
}

TEST_CASE("a scaling that changed nothing reverses nothing") {
  telling t{budget(1)};
  t.applied(0, 10, 14);
  t.applied(10, 14, 14);
  t.applied(20, 14, 16);
  CHECK(t.poll(30, 16, 5) == 5);
}

TEST_CASE("the bounds do not wait for the budget") {
  auto t = restless(2);
  t.spec.max_replicas = 8;
  CHECK(t.poll(210, 13, 5) == 8);
}

TEST_CASE("the sentence says how long it waits") {
  auto t = restless(2);
  t.poll(210, 13, 5);
  CHECK(t.said(rule::flap_budget) ==
        "the budget of 2 reversals within 600 s is spent: scale-in waits 490 s more");
}

TEST_CASE("a smaller budget counts the newest of what it remembers") {
  auto t = restless(3);
  const auto before = t.spec;
  t.spec.flap_budget->reversals = 1;
  policy::recall_changed(before, t.spec, t.mem);
  CHECK(t.poll(799, 13, 5) == 13);
  CHECK(t.poll(800, 13, 5) == 5);
}
