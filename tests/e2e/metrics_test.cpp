// What Prometheus finds.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <filesystem>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;

std::string promtool() {
  for (const auto* path : {"/usr/bin/promtool", "/usr/local/bin/promtool"})
    if (std::filesystem::exists(path)) return path;
  return {};
}

/// What `promtool check metrics` says about it, and its exit code.
result checked(const std::string& exposition) {
  const temporary_directory directory;
  process p{{{promtool(), "check", "metrics"},
             {},
             directory.path(),
             directory.write("metrics", exposition)}};
  result r;
  r.code = p.wait(20s).value_or(-1);
  r.out = p.out();
  r.err = p.err();
  return r;
}

}  // namespace

TEST_CASE("the old families are there at 0 from the start", "[metrics]") {
  const deaf_listener deaf;  // the first poll does not come back for a second
  scaler d{deaf.port()};
  const auto m = d.metrics();
  CHECK(m.samples().at("autoscaler_heartbeat_total") == 0);
  CHECK(eventually([&] { return d.metrics().failures("get") == 0; }));
  CHECK(d.metrics().failures("put") == 0);
  CHECK(m.value("scaleit_build_info", {R"(version=")" SCALEIT_VERSION R"(")"}) == 1);
  CHECK(m.value("process_resident_memory_bytes") > 1e6);
  CHECK(m.value("process_cpu_seconds_total") >= 0);
}

TEST_CASE("promtool finds nothing wrong with the metrics", "[metrics]") {
  if (promtool().empty()) {
    WARN("promtool is not installed: not checked");
    return;
  }
  scripted_application application{16};
  trick_plan fails{3, 2, [](peer&, const std::string&) { return false; }};
  application.plan_polls(fails);
  scaler d{{fast_environment(application.port()), {"--chaos", "decider=0.3"}}};
  REQUIRE(eventually(
      [&] { return application.tricks_over() && application.replicas() == 20; }));
  for (const auto* path : {"/metrics", "/"}) {
    const auto r = checked(get(d.port(), path).body);
    CHECK(r.code == 0);
    CHECK(r.out + r.err == "");
  }
}

TEST_CASE("the format of the metrics follows the Accept field", "[metrics]") {
  scripted_application application;
  scaler d{application.port()};
  const auto plain = get(d.port(), "/metrics");
  CHECK(plain.status == 200);
  CHECK(plain.has("Content-Type: text/plain; version=0.0.4"));
  CHECK(plain.body.find("# EOF") == std::string::npos);
  // As Prometheus 2.42 asks.
  const auto open = get(d.port(), "/metrics",
                        "Accept: application/openmetrics-text;version=1.0.0,"
                        "application/openmetrics-text;version=0.0.1;q=0.75,"
                        "text/plain;version=0.0.4;q=0.5,*/*;q=0.1\r\n");
  CHECK(open.status == 200);
  CHECK(open.has("Content-Type: application/openmetrics-text; version=1.0.0"));
  CHECK(open.body.ends_with("# EOF\n"));
  CHECK_THAT(open.body, ContainsSubstring("# TYPE autoscaler_heartbeat counter\n"));
  CHECK_THAT(open.body, ContainsSubstring("\nautoscaler_heartbeat_total "));
}

TEST_CASE("health, readiness and what is not there", "[metrics]") {
  scripted_application application;
  scaler d{application.port()};
  CHECK(get(d.port(), "/healthz").status == 200);
  CHECK(eventually([&] { return get(d.port(), "/readyz").status == 200; }));
  CHECK(get(d.port(), "/nothing").status == 404);
  const auto refused = request("POST", d.port(), "/metrics", "", "x");
  CHECK(refused.status == 405);
  CHECK(refused.has("Allow: GET, HEAD"));
  const auto head = request("HEAD", d.port(), "/metrics");
  CHECK(head.status == 200);
  CHECK(head.body.empty());
}

TEST_CASE("while the daemon stops it is alive, and not ready", "[metrics]") {
  scripted_application application{16};
  application.plan_puts({0, 1000, [](peer& p, const std::string&) {
                           p.wait_until_closed();
                           return false;
                         }});
  scaler d{application.port()};
  REQUIRE(eventually([&] { return application.puts() == 1; }));
  d.process().signal(SIGTERM);
  CHECK(eventually(
      [&] {
        const auto ready = get(d.port(), "/readyz");
        return ready.status == 503 && ready.body == "stopping\n";
      },
      1500ms));
  CHECK(get(d.port(), "/healthz").status == 200);
  CHECK(d.ended() == 0);
}
