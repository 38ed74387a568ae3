// What a newcomer sees: the sample application and the daemon, side by side.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"

#include <rapidjson/document.h>

#include <cmath>
#include <csignal>
#include <regex>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;

/// Polls well inside the tolerance for a while, with noise of about 10 % on top.
bool holds(const scaler& d, double tolerance) {
  const auto m = d.metrics();
  return m.value("scaleit_metric_value") > 0 &&
         std::abs(m.value("scaleit_metric_value") - 0.8) <= tolerance;
}

}  // namespace

TEST_CASE("the daemon holds the sample application at its target", "[holding]") {
  // 16 requests per second make 1.6 with 10 replicas, and 0.8 with 20.
  sample_application application{
      {"--load", "flat:rate=16", "--error-rate", "0.05", "--seed", "7"}};
  scaler d{application.port()};
  REQUIRE(eventually([&] { return d.metrics().value("scaleit_replicas") >= 17; }));
  REQUIRE(eventually([&] { return holds(d, 0.1); }));

  const auto before = d.metrics();
  CHECK(before.value("scaleit_replicas") <= 24);
  CHECK(before.value("scaleit_put_duration_seconds_count") >= 1);
  CHECK(before.value("scaleit_decisions_total", {R"(direction="up")"}) >= 1);
  CHECK(before.value("scaleit_metric_target", {R"(target="app")", R"(metric="cpu")"}) ==
        0.8);
  CHECK(eventually([&] { return d.metrics().heartbeat() >= before.heartbeat() + 5; }));
  CHECK(eventually([&] { return get(d.port(), "/readyz").status == 200; }));
  CHECK_THAT(application.process().out(), ContainsSubstring("replicas 10 -> "));
  CHECK(d.stop(SIGTERM) == 0);
}

TEST_CASE("the daemon follows a load that comes and goes in steps", "[holding]") {
  sample_application application{{"--load", "steps:low=8,high=24,count=1,every=1s",
                                  "--error-rate", "0.05", "--seed", "7"}};
  scaler d{application.port()};
  const auto replicas = [&] { return d.metrics().value("scaleit_replicas"); };
  REQUIRE(eventually([&] { return replicas() >= 25; }));
  REQUIRE(eventually([&] { return replicas() >= 1 && replicas() <= 14; }));
  REQUIRE(eventually([&] { return replicas() >= 25; }));
  const auto m = d.metrics();
  CHECK(m.value("scaleit_decisions_total", {R"(direction="up")"}) >= 2);
  CHECK(m.value("scaleit_decisions_total", {R"(direction="down")"}) >= 1);
  CHECK(d.stop(SIGINT) == 0);
}

TEST_CASE("the log has one line per change and one per streak begun and ended",
          "[holding]") {
  scripted_application application{9.5};
  trick_plan fails{3, 4, [](peer& p, const std::string&) {
                     return p.send("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
                   }};
  fails.load_after = 8;
  application.plan_polls(fails);
  scaler d{application.port()};
  REQUIRE(eventually([&] { return d.log().find("12 -> 11") != std::string::npos; }));
  REQUIRE(d.stop(SIGTERM) == 0);

  const auto lines = lines_of(d.log());
  std::vector<std::string> expected{
      R"(info +recording into /.*/record, from event 1 on)",
      R"(info +metrics on http://127\.0\.0\.1:\d+/metrics)",
      R"(info +API on http://127\.0\.0\.1:\d+/api/v1)",
      R"(info +scaleit \d+\.\d+\.\d+ started)",
      R"(info +target=app added: holds cpu at 0\.80 by polling http://127\.0\.0\.1:\d+/app/status every 100ms)",
      R"(info +target=app cpu=0\.95 target=0\.80 replicas 10 -> 12 \(put \d+\.\d ms\): cpu 0\.95 is 18\.8 % above 0\.80: 11\.88 is rounded up to 12)",
      R"(warning +target=app status fails: http: answered 500)",
      R"(info +target=app status works again after 4 failures in \d+(\.\d+)?m?s)",
      R"(info +target=app cpu=0\.67 target=0\.80 replicas 12 -> 11 \(put \d+\.\d ms\): cpu 0\.67 is 16\.3 % below 0\.80: 10\.05 is rounded up to 11)"};
  CAPTURE(d.log());
  REQUIRE(lines.size() >= expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(std::regex_match(
        lines[i],
        std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z )" + expected[i])));
}

TEST_CASE("the log for machines is one JSON object a line", "[holding]") {
  scripted_application application{9.5};
  scaler d{{fast_environment(application.port()), {"--log-format", "json"}}};
  REQUIRE(eventually([&] { return d.log().find("10 -> 12") != std::string::npos; }));
  REQUIRE(d.stop(SIGTERM) == 0);
  bool applied = false;
  for (const auto& line : lines_of(d.log())) {
    CAPTURE(line);
    rapidjson::Document j;
    REQUIRE(!j.Parse(line.c_str()).HasParseError());
    CHECK(j.HasMember("time"));
    CHECK(j.HasMember("level"));
    CHECK(j.HasMember("message"));
    applied = applied ||
              (j.HasMember("event") && j["event"]["type"] == "scaleit.scale.applied");
  }
  CHECK(applied);
}

TEST_CASE("at DEBUG the log tells every poll", "[holding]") {
  scripted_application application;
  auto environment = fast_environment(application.port());
  environment["LOG_LEVEL"] = "debug";
  scaler d{{environment}};
  REQUIRE(eventually([&] { return application.polls() >= 4; }));
  REQUIRE(d.stop(SIGTERM) == 0);
  CHECK(count_of("target=app replicas 10 -> 10: ", d.log()) >= 3);
}
