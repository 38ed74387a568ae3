#include "policy/decide.hpp"

#include "policy/recommend.hpp"
#include "policy/why.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <random>
#include <string>

using namespace scaleit;
using policy::decide;

namespace {

decision decided_on(const target_spec& spec, const observation& seen) {
  return decide(spec, {}, seen, time_point{}).made;
}

int drop_in(int replicas, double cpu) {
  return decided_on(test::app_spec(), test::seen(replicas, cpu)).desired;
}

}  // namespace

TEST_CASE("the drop-in formula, case by case") {
  struct row {
    int current;
    double cpu;
    int desired;
    const char* why;
  };
  const row table[] = {
      {10, 0.80, 10, "at the target"},
      {10, 0.90, 10, "the tolerance is inclusive above"},
      {10, 0.70, 10, "and below, where 0.8 - 0.7 is a little more than 0.1 in binary"},
      {10, 0.91, 12, "ceil(11.375)"},
      {10, 0.69, 9, "ceil(8.625)"},
      {10, 0.95, 12, "ceil(11.875)"},
      {10, 0.56, 7, "exactly 7, not 8"},
      {20, 0.56, 14, "exactly 14"},
      {3, 1.6, 6, "exactly twice"},
      {1, 0.01, 1, "never below 1"},
      {1, 0.0, 1, "no load at all"},
      {10, 0.0, 1, "no load at all"},
      {1, 1.0, 2, "ceil(1.25)"},
      {1000, 1.5, 1875, "no ceiling of its own"},
      {10, 1e300, bounds::replicas_max, "absurd, bounded"},
      {0, 0.95, 0, "switched off by hand"},
  };
  for (const auto& r : table) {
    CAPTURE(r.current, r.cpu, r.why);
    CHECK(drop_in(r.current, r.cpu) == r.desired);
  }
}

TEST_CASE("a product within 1e-9 of a whole number is that number") {
  CHECK(policy::replicas_for(7.0000000000000009) == 7);
  CHECK(policy::replicas_for(6.9999999999999991) == 7);
  CHECK(policy::replicas_for(7.000001) == 8);
  CHECK(policy::replicas_for(123456.001) == 123457);
  CHECK(policy::replicas_for(123456.0001) == 123456);
  CHECK(policy::replicas_for(0.0) == 0);
  CHECK(policy::replicas_for(1e-12) == 0);
  CHECK(policy::replicas_for(0.1) == 1);
  CHECK(policy::replicas_for(std::nan("")) == 0);
}

TEST_CASE("every two-decimal utilisation agrees with exact integer arithmetic") {
  for (int current = 1; current <= 60; ++current)
    for (int cents = 0; cents <= 300; ++cents) {
      // ceil(current * cents / 80) in whole numbers, held while |cents - 80| <= 10.
      const int exact = std::max(1, (current * cents + 79) / 80);
      const int expected = std::abs(cents - 80) <= 10 ? current : exact;
      CAPTURE(current, cents);
      REQUIRE(drop_in(current, cents / 100.0) == expected);
    }
}

TEST_CASE("tolerances differ by direction") {
  auto spec = test::app_spec();
  spec.tolerance = {0.0, 0.5};
  CHECK(decided_on(spec, test::seen(10, 0.81)).desired == 11);
  CHECK(decided_on(spec, test::seen(10, 0.41)).desired == 10);
  CHECK(decided_on(spec, test::seen(10, 0.40)).desired == 10);
  CHECK(decided_on(spec, test::seen(10, 0.39)).desired == 5);
}

TEST_CASE("an average value is a total over all replicas") {
  auto spec = test::app_spec();
  spec.metrics = {{"queue", "/q", metric_type::average_value, 30}};
  spec.tolerance = {0.1, 0.1};
  observation o;
  o.replicas = 4;
  o.metrics = {{"queue", 301}};
  CHECK(decided_on(spec, o).desired == 11);
  o.metrics = {{"queue", 126}};  // 31.5 per replica: 5 % above
  CHECK(decided_on(spec, o).desired == 4);
  o.metrics = {{"queue", 150}};
  CHECK(decided_on(spec, o).desired == 5);
}

TEST_CASE("from zero replicas the value alone counts, without a tolerance") {
  auto spec = test::app_spec();
  spec.min_replicas = 0;
  spec.metrics = {{"queue", "/q", metric_type::average_value, 30}};
  observation o;
  o.metrics = {{"queue", 31}};
  CHECK(decided_on(spec, o).desired == 2);
  o.metrics = {{"queue", 0}};
  CHECK(decided_on(spec, o).desired == 0);
}

TEST_CASE("the metric that asks for most wins") {
  auto spec = test::app_spec();
  spec.metrics.push_back({"queue", "/q", metric_type::average_value, 30});
  auto o = test::seen(10, 0.4);
  o.metrics.push_back({"queue", 420});
  const auto d = decided_on(spec, o);
  CHECK(d.desired == 14);
  CHECK(policy::why(d.steps.back(), spec, false) ==
        "queue asks for the most of 2 metrics");
}

TEST_CASE("a missing metric forbids scaling in, never out") {
  auto spec = test::app_spec();
  spec.metrics.push_back({"queue", "/q", metric_type::average_value, 30});
  const auto in = decided_on(spec, test::seen(10, 0.4));
  CHECK(in.recommended == 10);
  CHECK(in.desired == 10);
  CHECK(policy::why(in.steps.back(), spec, false) ==
        "queue is missing: no scale-in without it");
  CHECK(decided_on(spec, test::seen(10, 0.95)).desired == 12);
}

TEST_CASE("without any usable metric the count is held, but within its bounds") {
  auto spec = test::app_spec();
  observation o;
  o.replicas = 10;
  CHECK(decided_on(spec, o).desired == 10);
  CHECK(policy::why(decided_on(spec, o).steps[0], spec, false) ==
        "no usable metric (cpu): held at 10");
  spec.max_replicas = 8;
  CHECK(decided_on(spec, o).desired == 8);
}

TEST_CASE("the bounds hold whatever the metric says") {
  auto spec = test::app_spec();
  spec.min_replicas = 5;
  spec.max_replicas = 12;
  CHECK(decided_on(spec, test::seen(10, 0.1)).desired == 5);
  CHECK(decided_on(spec, test::seen(10, 5.0)).desired == 12);
  CHECK(decided_on(spec, test::seen(3, 0.8)).desired == 5);
  CHECK(decided_on(spec, test::seen(20, 0.8)).desired == 12);
}

TEST_CASE("the sentences of a decision carry its numbers") {
  const auto up = decided_on(test::app_spec(), test::seen(10, 0.95));
  CHECK(policy::why(up.steps[0], test::app_spec(), false) ==
        "cpu 0.95 is 18.8 % above 0.80: 11.88 is rounded up to 12");
  const auto none = decided_on(test::app_spec(), test::seen(10, 0.83));
  CHECK(policy::why(none.steps[0], test::app_spec(), false) ==
        "within tolerance: cpu 0.83 is 3.8 % above 0.80, 12.5 % allowed");
  const auto floor = decided_on(test::app_spec(), test::seen(1, 0.0));
  CHECK(policy::why(floor.steps[1], test::app_spec(), false) ==
        "raised to the minimum of 1");
  const auto off = decided_on(test::app_spec(), test::seen(0, 0.5));
  CHECK(policy::why(off.steps.back(), test::app_spec(), false) ==
        "0 replicas while the minimum is 1: switched off by hand");
}

TEST_CASE(
    "for any input the bounds hold and the steps lead to the answer without a gap") {
  const auto seed = Catch::rngSeed();
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  const auto pick = [&](double low, double high) {
    return std::uniform_real_distribution<double>{low, high}(random);
  };
  for (int i = 0; i < 20'000; ++i) {
    auto spec = test::app_spec();
    spec.min_replicas = static_cast<int>(pick(0, 20));
    spec.max_replicas = spec.min_replicas + static_cast<int>(pick(0, 100));
    spec.tolerance = {pick(0, 0.5), pick(0, 0.5)};
    spec.metrics[0].target = pick(0.01, 100);
    spec.metrics[0].type =
        pick(0, 1) < 0.5 ? metric_type::value : metric_type::average_value;
    const auto o = test::seen(static_cast<int>(pick(0, 150)), pick(0, 300));
    const auto d = decided_on(spec, o);
    CAPTURE(spec.min_replicas, spec.max_replicas, o.replicas, o.metrics[0].value);
    REQUIRE((o.replicas == 0 || d.desired >= spec.min_replicas));
    REQUIRE(d.desired <= spec.max_replicas);
    REQUIRE(!d.steps.empty());
    REQUIRE(d.steps.front().from == d.current);
    REQUIRE(d.steps.front().to == d.recommended);
    for (std::size_t k = 1; k < d.steps.size(); ++k)
      REQUIRE(d.steps[k].from == d.steps[k - 1].to);
    REQUIRE(d.steps.back().to == d.desired);
  }
}
