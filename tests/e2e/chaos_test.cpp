// Actors that crash all the time, before and after they have done their work.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <thread>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;

/// Every counter of two scrapes; empty when none fell.
std::string counters_that_fell(const scrape& before, const scrape& after) {
  std::string fell;
  for (const auto& [series, value] : before.samples()) {
    const auto name = series.substr(0, series.find('{'));
    const bool counts = name.ends_with("_total") || name.ends_with("_count") ||
                        name.ends_with("_sum") || name.ends_with("_bucket");
    const auto found = after.samples().find(series);
    if (counts && (found == after.samples().end() || found->second < value))
      fell += series + "\n";
  }
  return fell;
}

struct storm {
  std::string rates;
  int loads_min;  ///< changes of the load that must have been followed
  std::chrono::milliseconds lasts;
};

/// Changes the load and waits until it is followed, again and again.
int follow_loads(scripted_application& application, const scaler& d,
                 std::chrono::milliseconds lasts) {
  const auto end = std::chrono::steady_clock::now() + lasts;
  auto last = d.metrics();
  int followed = 0;
  while (std::chrono::steady_clock::now() < end) {
    const bool up = followed % 2 == 0;
    application.set_load(up ? 16 : 8);
    const bool held = eventually(
        [&] {
          auto now = d.metrics();
          CHECK(counters_that_fell(last, now) == "");
          last = std::move(now);
          const int replicas = application.replicas();
          return up ? replicas == 20 : replicas == 10;
        },
        20s);
    CHECK(held);
    if (!held) break;
    ++followed;
  }
  return followed;
}

void check_storm(const storm& s) {
  scripted_application application;
  scaler d{{fast_environment(application.port()), {"--chaos", s.rates}}};
  CHECK(follow_loads(application, d, s.lasts) >= s.loads_min);
  const auto m = d.metrics();
  CAPTURE(d.log());
  CHECK(application.complaints() == "");
  CHECK(m.value("scaleit_actor_restarts_total") >= 3);
  CHECK(m.failures("get") == 0);
  CHECK(m.failures("put") == 0);
  CHECK_THAT(d.log(), ContainsSubstring("CHAOS is on"));
  CHECK(count_of(" restarted ", d.log()) >= 3);
  CHECK(d.stop(SIGTERM) == 0);
}

}  // namespace

TEST_CASE("an application is held while one message in twenty crashes its actor",
          "[chaos]") {
  check_storm({"poller=0.05,decider=0.05,actuator=0.05,telemetry=0.05", 4, 4s});
}

TEST_CASE("an application is held while every other status crashes the decider",
          "[chaos]") {
  check_storm({"decider=0.5", 1, 2s});
}

TEST_CASE("an application is held while every other message crashes the actuator",
          "[chaos]") {
  check_storm({"actuator=0.5", 1, 2s});
}

TEST_CASE("an application is held while its poller crashes", "[chaos]") {
  check_storm({"poller=0.3", 1, 2s});
}

TEST_CASE("an application is held while those that count and log crash", "[chaos]") {
  check_storm({"telemetry=0.3,logger=0.3", 3, 2s});
}

TEST_CASE("a poller that cannot live is reported, and the daemon can still be stopped",
          "[chaos]") {
  scripted_application application;
  scaler d{{fast_environment(application.port()), {"--chaos", "poller=1"}}};
  CHECK(eventually([&] {
    const auto ready = get(d.port(), "/readyz");
    return ready.status == 503 && ready.body.find("app/poller") != std::string::npos;
  }));
  CHECK(get(d.port(), "/healthz").status == 200);
  CHECK(d.process().cpu_seconds() < 2);
  CHECK(d.stop(SIGTERM) == 0);
}

TEST_CASE("the daemon ends in order while those that count and log cannot live",
          "[chaos]") {
  scripted_application application{16};
  scaler d{{fast_environment(application.port()), {"--chaos", "telemetry=1,logger=1"}}};
  // Nobody counts any more, but the loop goes on.
  CHECK(eventually(
      [&] { return application.replicas() == 20 && application.polls() >= 5; }));
  CHECK(get(d.port(), "/readyz").status == 503);
  CHECK(d.stop(SIGTERM) == 0);
}
