// The sample application is only worth watching if a correct autoscaler can
// hold it. So here is the drop-in formula, in its plainest form, against this
// world: it must hold every seed, or the bound would test luck.
#include "simulation/application.hpp"
#include "simulation/fault_plan.hpp"
#include "simulation/random.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/patience.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

using namespace scaleit;
using namespace scaleit::simulation;
using namespace std::chrono_literals;

namespace {

constexpr double target = 0.80, tolerance = 0.10;

struct outcome {
  double mean = 0;
  double outside = 0;  ///< share of the good polls
  int polls = 0;
  int changes = 0;
  int replicas_min = 0;
  int replicas_max = 0;
  std::optional<microseconds> first_change;
};

struct run {
  load_shape shape;
  std::uint64_t seed = 1;
  double error_rate = 0.05;
  microseconds startup{0};
  microseconds from{0};  ///< what comes earlier is not counted
  microseconds length = 10min;
};

int formula(int current, double metric) {
  if (std::abs(metric - target) <= tolerance + 1e-9) return current;
  return std::max(1, static_cast<int>(std::ceil(current * metric / target - 1e-9)));
}

/// A reset or an error status answers neither; a stall or half a body loses the
/// answer, but what was asked is done.
bool is_done(fault_kind k) {
  return k == fault_kind::none || k == fault_kind::stall || k == fault_kind::half_body;
}

outcome play(const run& r) {
  application_settings s;
  s.load = std::make_shared<const load_shape>(r.shape);
  s.seed = r.seed;
  s.startup = r.startup;
  application app{s};
  fault_plan faults{r.error_rate, r.seed};
  outcome o;
  o.replicas_min = o.replicas_max = s.replicas;
  double sum = 0, outside = 0;
  // The daemon starts at any moment of the application's second.
  const microseconds offset{bits(r.seed, stream::application, 0) % 5'000'000};
  for (auto now = offset; now < r.from + r.length; now += 5s) {
    while (app.advance(now)) continue;
    if (faults.next().kind != fault_kind::none) continue;
    const auto metric = std::round(app.utilisation(now) * 100) / 100;
    const auto desired = formula(app.replicas(), metric);
    if (desired != app.replicas()) {
      if (!o.first_change) o.first_change = now;
      o.changes += now >= r.from;
      if (is_done(faults.next().kind)) app.set_replicas(desired, now);
    }
    o.replicas_min = std::min(o.replicas_min, desired);
    o.replicas_max = std::max(o.replicas_max, desired);
    if (now < r.from) continue;
    ++o.polls;
    sum += metric;
    outside += std::abs(metric - target) > tolerance + 1e-9;
  }
  o.mean = sum / o.polls;
  o.outside = outside / o.polls;
  return o;
}

}  // namespace

TEST_CASE("the drop-in formula holds the default sine at its target for every seed") {
  constexpr int seeds = 300;
  for (const auto from : {microseconds{0}, microseconds{5min}, microseconds{1h}}) {
    double mean = 0, worst = 0, outside = 0, outside_max = 0, changes = 0;
    int low = 1000, high = 0, missed = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      run r;
      r.seed = seed;
      r.from = from;
      const auto o = play(r);
      mean += o.mean / seeds;
      worst = std::max(worst, std::abs(o.mean - target));
      outside += o.outside / seeds;
      outside_max = std::max(outside_max, o.outside);
      changes += static_cast<double>(o.changes) / seeds;
      low = std::min(low, o.replicas_min);
      high = std::max(high, o.replicas_max);
      missed += std::abs(o.mean - target) > 0.03 || o.outside >= 0.1;
    }
    const auto line = fmt::format(
        "from {} s: mean {:.4f}, worst off by {:.4f}; outside {:.3f}, worst {:.3f}; "
        "{:.1f} "
        "changes; replicas {} to {}; {} of {} seeds miss the bound",
        from.count() / 1'000'000, mean, worst, outside, outside_max, changes, low, high,
        missed, seeds);
    INFO(line);
    CHECK(std::abs(mean - target) < 0.015);
    CHECK(outside < 0.075);
    CHECK(missed <= seeds / 100);
    CHECK(low < 16);
    CHECK(high > 20);
  }
}

TEST_CASE("the default seed meets the bound wherever one starts to count") {
  for (auto from = microseconds{0}; from <= 1h; from += 5s) {
    run r;
    r.from = from;
    const auto o = play(r);
    INFO(fmt::format("from {} s: mean {:.4f}, outside {:.3f}", from.count() / 1'000'000,
                     o.mean, o.outside));
    CHECK(std::abs(o.mean - target) <= 0.03);
    CHECK(o.outside < 0.1);
  }
}

TEST_CASE("every load shape shows a scaling within 30 s") {
  const load_shape shapes[] = {load_shape{flat_load{}}, load_shape{sine_load{}},
                               load_shape{steps_load{}}, load_shape{spikes_load{}}};
  for (const auto& shape : shapes)
    for (std::uint64_t seed = 1; seed <= test::tries(200u); ++seed) {
      const auto o = play({.shape = shape, .seed = seed, .length = 1min});
      INFO("seed " << seed << ", load at the start " << shape.at(0s));
      REQUIRE(o.first_change);
      CHECK(*o.first_change <= 25s);
    }
}

TEST_CASE("sine, steps and spikes go on scaling in both directions") {
  for (const auto& shape :
       {load_shape{sine_load{}}, load_shape{steps_load{}}, load_shape{spikes_load{}}}) {
    const auto o = play({.shape = shape, .from = 10min, .length = 20min});
    CHECK(o.changes >= 6);
    CHECK(o.replicas_max >= o.replicas_min * 3 / 2);
  }
}
