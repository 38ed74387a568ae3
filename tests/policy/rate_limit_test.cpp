// HPA's scaling policies. Cases named "HPA: x" are those of Kubernetes'
// TestScalingWithRules, translated: what was added and removed before, the policies of
// one direction, and how far a wish may be followed.
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

#include <limits>
#include <vector>

using namespace scaleit;
using test::telling;

namespace {

using std::chrono::seconds;

scaling_rules limits(std::vector<scaling_policy> policies,
                     select_policy select = select_policy::max) {
  return {seconds{0}, select, std::move(policies)};
}
scaling_policy pods(int value, int period) {
  return {policy_type::pods, value, seconds{period}};
}
scaling_policy percent(int value, int period) {
  return {policy_type::percent, value, seconds{period}};
}

struct applied {
  double ago;
  int by;
};

/// Scalings spread evenly over two minutes, as in HPA's cases: in the middle of each
/// share of the time.
std::vector<applied> spread(const std::vector<int>& by) {
  std::vector<applied> all;
  const double share = 120.0 / static_cast<double>(by.size());
  for (std::size_t i = 0; i < by.size(); ++i)
    all.push_back({120 - share * (static_cast<double>(i) + 0.5), by[i]});
  return all;
}

void remember(telling& t, double now, const std::vector<applied>& before) {
  for (const auto& a : before) t.applied(now - a.ago, 1000, 1000 + a.by);
}

struct row {
  int current, wish;
  int low, high;
  scaling_rules by;  ///< of the direction of the wish
  std::vector<applied> before;
  int desired;
  const char* source;
};

void check(const row& r) {
  auto spec = test::wishes();
  spec.min_replicas = r.low;
  spec.max_replicas = r.high;
  (r.wish > r.current ? spec.behavior.up : spec.behavior.down) = r.by;
  telling t{spec};
  remember(t, 10'000, r.before);
  CAPTURE(r.source, r.current, r.wish);
  CHECK(t.poll(10'000, r.current, r.wish) == r.desired);
}

}  // namespace

TEST_CASE("a scale-out goes as far as HPA's policies let it") {
  const auto hpa = behavior_spec{}.up;  // the larger of 100 % and 4 pods in 15 s
  const auto grown = spread({1, 5, 9});
  const row table[] = {
      {5, 7, 3, 8, hpa, {}, 7, "HPA: desired replicas within range"},
      {20, 1000, 1, 10, hpa, {}, 10, "HPA: maxReplicas < scaleUpLimit"},
      {100, 1000, 100, 150, hpa, {}, 150, "HPA: more than the maximum"},
      {3,
       1000,
       1,
       2000,
       limits({percent(1, 60)}),
       {},
       4,
       "HPA: scaleUpLimit with user policies"},
      {10, 50, 1, 1000, hpa, {}, 20, "HPA: scaleUp with default behavior"},
      {10,
       500,
       1,
       1000,
       limits({pods(100, 60), percent(100, 60)}),
       {},
       110,
       "HPA: pods policy larger than percent policy"},
      {10,
       500,
       1,
       1000,
       limits({pods(2, 60), percent(100, 60)}),
       {},
       20,
       "HPA: percent policy larger than pods policy"},
      {10, 50, 1, 1000, limits({pods(100, 60)}), {}, 50, "HPA: large pod policy"},
      {10, 50, 1, 1000, limits({pods(10000, 60)}), {}, 50, "HPA: large percent policy"},
      {10, 50, 1, 1000, limits({pods(30, 60)}), {}, 40, "HPA: pod policy limitation"},
      {10,
       50,
       1,
       1000,
       limits({percent(200, 60)}),
       {},
       30,
       "HPA: percent policy limitation"},
      {100, 500, 1, 200, limits({pods(300, 60)}), grown, 200,
       "HPA: MaxReplicas with large pod policy and events"},
      {100, 500, 1, 200, limits({percent(10000, 60)}), grown, 200,
       "HPA: MaxReplicas with large percent policy and events"},
      {100, 500, 1, 1000, limits({pods(5, 120)}), grown, 100,
       "HPA: currentReplicas limitation with a lot of recent events"},
      {100, 500, 1, 1000, limits({pods(150, 120)}), grown, 235,
       "HPA: pod policy and previous events: 100 - 15 + 150"},
      {100, 500, 1, 1000, limits({percent(200, 120)}), grown, 255,
       "HPA: percent policy and previous events: (100 - 15) + 200 %"},
      {6,
       24,
       1,
       1000,
       limits({percent(300, 300)}),
       {{60, 4}, {60, -2}},
       16,
       "HPA: previous scale up and down events"},
      {100, 200, 1, 1000, limits({pods(1000, 60)}), spread({8, 12, 9, 11}), 200,
       "HPA: outdated flag for one behavior"},
      {100, 200, 1, 1000, limits({pods(1000, 120), percent(100, 60)}),
       spread({8, 12, 9, 11}), 200, "HPA: not outdated for two policies"},
      {50,
       100,
       1,
       1000,
       limits({percent(10, 60)}),
       {},
       55,
       "50 + 10 % is 55; in binary fractions it is a little more"},
      {100, 500, 1, 1000, limits({percent(10, 60)}), {}, 110, "the same of 100"},
      {1,
       9,
       1,
       1000,
       limits({percent(1, 60)}),
       {},
       2,
       "rounded up: one is always possible"},
      {10,
       50,
       1,
       1000,
       limits({pods(4, 60), percent(20, 60)}, select_policy::min),
       {},
       12,
       "KEP-853: Min takes the smallest change"},
      {10,
       50,
       1,
       1000,
       limits({pods(4, 60), percent(20, 60)}),
       {},
       14,
       "KEP-853: Max takes the biggest"},
      {10,
       50,
       1,
       1000,
       limits({pods(4, 60)}, select_policy::disabled),
       {},
       10,
       "KEP-853: Disabled"},
      {14,
       50,
       1,
       1000,
       limits({pods(4, 15)}),
       {{15, 4}},
       18,
       "a scaling exactly one period old is over"},
      {14,
       50,
       1,
       1000,
       limits({pods(4, 15)}),
       {{14.999999, 4}},
       14,
       "a microsecond newer"},
      {14,
       50,
       1,
       1000,
       limits({pods(4, 15), pods(8, 60)}),
       {{20, 4}},
       18,
       "each policy has its own period: 18 or 14 - 4 + 8"},
      {14,
       50,
       1,
       1000,
       limits({pods(4, 15), pods(8, 60)}, select_policy::min),
       {{20, 8}},
       14,
       "each policy has its own period: 18, but 14 - 8 + 8"},
      {8,
       50,
       1,
       1000,
       limits({pods(4, 60)}),
       {{10, -2}},
       14,
       "what was removed may come back"},
      {0, 50, 0, 1000, hpa, {}, 4, "from 0 a percentage leads nowhere, pods do"},
      {0,
       50,
       0,
       1000,
       limits({percent(900, 15)}),
       {},
       0,
       "from 0 a percentage leads nowhere"},
      {3,
       50,
       1,
       1000,
       limits({percent(100, 60)}),
       {{5, 10}},
       3,
       "somebody took back by hand more than was there: no limit below the count"},
  };
  for (const auto& r : table) check(r);
}

TEST_CASE("a scale-in goes as far as HPA's policies let it") {
  const auto hpa = limits({percent(100, 15)});
  const auto shrunk = spread({-1, -5, -9});
  const row table[] = {
      {3, 1, 2, 8, hpa, {}, 2, "HPA: desired replicas < minReplicas"},
      {1, 0, 0, 10, hpa, {}, 0, "HPA: within range when minReplicas is 0"},
      {1000,
       3,
       3,
       2000,
       limits({pods(20, 60)}),
       {},
       980,
       "HPA: scaleDownLimit > minReplicas"},
      {100,
       2,
       1,
       1000,
       limits({pods(20, 60), percent(1, 60)}),
       {},
       80,
       "HPA: the first policy allows more"},
      {100,
       2,
       1,
       1000,
       limits({pods(2, 60), percent(1, 60)}),
       {},
       98,
       "HPA: pod policy larger than percent policy"},
      {10,
       0,
       1,
       1000,
       limits({pods(100, 60)}),
       {},
       1,
       "HPA: MinReplicas, large pod policy"},
      {10,
       2,
       5,
       1000,
       limits({percent(100, 60)}),
       {},
       5,
       "HPA: MinReplicas, large percent"},
      {10, 2, 1, 1000, limits({pods(5, 60)}), {}, 5, "HPA: pod policy limitation"},
      {10,
       5,
       1,
       1000,
       limits({percent(50, 60)}),
       {},
       5,
       "HPA: percent policy limitation"},
      {10, 5, 1, 1000, hpa, shrunk, 5, "HPA: default policy and previous events"},
      {100, 0, 1, 1000, limits({pods(115, 120)}), shrunk, 1,
       "HPA: large pod policy, events"},
      {100, 0, 5, 1000, limits({pods(130, 120)}), shrunk, 5,
       "HPA: large pod policy, events"},
      {100, 2, 5, 1000, limits({percent(100, 120)}), shrunk, 5,
       "HPA: large percent, events"},
      {100, 2, 1, 1000, limits({pods(5, 120)}), shrunk, 100,
       "HPA: pod policy and events"},
      {100, 0, 1, 1000, limits({percent(50, 120)}), spread({-2, -4, -6}), 56,
       "HPA: percent policy and events: (100 + 12) - 50 %"},
      {10,
       1,
       1,
       1000,
       limits({percent(50, 180)}),
       {{60, 2}, {60, -4}},
       6,
       "HPA: previous scale up and down events: (10 - 2 + 4) - 50 %"},
      {100, 0, 1, 1000, limits({percent(10, 120)}), spread({-10, -10, -10}), 100,
       "HPA: previous events preventing further scale down: 117 is above"},
      {10, 5, 1, 1000, limits({percent(1000, 120)}), spread({-10, -10, -10}), 5,
       "HPA: previous events, below zero"},
      {100, 5, 1, 1000, limits({pods(1000, 60)}), spread({-8, -12, -9, -11}), 5,
       "HPA: outdated flag for one behavior"},
      {3, 1, 1, 1000, limits({percent(50, 60)}), {}, 1, "cut off: trunc(1.5)"},
      {1, 0, 0, 1000, limits({percent(1, 60)}), {}, 0, "cut off: one is always possible"},
      {100, 5, 1, 1000, limits({percent(10, 60)}), {}, 90, "100 - 10 % is 90"},
      {10,
       1,
       1,
       1000,
       limits({pods(4, 60), percent(20, 60)}, select_policy::min),
       {},
       8,
       "KEP-853: Min takes the smallest change"},
      {10,
       1,
       1,
       1000,
       limits({pods(4, 60), percent(20, 60)}),
       {},
       6,
       "KEP-853: Max takes the biggest"},
      {10,
       1,
       1,
       1000,
       limits({pods(4, 60)}, select_policy::disabled),
       {},
       10,
       "KEP-853: Disabled"},
      {10,
       1,
       1,
       1000,
       limits({pods(4, 60)}),
       {{60, -4}},
       6,
       "exactly one period old: over"},
      {10,
       1,
       1,
       1000,
       limits({pods(4, 60)}),
       {{59.999999, -4}},
       10,
       "a microsecond newer"},
      {14,
       1,
       1,
       1000,
       limits({pods(4, 60)}),
       {{10, 2}},
       8,
       "what was added may go again"},
  };
  for (const auto& r : table) check(r);
}

TEST_CASE("the largest values do not overflow") {
  constexpr int most = bounds::replicas_max;
  constexpr int largest = std::numeric_limits<int>::max();
  const row table[] = {
      {most, most, 1, most, limits({percent(largest, 60)}), {}, most, "at the top"},
      {most - 1, most, 1, most, limits({percent(largest, 60)}), {}, most, "almost"},
      {most, 1, 1, most, limits({percent(largest, 60)}), {}, 1, "down"},
      {most, 1, 1, most, limits({pods(largest, 60)}), {}, 1, "down"},
      {most,
       0,
       0,
       most,
       limits({percent(1, 60)}),
       {},
       most / 100 * 99,
       "down by one per cent"},
  };
  for (const auto& r : table) check(r);
}
