#include "simulation/application.hpp"

#include "messages/bounds.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <vector>

using namespace scaleit;
using namespace scaleit::simulation;
using namespace std::chrono_literals;

namespace {

application_settings flat_at(double rate) {
  application_settings s;
  s.load = std::make_shared<const load_shape>(load_shape{flat_load{rate}});
  return s;
}

application_settings undisturbed(double rate) {
  auto s = flat_at(rate);
  s.drift = s.noise = 0;
  return s;
}

}  // namespace

TEST_CASE("utilisation is load over replicas times capacity and may pass 1") {
  auto s = undisturbed(30);
  s.capacity = 2;
  application a{s};
  CHECK(a.load(5s) == 30);
  CHECK(a.utilisation(5s) == Approx(1.5));
  a.set_replicas(20, 5s);
  CHECK(a.advance(5s) == replica_change{5s, 10, 20});
  CHECK(a.utilisation(5s) == Approx(0.75));
}

TEST_CASE("a change takes effect when the start-up time has passed") {
  auto s = undisturbed(8);
  s.startup = 60s;
  application a{s};
  a.set_replicas(12, 10s);
  CHECK_FALSE(a.advance(69s));
  CHECK(a.replicas() == 10);
  CHECK(a.advance(70s) == replica_change{70s, 10, 12});
  CHECK(a.replicas() == 12);
  CHECK_FALSE(a.advance(71s));
}

TEST_CASE("a client that insists does not put its wish off") {
  auto s = undisturbed(8);
  s.startup = 60s;
  application a{s};
  for (auto t = 0s; t < 60s; t += 5s) a.set_replicas(12, t);
  CHECK(a.advance(60s) == replica_change{60s, 10, 12});
  CHECK_FALSE(a.advance(200s));
}

TEST_CASE("changes under way take effect one after the other") {
  auto s = undisturbed(8);
  s.startup = 60s;
  application a{s};
  a.set_replicas(12, 0s);
  a.set_replicas(14, 5s);
  a.set_replicas(10, 6s);
  CHECK(a.advance(100s) == replica_change{60s, 10, 12});
  CHECK(a.advance(100s) == replica_change{65s, 12, 14});
  CHECK(a.advance(100s) == replica_change{66s, 14, 10});
  CHECK_FALSE(a.advance(100s));
}

TEST_CASE("a flood of changes is bounded and its last wish wins") {
  auto s = undisturbed(8);
  s.startup = 60s;
  application a{s};
  const int flood = static_cast<int>(bounds::pending_changes_max) * 3;
  for (int i = 0; i < flood; ++i) a.set_replicas(20 + i % 7, 1s);
  a.set_replicas(99, 1s);
  std::size_t changes = 0;
  while (a.advance(100s)) ++changes;
  CHECK(changes <= bounds::pending_changes_max);
  CHECK(a.replicas() == 99);
}

TEST_CASE("drift and noise stay within 10 % and leave the mean alone") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    auto s = flat_at(8);
    s.seed = seed;
    const application a{s};
    double sum = 0, low = 9, high = 0;
    int count = 0;
    for (auto t = microseconds{0}; t < 24h; t += 5s, ++count) {
      const auto u = a.utilisation(t) / 0.8;
      sum += u;
      low = std::min(low, u);
      high = std::max(high, u);
    }
    INFO("seed " << seed);
    CHECK(sum / count == Approx(1).margin(0.005));
    CHECK(low > 0.9);
    CHECK(low < 0.92);
    CHECK(high < 1.1);
    CHECK(high > 1.08);
  }
}

TEST_CASE("drift is slow and noise is not") {
  auto s = flat_at(8);
  s.noise = 0;
  const application drifting{s};
  s.drift = 0;
  s.noise = 0.05;
  const application noisy{s};
  double drift_step = 0, noise_step = 0;
  for (auto t = microseconds{0}; t < 1h; t += 1s) {
    drift_step = std::max(
        drift_step, std::abs(drifting.utilisation(t + 1s) - drifting.utilisation(t)));
    noise_step =
        std::max(noise_step, std::abs(noisy.utilisation(t + 1s) - noisy.utilisation(t)));
  }
  CHECK(drift_step < 0.0025);
  CHECK(noise_step > 0.06);
}

TEST_CASE("the world repeats with its seed, however often one looks") {
  const auto s = flat_at(8);
  application often{s}, seldom{s};
  auto other_seed = s;
  other_seed.seed = 2;
  const application other{other_seed};
  bool differs = false;
  for (auto t = microseconds{0}; t < 10min; t += 1s) {
    for (int i = 0; i < 3; ++i) (void)often.utilisation(t + i * 1ms);
    CHECK(often.utilisation(t) == seldom.utilisation(t));
    differs |= often.utilisation(t) != other.utilisation(t);
  }
  CHECK(differs);
}

TEST_CASE("twice the load on twice the capacity looks the same") {
  auto s = flat_at(8), doubled = flat_at(16);
  doubled.capacity = 2;
  const application a{s}, b{doubled};
  for (auto t = microseconds{0}; t < 10min; t += 7s)
    CHECK(a.utilisation(t) == Approx(b.utilisation(t)));
}

TEST_CASE("one of many has a seed and a phase of its own, number 0 those given") {
  application_settings s;
  CHECK(one_of_many(s, 0).seed == s.seed);
  CHECK(one_of_many(s, 0).phase == 0s);
  const auto a = one_of_many(s, 1), b = one_of_many(s, 2);
  CHECK(a.seed != b.seed);
  CHECK(a.phase != b.phase);
  CHECK(a.phase < s.load->period());
  CHECK(a.seed == one_of_many(s, 1).seed);
}
