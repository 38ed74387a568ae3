// HPA's formula, its tolerances and its replicas that are not ready. Cases named
// "replica_calculator: X" are what Kubernetes publishes as TestReplicaCalcX, translated:
// the mean of the ready pods' levels is the value.
#include "policy/recommend.hpp"

#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <limits>

using namespace scaleit;
using test::telling;

namespace {

target_spec hpa(double target) {
  auto s = test::app_spec();
  s.metrics[0].target = target;
  s.tolerance = {0.1, 0.1};
  return s;
}

observation ready(int replicas, int ready, double value) {
  auto o = test::seen(replicas, value);
  o.ready = ready;
  return o;
}

int recommended(const target_spec& spec, const observation& seen) {
  return policy::decide(spec, {}, seen, test::at(0)).made.recommended;
}

}  // namespace

TEST_CASE("replicas that are not ready count as in HPA's replica calculator") {
  struct row {
    int replicas;
    int ready;
    double value;
    double target;
    int wanted;
    const char* source;
  };
  const row table[] = {
      {3, 3, 0.5, 0.3, 5, "replica_calculator: ScaleUp"},
      {3, 2, 0.6, 0.3, 4, "replica_calculator: ScaleUpUnreadyLessScale"},
      {3, 2, 0.6, 0.3, 4, "replica_calculator: ScaleUpHotCpuLessScale"},
      {3, 1, 0.4, 0.3, 3, "replica_calculator: ScaleUpUnreadyNoScale"},
      {3, 1, 0.4, 0.3, 3, "replica_calculator: ScaleUpHotCpuNoScale"},
      {2, 2, 0.6, 0.3, 4, "replica_calculator: ScaleUpIgnoresFailedPods"},
      {3, 3, 20, 15, 4, "replica_calculator: ScaleUpCM"},
      {3, 3, 95.0 / 3, 15, 7, "replica_calculator: ScaleUpCMUnreadyHotCpuScale..."},
      {5, 5, 0.28, 0.5, 3, "replica_calculator: ScaleDown"},
      {5, 5, 12, 20, 3, "replica_calculator: ScaleDownCM"},
      {5, 3, 0.3, 0.5, 2, "replica_calculator: ScaleDownIgnoresUnreadyPods"},
      {5, 3, 0.3, 0.5, 2, "replica_calculator: ScaleDownIgnoreHotCpuPods"},
      {3, 3, 1.02, 1.0, 3, "replica_calculator: Tolerance"},
      {3, 3, 62.0 / 3, 20, 3, "replica_calculator: ToleranceCM"},
      {10, 9, 0.98, 0.8, 12, "1.225 x 0.9 = 1.1025, a little beyond the tolerance"},
      {10, 9, 0.97, 0.8, 10, "1.2125 x 0.9 = 1.09125, within: unready hides it"},
      {10, 8, 1.1, 0.8, 10, "1.375 x 0.8 = 1.1 exactly, the tolerance is inclusive"},
      {10, 4, 1.2, 0.8, 10, "1.5 x 0.4 = 0.6, below 1: never the other way"},
      {10, 8, 0.84, 0.8, 10, "within the tolerance before anybody counts as idle"},
      {10, 8, 0.4, 0.8, 4, "down: the others do not count at all"},
      {10, 1, 0.7, 0.8, 1, "down: one that is ready, with less than it could carry"},
      {10, 9, 0.719, 0.8, 9, "down: 9 x 0.899 = 8.1"},
      {10, 12, 0.4, 0.8, 5, "more ready than there are: as if all were"},
      {10, 0, 1.6, 0.8, 10, "nobody is ready: no reason to grow"},
  };
  for (const auto& r : table) {
    CAPTURE(r.source, r.replicas, r.ready, r.value);
    CHECK(recommended(hpa(r.target), ready(r.replicas, r.ready, r.value)) == r.wanted);
  }
}

TEST_CASE("for any share of ready replicas the recommendation keeps its direction") {
  for (int replicas = 1; replicas <= 24; ++replicas)
    for (int n = 1; n <= replicas; ++n)
      for (int percent = 0; percent <= 300; percent += 5) {
        const auto spec = hpa(0.8);
        const int wanted = recommended(spec, ready(replicas, n, 0.8 * percent / 100));
        const int bare = recommended(spec, test::seen(replicas, 0.8 * percent / 100));
        CAPTURE(replicas, n, percent);
        if (percent >= 90 && percent <= 110) REQUIRE(wanted == replicas);
        if (percent > 110) REQUIRE(wanted >= replicas);
        if (percent < 90) REQUIRE(wanted <= replicas);
        REQUIRE(wanted <= std::max(bare, replicas));
      }
}

TEST_CASE("each direction has its tolerance, inclusive") {
  struct row {
    double up, down;
    double value;
    int wanted;  ///< of 10, at a target of 1
    const char* source;
  };
  const row table[] = {
      {0.1, 0.1, 1.1, 10, "HPA: ratio 1.1 is within 0.1"},
      {0.1, 0.1, 1.101, 12, "HPA: just beyond"},
      {0.1, 0.1, 0.9, 10, "HPA: ratio 0.9 is within 0.1"},
      {0.1, 0.1, 0.899, 9, "HPA: just below"},
      {0, 0.1, 1.01, 11, "KEP-4951: no tolerance up, any excess counts"},
      {0, 0.1, 0.9, 10, "KEP-4951: and the default down"},
      {0.1, 0, 0.99, 10, "KEP-4951: no tolerance down; ceil(9.9)"},
      {0.1, 0, 0.9, 9, "KEP-4951: no tolerance down"},
      {2, 0.1, 3, 10, "KEP-4951: 200 % up: three times the target is borne"},
      {2, 0.1, 3.01, 31, "KEP-4951: and no more"},
      {0.05, 0.5, 0.5, 10, "KEP-4951: slow down, quick up"},
      {0.05, 0.5, 0.49, 5, "KEP-4951: slow down, quick up"},
      {0.05, 0.5, 1.06, 11, "KEP-4951: slow down, quick up"},
      {0.1, 1, 0, 10, "a tolerance of 100 % down never goes down"},
      {0, 0, 1, 10, "at the target nothing is needed to stay"},
  };
  for (const auto& r : table) {
    auto spec = hpa(1);
    spec.tolerance = {r.up, r.down};
    CAPTURE(r.source, r.value);
    CHECK(recommended(spec, test::seen(10, r.value)) == r.wanted);
  }
}

TEST_CASE("a total is divided by the target, whatever is ready") {
  struct row {
    int replicas;
    double total;
    int wanted;  ///< at 10 each
    const char* source;
  };
  const row table[] = {
      {3, 40, 4, "replica_calculator: ScaleUpPerPodCMObject"},
      {5, 24, 3, "ceil(2.4)"},
      {4, 44, 4, "11 each: ratio 1.1, within"},
      {4, 44.1, 5, "a little more"},
      {4, 36, 4, "9 each: ratio 0.9, within"},
      {4, 35.9, 4, "a little less: ceil(3.59)"},
      {5, 44.9, 5, "less than 0.9, and still ceil(4.49)"},
      {5, 39.9, 4, "ceil(3.99)"},
      {0, 1, 1, "from zero: no tolerance, no ratio"},
      {0, 0, 0, "from zero: nothing to do"},
      {3, 0, 0, "nothing to do"},
  };
  for (const auto& r : table) {
    auto spec = hpa(10);
    spec.metrics[0].type = metric_type::average_value;
    spec.min_replicas = 0;
    CAPTURE(r.source, r.replicas, r.total);
    CHECK(recommended(spec, test::seen(r.replicas, r.total)) == r.wanted);
    CHECK(recommended(spec, ready(r.replicas, 0, r.total)) == r.wanted);
  }
}

TEST_CASE("from zero replicas a level counts as a total of one") {
  auto spec = hpa(0.8);
  spec.min_replicas = 0;
  CHECK(recommended(spec, test::seen(0, 0.8)) == 1);
  CHECK(recommended(spec, test::seen(0, 0.81)) == 2);
  CHECK(recommended(spec, test::seen(0, 2.4)) == 3);
  CHECK(recommended(spec, test::seen(0, 0)) == 0);
}

TEST_CASE("replicas added less than the warm-up ago count as unready") {
  auto spec = hpa(0.8);
  spec.warmup = std::chrono::seconds{60};
  telling t{spec};
  t.poll(0, test::seen(10, 1.2));
  t.applied(0, 10, 14);
  // 1.5 of the target on 10 of 14: 1.07 if the new ones are idle.
  CHECK(t.poll(59.999999, test::seen(14, 1.2)) == 14);
  CHECK(t.has(rule::unready));
  CHECK(t.poll(60, test::seen(14, 1.2)) == 21);
  CHECK_FALSE(t.has(rule::unready));
}

TEST_CASE("what the application says of its replicas goes before the warm-up") {
  auto spec = hpa(0.8);
  spec.warmup = std::chrono::seconds{60};
  telling t{spec};
  t.applied(0, 10, 14);
  CHECK(t.poll(5, ready(14, 14, 1.2)) == 21);
  CHECK(t.poll(5, test::seen(14, 1.2)) == 14);
}

TEST_CASE("scale-ins warm nothing up, and several scale-outs add up") {
  auto spec = hpa(0.8);
  spec.warmup = std::chrono::seconds{60};
  telling t{spec};
  t.applied(0, 10, 8);
  CHECK(t.poll(1, test::seen(8, 1.2)) == 12);
  t.applied(2, 8, 12);
  t.applied(30, 12, 16);
  CHECK(t.poll(31, test::seen(16, 2.4)) == 24);  // 8 of 16: 3 x 8 / 16 = 1.5
  CHECK(t.poll(62, test::seen(16, 2.4)) == 36);  // 12 of 16: 3 x 12 / 16 = 2.25
  CHECK(t.poll(90, test::seen(16, 2.4)) == 48);
}

TEST_CASE("a slow start is not answered by asking again and again") {
  auto spec = hpa(0.8);
  telling bare{spec};
  spec.warmup = std::chrono::seconds{60};
  telling warm{spec};
  // 16 would do for the load; until the new ones serve, the ten report 1.28 each.
  int bare_count = 10, warm_count = 10;
  for (int s = 0; s < 60; s += 5) {
    const int b = bare.poll(s, test::seen(bare_count, 1.28));
    const int w = warm.poll(s, test::seen(warm_count, 1.28));
    bare.applied(s, bare_count, b);
    warm.applied(s, warm_count, w);
    bare_count = b;
    warm_count = w;
  }
  CHECK(warm_count == 16);
  CHECK(bare_count > 1000);
}

TEST_CASE("what is almost whole is whole, relative to its size") {
  using policy::replicas_for, policy::whole_replicas_below;
  CHECK(replicas_for(1 + 0.9e-9) == 1);
  CHECK(replicas_for(1 + 1.1e-9) == 2);
  CHECK(replicas_for(0.9e-9) == 0);
  CHECK(replicas_for(1.1e-9) == 1);
  CHECK(replicas_for(10'000.000009) == 10'000);
  CHECK(replicas_for(10'000.00002) == 10'001);
  CHECK(replicas_for(bounds::replicas_max + 0.5) == bounds::replicas_max);
  CHECK(replicas_for(-3) == 0);
  CHECK(whole_replicas_below(2.9999999999) == 3);
  CHECK(whole_replicas_below(2.999) == 2);
  CHECK(whole_replicas_below(3.0000001) == 3);
  CHECK(whole_replicas_below(0.99) == 0);
  CHECK(whole_replicas_below(std::nan("")) == 0);
  CHECK(whole_replicas_below(1e300) == bounds::replicas_max);
}

TEST_CASE("what is no number is missing, never zero") {
  const double infinite = std::numeric_limits<double>::infinity();
  for (const double value : {std::nan(""), infinite, -infinite, -0.001}) {
    telling t{hpa(0.8)};
    CAPTURE(value);
    CHECK(t.poll(0, test::seen(10, value)) == 10);
    CHECK(t.said(rule::hold) == "no usable metric (cpu): held at 10");
  }
  telling t{hpa(0.8)};
  CHECK(t.poll(0, test::seen(10, -0.0)) == 1);
}
