// The windows against lists that are walked through, with whatever comes: in order, late,
// at the same moment, after a gap.
#include "policy/windows.hpp"

#include "policy/scalings.hpp"
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <random>
#include <vector>

using namespace scaleit;
using policy::extreme_window;
using policy::scalings;
using policy::sum_window;
using test::at;

namespace {

struct entry {
  time_point at;
  int value;
};

class chance {
 public:
  explicit chance(std::uint64_t seed) : random_(seed) {}
  int operator()(int low, int high) {
    return std::uniform_int_distribution<int>{low, high}(random_);
  }
  bool one_in(int n) { return (*this)(1, n) == 1; }

 private:
  std::mt19937_64 random_;
};

void forget(std::vector<entry>& all, time_point cutoff) {
  std::erase_if(all, [&](const entry& e) { return e.at <= cutoff; });
}

/// The best value; of equals the newest.
template <class Better>
entry best_of(const std::vector<entry>& all, Better better) {
  entry best = all.front();
  for (const auto& e : all)
    if (better(e.value, best.value) || (e.value == best.value && e.at > best.at))
      best = e;
  return best;
}

template <class Better>
void compare_extremes(std::uint64_t seed, bool late) {
  chance random{seed};
  extreme_window<int, Better> window;
  std::vector<entry> all;
  double now = 0;
  for (int i = 0; i < 400; ++i) {
    now += random.one_in(20) ? random(10, 80) : random(0, 3);
    const double when = late && random.one_in(4) ? now - random(0, 30) : now;
    const int value = random(0, 12);
    window.add(at(when), value);
    all.push_back({at(when), value});
    const auto cutoff = at(now - random(5, 40));
    window.forget(cutoff);
    forget(all, cutoff);
    if (random.one_in(50)) {
      const auto by = -std::chrono::seconds{random(0, 100)};
      window.shift(by);
      for (auto& e : all) e.at += by;
      now += static_cast<double>(by.count());
    }
    REQUIRE(window.empty() == all.empty());
    REQUIRE(window.size() <= all.size());
    if (all.empty()) continue;
    const auto best = best_of(all, Better{});
    REQUIRE(window.best().value == best.value);
    REQUIRE(window.best().at == best.at);
  }
}

}  // namespace

TEST_CASE("the largest and the smallest of a window are those of a list") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    INFO("seed " << seed);
    compare_extremes<std::greater<>>(seed, false);
    compare_extremes<std::less<>>(seed, false);
  }
}

TEST_CASE("also when samples come late") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    INFO("seed " << seed);
    compare_extremes<std::greater<>>(seed, true);
    compare_extremes<std::less<>>(seed, true);
  }
}

TEST_CASE("the sum and the count of a window are those of a list") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    INFO("seed " << seed);
    chance random{seed};
    sum_window window;
    std::vector<entry> all;
    double now = 0;
    for (int i = 0; i < 400; ++i) {
      now += random.one_in(20) ? random(10, 80) : random(0, 3);
      const int value = random(0, 1000);
      window.add(at(now), value);
      all.push_back({at(now), value});
      const auto cutoff = at(now - random(1, 40));
      window.forget(cutoff);
      forget(all, cutoff);
      double sum = 0;
      for (const auto& e : all) sum += e.value;
      REQUIRE(window.count() == all.size());
      REQUIRE(window.sum() == sum);
    }
  }
}

TEST_CASE("a sum never drifts: what was large and is gone leaves nothing behind") {
  sum_window window;
  window.add(at(0), 1e300);
  for (int s = 1; s <= 100; ++s) window.add(at(s), 0.1);
  window.forget(at(0));
  CHECK(window.count() == 100);
  CHECK(std::abs(window.sum() - 10) < 1e-12);
  window.forget(at(100));
  CHECK(window.sum() == 0);
}

TEST_CASE("a window holds no more than its bound, and then forgets the oldest") {
  constexpr int most = static_cast<int>(bounds::window_samples_max);
  extreme_window<int, std::greater<>> window;
  for (int i = 0; i < most + 10; ++i) window.add(at(i), most + 10 - i);
  CHECK(window.size() == bounds::window_samples_max);
  CHECK(window.best().value == most);
  sum_window sums;
  for (int i = 0; i < most + 10; ++i) sums.add(at(i), 1);
  CHECK(sums.count() == bounds::window_samples_max);
  CHECK(sums.sum() == most);
}

TEST_CASE("a late sample finds its place also in a full window") {
  constexpr int most = static_cast<int>(bounds::window_samples_max);
  extreme_window<int, std::greater<>> window;
  // Two apart in time and value, so that there is room between any two.
  for (int i = 0; i < most; ++i) window.add(at(2 * i), 2 * (most - i));
  const int middle = most / 2;
  window.add(at(2 * middle + 1), 2 * (most - middle) - 1);
  CHECK(window.size() == bounds::window_samples_max);
  window.forget(at(2 * middle));
  CHECK(window.best().value == 2 * (most - middle) - 1);
  CHECK(window.best().at == at(2 * middle + 1));
  window.forget(at(2 * middle + 1));
  CHECK(window.best().at == at(2 * middle + 2));
}

TEST_CASE("what was added and removed within each period is what a list says") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    chance random{seed};
    auto spec = test::wishes();
    const auto policies = [&] {
      std::vector<scaling_policy> all;
      for (int n = random(0, 3); n > 0; --n)
        all.push_back({policy_type::pods, 1, std::chrono::seconds{random(1, 60)}});
      return all;
    };
    spec.behavior.up.policies = policies();
    spec.behavior.down.policies = policies();
    spec.warmup = std::chrono::seconds{random(0, 60)};
    std::vector<std::pair<std::size_t, microseconds>> periods{
        {scalings::warmup(), spec.warmup}};
    for (std::size_t i = 0; i < spec.behavior.up.policies.size(); ++i)
      periods.emplace_back(scalings::up(i), spec.behavior.up.policies[i].period);
    for (std::size_t i = 0; i < spec.behavior.down.policies.size(); ++i)
      periods.emplace_back(scalings::down(spec, i),
                           spec.behavior.down.policies[i].period);

    scalings applied;
    std::vector<entry> all;
    double now = 0;
    for (int i = 0; i < 200; ++i) {
      now += random.one_in(10) ? random(10, 90) : random(0, 5);
      if (random.one_in(2)) {
        const double when = random.one_in(5) ? now - random(0, 20) : now;
        const int by = random.one_in(2) ? random(1, 9) : -random(1, 9);
        applied.add(spec, at(when), by);
        all.push_back({at(when), by});
      }
      if (random.one_in(30)) applied.restart();
      applied.advance(spec, at(now));
      REQUIRE(applied.size() <= all.size());
      for (const auto& [index, length] : periods) {
        scalings::change sums;
        for (const auto& e : all)
          if (e.at > at(now) - length)
            (e.value > 0 ? sums.added : sums.removed) += std::abs(e.value);
        REQUIRE(applied.within(index) == sums);
      }
    }
  }
}

TEST_CASE("scalings hold no more than their bound either") {
  auto spec = test::wishes();
  spec.behavior.up.policies = {{policy_type::pods, 1, std::chrono::seconds{1800}}};
  scalings applied;
  constexpr int most = static_cast<int>(bounds::window_samples_max);
  for (int i = 0; i < most + 5; ++i) applied.add(spec, at(i / 1000.0), 1);
  CHECK(applied.size() == bounds::window_samples_max);
  CHECK(applied.within(scalings::up(0)).added == most);
}
