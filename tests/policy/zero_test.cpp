// To zero and out of it: KEDA's activation, which is strict, and its cooldown, which is
// for the last step only.
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

using namespace scaleit;
using test::telling;

namespace {

using std::chrono::seconds;

/// Activation at 5, cooldown 300 s; the metric's target is 30.
target_spec idle() {
  auto s = test::wishes();
  s.metrics[0].target = 30;
  s.zero = zero_spec{{{"wish", 5}}, seconds{300}};
  return s;
}

observation both(int replicas, double wish, double cpu) {
  auto o = test::wished(replicas, wish);
  o.metrics.push_back({"cpu", cpu});
  return o;
}

target_spec with_cpu() {
  auto s = idle();
  s.metrics.push_back({"cpu", "/cpu", metric_type::value, 0.8});
  return s;
}

}  // namespace

TEST_CASE("out of zero takes a metric strictly above its activation value") {
  struct row {
    double value;
    int desired;
    const char* source;
  };
  const row table[] = {
      {0, 0, "KEDA: nothing"},
      {5, 0, "KEDA: activation is strict"},
      {5.001, 1, "KEDA: a little above"},
      {6, 1, "KEDA: above, and the formula wants 1"},
      {30, 1, "ceil(30 / 30)"},
      {31, 2, "ceil(31 / 30)"},
      {301, 11, "as many as the formula wants, no limit being set"},
  };
  for (const auto& r : table) {
    telling t{idle()};
    CAPTURE(r.source);
    CHECK(t.poll(0, 0, r.value) == r.desired);
    CHECK(t.has(r.desired > 0 ? rule::activate : rule::idle));
  }
}

TEST_CASE("activation goes before the formula, also where that wants nothing or less") {
  auto spec = idle();
  spec.zero->activation = {{"wish", 50}};
  telling t{spec};
  CHECK(t.poll(0, 0, 50) == 0);  // KEDA: activation 50 beats a target of 30
  CHECK(t.poll(1, 0, 51) == 2);
  spec.behavior.up.policies = {{policy_type::percent, 100, seconds{15}}};
  telling u{spec};
  CHECK(u.poll(0, 0, 51) == 1);  // a percentage of nothing, but at least 1
}

TEST_CASE("to zero only after the cooldown, to the second") {
  telling t{idle()};
  CHECK(t.poll(0, 1, 6) == 1);
  CHECK(t.poll(10, 1, 5) == 1);
  CHECK(t.poll(309.999999, 1, 0) == 1);
  CHECK(t.poll(310, 1, 3) == 0);
  CHECK(t.said(rule::idle) == "idle for 300 s, the cooldown is 300 s: to zero");
}

TEST_CASE("one moment above begins the cooldown again") {
  telling t{idle()};
  t.poll(0, 1, 0);
  CHECK(t.poll(299, 1, 6) == 1);
  CHECK(t.poll(300, 1, 0) == 1);
  CHECK(t.poll(599, 1, 0) == 1);
  CHECK(t.poll(600, 1, 0) == 0);
}

TEST_CASE("until then the floor is one, and the rules above it hold") {
  telling t{idle()};
  CHECK(t.poll(0, 8, 0) == 1);
  CHECK(t.said(rule::idle) == "idle for 0 s of the cooldown's 300 s: not yet to zero");
  CHECK(t.poll(1, 8, 0) == 1);
  CHECK(t.poll(2, 8, 90) == 3);
}

TEST_CASE("the last step waits for no window: KEDA takes it, not HPA") {
  auto spec = idle();
  spec.behavior.down.stabilization_window = seconds{3600};
  telling t{spec};
  t.poll(0, 8, 240);
  CHECK(t.poll(10, 8, 0) == 8);
  CHECK(t.poll(310, 8, 0) == 0);
}

TEST_CASE("a cooldown of nothing goes to zero at once") {
  auto spec = idle();
  spec.zero->cooldown = seconds{0};
  telling t{spec};
  CHECK(t.poll(0, 4, 5) == 0);
}

TEST_CASE("every metric with an activation value must be idle, the others need not") {
  auto spec = with_cpu();
  telling t{spec};
  CHECK(t.poll(0, both(1, 0, 0.7)) == 1);
  CHECK(t.poll(300, both(1, 0, 0.7)) == 0);  // cpu has no activation value

  spec.zero->activation = {{"wish", 5}, {"cpu", 0.1}};
  telling u{spec};
  u.poll(0, both(1, 0, 0.2));
  CHECK(u.poll(300, both(1, 0, 0.2)) == 1);
  CHECK(u.poll(301, both(1, 0, 0.1)) == 1);
  CHECK(u.poll(601, both(1, 0, 0.1)) == 0);
  CHECK(u.poll(602, both(0, 0, 0.11)) == 1);
  CHECK(u.said(rule::activate) == "cpu 0.11 is above its activation value 0.10: awake");
}

TEST_CASE("with no activation value at all every metric counts, at zero") {
  auto spec = with_cpu();
  spec.zero->activation.clear();
  telling t{spec};
  t.poll(0, both(1, 0, 0));
  CHECK(t.poll(299, both(1, 0, 0.01)) == 1);
  CHECK(t.poll(599, both(1, 0, 0)) == 1);
  CHECK(t.poll(899, both(1, 0, 0)) == 0);
  CHECK(t.poll(900, both(0, 0, 0)) == 0);
  CHECK(t.poll(901, both(0, 0.01, 0)) == 1);
}

TEST_CASE("missing data never leads to zero, nor out of it") {
  telling t{with_cpu()};
  t.poll(0, both(2, 0, 0.1));
  CHECK(t.poll(400, test::wished(2, 0)) == 2);  // cpu is missing: no scale-in at all
  CHECK(t.poll(401, both(2, 0, 0.1)) == 0);
  observation nothing;
  nothing.replicas = 0;
  CHECK(t.poll(402, nothing) == 0);
  nothing.replicas = 2;
  CHECK(t.poll(403, nothing) == 2);
}

TEST_CASE("partial data wakes, and sends nobody to sleep") {
  const auto partial = [](observation o, std::size_t which) {
    o.metrics.at(which).partial = true;
    return o;
  };
  for (const std::size_t which : {0U, 1U}) {
    telling t{with_cpu()};
    t.poll(0, both(2, 0, 0.1));
    CHECK(t.poll(400, partial(both(2, 0, 0.1), which)) == 2);
    CHECK(t.poll(401, both(2, 0, 0.1)) == 0);
  }
  telling t{with_cpu()};
  CHECK(t.poll(0, partial(both(0, 9, 0), 0)) == 1);
}

TEST_CASE("what is too old to be used wakes nobody and sends nobody to sleep") {
  auto spec = idle();
  spec.max_age = seconds{30};
  telling t{spec};
  auto old = test::wished(0, 100);
  old.observed_at = test::at(0);
  CHECK(t.poll(30, old) == 4);
  CHECK(t.poll(30.000001, old) == 0);
  t.poll(100, 1, 0);
  auto quiet = test::wished(1, 0);
  quiet.observed_at = test::at(100);
  CHECK(t.poll(400, quiet) == 1);
  CHECK(t.poll(401, 1, 0) == 0);
}

TEST_CASE("with a minimum above zero, or a schedule's, zero is out of the question") {
  auto spec = idle();
  spec.min_replicas = 1;
  telling t{spec};
  t.poll(0, 2, 0);
  CHECK(t.poll(1000, 2, 0) == 1);
  CHECK(t.poll(1001, 0, 100) == 0);  // switched off by hand
  CHECK(t.has(rule::switched_off));

  spec.min_replicas = 0;
  spec.schedules = {{"* * * * *", "UTC", std::chrono::minutes{5}, 2, {}}};
  telling u{spec};
  u.poll(0, 5, 0);
  CHECK(u.poll(1000, 5, 0) == 2);
  CHECK(u.poll(1001, 0, 0) == 2);
}

TEST_CASE("a suspected outage and a spent flap budget hold the last step too") {
  auto spec = idle();
  spec.guard = guard_spec{50, seconds{60}, seconds{600}};
  telling t{spec};
  t.poll(0, 4, 120);
  CHECK(t.poll(10, 4, 0) == 4);
  CHECK(t.poll(310, 4, 0) == 4);
  CHECK(t.poll(609.9, 4, 0) == 4);
  CHECK(t.poll(610, 4, 0) == 0);

  spec.guard.reset();
  spec.flap_budget = flap_budget_spec{1, seconds{1000}};
  telling u{spec};
  u.applied(0, 2, 1);
  u.applied(1, 1, 2);
  u.poll(2, 2, 0);
  CHECK(u.poll(400, 2, 0) == 2);
  CHECK(u.poll(1001, 2, 0) == 0);
}

TEST_CASE("the cooldown does not begin with what is too old to be used") {
  auto spec = idle();
  spec.max_age = seconds{30};
  telling t{spec};
  auto old = test::wished(1, 0);
  old.observed_at = test::at(0);
  t.poll(100, old);
  CHECK(t.poll(200, 1, 0) == 1);
  CHECK(t.poll(499, 1, 0) == 1);
  CHECK(t.poll(500, 1, 0) == 0);
}
