#include "simulation/fault_plan.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using namespace scaleit::simulation;
using namespace std::chrono_literals;

TEST_CASE("an error rate of 0 fails nothing and of 1 everything") {
  fault_plan never{0, 1}, always{1, 1};
  for (int i = 0; i < 1000; ++i) {
    CHECK(never.next().kind == fault_kind::none);
    CHECK(always.next().kind != fault_kind::none);
  }
}

TEST_CASE("those that fail do so in turn as 500, 503, reset, stall and half body") {
  fault_plan plan{0.3, 7};
  const fault_kind turns[] = {fault_kind::status_500, fault_kind::status_503,
                              fault_kind::reset, fault_kind::stall,
                              fault_kind::half_body};
  std::size_t failed = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto f = plan.next();
    if (f.kind == fault_kind::none) {
      CHECK(f.stall == 0ms);
      continue;
    }
    CHECK(f.kind == turns[failed++ % 5]);
    if (f.kind == fault_kind::stall) {
      CHECK(f.stall >= 3s);
      CHECK(f.stall <= 6s);
    } else {
      CHECK(f.stall == 0ms);
    }
  }
  CHECK(failed > 250);
  CHECK(failed < 350);
}

TEST_CASE("the share of failing requests is the error rate for every seed") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    fault_plan plan{0.05, seed};
    int failed = 0;
    for (int i = 0; i < 20'000; ++i) failed += plan.next().kind != fault_kind::none;
    INFO("seed " << seed);
    CHECK(failed / 20'000.0 == Approx(0.05).margin(0.008));
  }
}

TEST_CASE("a fault plan repeats with its seed and differs between seeds") {
  fault_plan a{0.2, 3}, b{0.2, 3}, other{0.2, 4};
  bool differs = false;
  for (int i = 0; i < 500; ++i) {
    const auto f = a.next();
    CHECK(f == b.next());
    differs |= !(f == other.next());
  }
  CHECK(differs);
}
