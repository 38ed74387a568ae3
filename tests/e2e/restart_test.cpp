// A daemon that is killed and started again goes on with what it knew.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"

#include <fmt/format.h>

#include <csignal>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;

/// A daemon with a down window that outlasts the test, recording into `directory`.
scaler_options windowed(std::uint16_t port, const temporary_directory& files) {
  scaler_options o;
  const auto config = files.write(
      "scaleit.yaml",
      fmt::format("name: app\napp: http://127.0.0.1:{}\ninterval: 100ms\n"
                  "metrics: [{{name: cpu, value: /cpu/highPriority, target: 0.8}}]\n"
                  "behavior: {{scaleDown: {{stabilizationWindowSeconds: 600}}}}\n",
                  port));
  o.arguments = {"--config", config, "--record", (files.path() / "record").string()};
  return o;
}

}  // namespace

TEST_CASE("a window survives a kill of the daemon", "[restart]") {
  temporary_directory files;
  scripted_application application{8};  // 0.80 with the 10 replicas it has
  {
    scaler d{windowed(application.port(), files)};
    REQUIRE(eventually([&] { return d.metrics().heartbeat() >= 5; }));
    // What is recorded is on disk within a fifth of a second.
    REQUIRE(eventually([&] {
      const auto r = run({"replay", (files.path() / "record").string()});
      return r.out.find("decision") != std::string::npos && r.code == 0 &&
             r.out.find("0 decisions") == std::string::npos;
    }));
    d.process().signal(SIGKILL);
    REQUIRE(d.process().wait() == 128 + SIGKILL);
  }
  application.set_load(2);  // 0.20: 3 would do
  scaler d{windowed(application.port(), files)};
  REQUIRE(eventually(
      [&] { return count_of("the record remembers 1 target", d.log()) == 1; }));
  REQUIRE(eventually([&] { return d.metrics().heartbeat() >= 5; }));
  CHECK(application.replicas() == 10);
  // Not because it is new, but because of what was wanted before it was killed.
  REQUIRE(eventually(
      [&] { return count_of("held by the 600 s window: 10 was wanted", d.log()) == 1; }));
  REQUIRE(d.stop(SIGTERM) == 0);
  const auto again = run({"replay", (files.path() / "record").string()});
  CAPTURE(again.out, again.err);
  CHECK(again.code == 0);
  CHECK(again.out.find("DIFFERS") == std::string::npos);
  const auto told =
      run({"explain", "app", "--record", (files.path() / "record").string()});
  CHECK(told.code == 0);
  CHECK_THAT(told.out, ContainsSubstring("app stays at 10: held by the 600 s window"));
}
