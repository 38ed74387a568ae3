#include "telemetry/health.hpp"

#include "tests/support/catch.hpp"

using namespace scaleit;
using namespace scaleit::telemetry;

using scaleit::telemetry::health;

namespace {
constexpr std::int64_t second = 1'000'000'000;
}

TEST_CASE("not ready before the start, ready after, not ready while stopping") {
  health h;
  h.pulse(10 * second);
  CHECK(h.complaints(10 * second) == std::vector<std::string>{"starting"});
  h.started();
  CHECK(h.complaints(10 * second).empty());
  h.stopping();
  CHECK(h.complaints(10 * second) == std::vector<std::string>{"stopping"});
}

TEST_CASE("a loop that has not turned for two seconds is named") {
  health h;
  h.started();
  h.pulse(10 * second);
  CHECK(h.complaints(12 * second).empty());
  CHECK(h.complaints(13 * second + second / 2) ==
        std::vector<std::string>{"loop 0 has not turned for 3.5 s"});
}

TEST_CASE("actors that are down are named, a handful of them") {
  health h;
  h.started();
  h.mark("app/poller", false);
  CHECK(h.complaints(0) ==
        std::vector<std::string>{"app/poller is down, waiting for its restart"});
  h.mark("app/poller", true);
  CHECK(h.complaints(0).empty());
  for (int i = 0; i < 1000; ++i) h.mark("t" + std::to_string(i), false);
  CHECK(h.complaints(0).size() == 11);
  CHECK(h.complaints(0).back() == "... 1000 actors are down");
}
