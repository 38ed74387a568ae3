// Knative's stable and panic windows, as sequences. Cases named "Knative: X" are those of
// its autoscaler_test.go, translated: where it sets the two averages, here samples are
// told whose averages they are.
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace scaleit;
using test::telling;

namespace {

using std::chrono::seconds;

/// As Knative's tests: windows of 60 s and 6 s, twice the load is a panic, ten times as
/// many or as few at once.
target_spec knative(double target = 10) {
  auto s = test::wishes();
  s.metrics[0].target = target;
  s.panic = panic_spec{};
  s.panic->max_scale_up_rate = 10;
  s.panic->max_scale_down_rate = 10;
  return s;
}

}  // namespace

TEST_CASE("one sample is both averages, and the wish is clamped to the rates") {
  struct row {
    double target;
    int ready;
    double load;
    double up, down;
    int wish;
    bool panics;
    const char* source;
  };
  const row table[] = {
      {10, 1, 0, 10, 10, 0, false, "Knative: NoDataAtZeroNoAutoscale"},
      {10, 1, 50, 10, 10, 5, true, "Knative: StableModeNoChange"},
      {10, 5, 50, 10, 10, 5, false, "Knative: StableModeNoChangeAlreadyScaled"},
      {181, 1, 21, 10, 10, 1, false, "Knative: StableModeUnlimitedTBC"},
      {1, 2, 3, 1.1, 10, 3, false, "Knative: IncreaseWithSmallScaleUpRate"},
      {10, 100, 1, 10, 1.1, 90, false, "Knative: DecreaseWithSmallScaleDownRate"},
      {10, 1, 1000, 10, 10, 10, true, "Knative: RateLimitScaleUp"},
      {10, 10, 1000, 10, 10, 100, true, "Knative: RateLimitScaleUp, again"},
      {10, 100, 1, 10, 10, 10, false, "Knative: RateLimitScaleDown"},
      {10, 10, 1, 10, 10, 1, false, "Knative: RateLimitScaleDown, again"},
      {10, 0, 1000, 10, 10, 10, true, "Knative: UseOnePodAsMinimum"},
      {10, 8, 100, 10, 10, 10, false, "Knative: StableModeDecrease, before"},
      {1, 1, 6, 10, 10, 6, true, "Knative: ExponentialTrackAndStabilize"},
      {1, 6, 36, 10, 10, 36, true, "Knative: ExponentialTrackAndStabilize"},
      {1, 216, 1296, 10, 10, 1296, true, "Knative: ExponentialTrackAndStabilize"},
      {1, 1296, 1296, 10, 10, 1296, false, "Knative: ExponentialTrackAndStabilize"},
      {10, 10, 200, 10, 10, 20, true, "exactly twice what is ready is a panic"},
      {10, 10, 190, 10, 10, 19, false, "a little less is not"},
      {10, 10, 190.1, 10, 10, 20, true, "the wish counts, which is a whole number"},
      {10, 7, 1, 10, 2, 3, false, "down: floor(7 / 2)"},
      {10, 3, 1000, 1.5, 2, 5, true, "up: ceil(1.5 x 3)"},
      {10, 1, 1, 10, 2, 1, false, "the clamp alone would allow 0"},
  };
  for (const auto& r : table) {
    auto spec = knative(r.target);
    spec.panic->max_scale_up_rate = r.up;
    spec.panic->max_scale_down_rate = r.down;
    telling t{spec};
    CAPTURE(r.source, r.ready, r.load);
    CHECK(t.poll(0, r.ready, r.load) == r.wish);
    CHECK(t.has(rule::panic) == r.panics);
  }
}

TEST_CASE("without a burst the mean of the stable window decides") {
  telling t{knative()};
  CHECK(t.poll(0, 10, 100) == 10);
  CHECK(t.poll(30, 10, 60) == 8);    // (100 + 60) / 2
  CHECK(t.poll(59.9, 10, 20) == 6);  // (100 + 60 + 20) / 3
  CHECK(t.poll(60, 10, 20) == 4);    // the first is exactly as old as the window: gone
  CHECK(t.poll(130, 10, 50) == 5);   // Knative: StableModeDecrease, after
  CHECK_FALSE(t.has(rule::tolerance));
  CHECK(t.poll(131, 5, 53) == 6);  // 51.5: there is no tolerance
}

TEST_CASE("a burst is answered by the panic window (the example of the page)") {
  auto spec = knative();
  spec.panic->max_scale_up_rate = 1000;
  spec.panic->max_scale_down_rate = 2;
  telling t{spec};
  for (int s = 0; s < 60; s += 2) CHECK(t.poll(s, 2, 20) == 2);
  // Stable: 29 x 20 and 100 in 60 s: 22.7, 3. Panic: 20, 20, 100 in 6 s: 46.7, 5.
  CHECK(t.poll(60, 2, 100) == 5);
  CHECK(t.said(rule::panic).find("load averages 46.67 over 6 s") != std::string::npos);
}

TEST_CASE("Knative: the panic window goes first (PanicModeDoublePodCount)") {
  telling t{knative()};
  CHECK(t.poll(0, 1, 0) == 0);
  CHECK(t.poll(30, 1, 100) == 10);  // stable 50, panic 100
}

TEST_CASE("Knative: in a panic the larger of the two wishes counts") {
  telling t{knative(1)};
  t.poll(0, 5, 70);  // panic: ten times 5 at the most
  CHECK(t.last.recommended == 50);
  CHECK(t.poll(10, 40, 30) == 50);  // stable 50, panic 30: never below 50
  CHECK(t.poll(20, 40, 74) == 74);  // stable 58, panic 74
  CHECK(t.poll(30, 40, 1) == 74);   // stable 43.75, panic 1
}

TEST_CASE("Knative: after a panic the count falls (PanicThenUnPanicScaleDown)") {
  telling t{knative()};
  CHECK(t.poll(0, 1, 100) == 10);
  CHECK(t.poll(61, 10, 1000) == 100);
  CHECK(t.poll(91, 10, 1) == 100);
  // One stable window since the burst, exactly: not over yet.
  CHECK(t.poll(121, 10, 1) == 100);
  CHECK(t.has(rule::panic));
  CHECK(t.poll(121.000001, 10, 1) == 1);
  CHECK_FALSE(t.has(rule::panic));
}

TEST_CASE("Knative: a burst that goes on extends the panic (ExtendPanicWindow)") {
  telling t{knative(1)};
  CHECK(t.poll(0, 10, 25) == 25);
  CHECK(t.poll(30, 40, 80) == 80);  // 80 / 40: another such moment
  CHECK(t.poll(89, 40, 10) == 80);
  CHECK(t.poll(90, 40, 10) == 80);
  CHECK(t.poll(91, 40, 10) == 10);
}

TEST_CASE("Knative: a slow rise does not extend it (UnpanicAfterSlowIncrease)") {
  telling t{knative(1)};
  CHECK(t.poll(0, 10, 25) == 25);
  CHECK(t.poll(30, 40, 41) == 41);  // 41 / 40 is no burst, but still the wish
  CHECK(t.poll(60, 55, 56) == 56);  // exactly one window: the panic wish of now
  CHECK(t.poll(62, 55, 10) == 36);  // over: (41 + 56 + 10) / 3
}

TEST_CASE("the highest wish of one panic is not that of the next") {
  telling t{knative(1)};
  CHECK(t.poll(0, 10, 90) == 90);
  CHECK(t.poll(61, 90, 10) == 10);
  CHECK(t.poll(122, 10, 30) == 30);
  CHECK(t.has(rule::panic));
  CHECK(t.poll(130, 30, 1) == 30);
}

TEST_CASE("of a level the load is that of the replicas that serve") {
  auto spec = knative(0.8);
  spec.metrics[0].type = metric_type::value;
  telling t{spec};
  CHECK(t.poll(0, test::wished(4, 0.8)) == 4);
  auto unready = test::wished(8, 0.8);
  unready.ready = 4;
  CHECK(t.poll(30, unready) == 4);                 // 3.2 and 3.2
  CHECK(t.poll(100, test::wished(8, 1.6)) == 16);  // 12.8 / 0.8
  CHECK(t.has(rule::panic));
  telling warming{spec};
  warming.spec.warmup = seconds{60};
  warming.applied(0, 4, 8);
  CHECK(warming.poll(10, test::wished(8, 0.8)) == 4);
}

TEST_CASE("of several metrics each has its own panic, and the largest wish counts") {
  auto spec = knative(1);
  spec.metrics.push_back({"queue", "/q", metric_type::average_value, 10});
  telling t{spec};
  const auto both = [](int replicas, double wish, double queue) {
    auto o = test::wished(replicas, wish);
    o.metrics.push_back({"queue", queue});
    return o;
  };
  CHECK(t.poll(0, both(10, 25, 120)) == 25);  // the wish panics, the queue wants 12
  CHECK(t.poll(30, both(25, 1, 280)) == 25);  // the queue wants 20
  CHECK(t.poll(61, both(25, 1, 280)) == 28);  // the panic is over: 1 and (280 + 280) / 2
  CHECK(t.said(rule::combine) == "queue asks for the most of 2 metrics");
}

TEST_CASE("a metric that is missing leaves the windows alone, and forbids scaling in") {
  auto spec = knative(1);
  spec.metrics.push_back({"queue", "/q", metric_type::average_value, 10});
  telling t{spec};
  CHECK(t.poll(0, test::wished(10, 5)) == 10);
  CHECK(t.has(rule::missing_metric));
  CHECK(t.poll(1, test::wished(10, 15)) == 10);  // 10, and nothing of the queue
  CHECK(t.poll(2, test::wished(10, 25)) == 15);  // (5 + 15 + 25) / 3
  observation nothing;
  nothing.replicas = 10;
  CHECK(t.poll(3, nothing) == 10);
  CHECK(t.has(rule::hold));
}

TEST_CASE("what the panic wants is still stabilized, limited and bounded") {
  auto spec = knative(1);
  spec.max_replicas = 18;
  spec.behavior.up.policies = {{policy_type::pods, 4, seconds{15}}};
  telling t{spec};
  CHECK(t.poll(0, 10, 90) == 14);
  t.applied(0, 10, 14);
  CHECK(t.poll(15, 14, 90) == 18);
  t.applied(15, 14, 18);
  CHECK(t.poll(30, 18, 90) == 18);
  CHECK(t.last.recommended == 90);
}
