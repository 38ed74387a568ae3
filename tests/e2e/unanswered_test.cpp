// Scale requests that are carried out although the answer says otherwise, or never comes:
// limits hold, and the log, the metrics, the record and the explanation tell of it.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/record_lines.hpp"

#include <fmt/format.h>

#include <csignal>
#include <functional>
#include <thread>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;

trick_plan always(trick play) {
  trick_plan p;
  p.calm = 0;
  p.times = 1000;
  p.play = std::move(play);
  p.counts = true;
  return p;
}

trick says(const std::string& status_line) {
  return [=](peer& p, const std::string&) {
    return p.send("HTTP/1.1 " + status_line + "\r\nContent-Length: 0\r\n\r\n");
  };
}

bool late(peer& p, const std::string&) {
  std::this_thread::sleep_for(600ms);
  return p.send("HTTP/1.1 204 No Content\r\n\r\n");
}
bool ends(peer&, const std::string&) { return false; }

scaler_options limited(std::uint16_t port, const temporary_directory& files) {
  scaler_options o;
  const auto config = files.write(
      "scaleit.yaml",
      fmt::format("name: app\napp: http://127.0.0.1:{}\ninterval: 200ms\n"
                  "scale: {{timeout: 150ms}}\n"
                  "metrics: [{{name: cpu, value: /cpu/highPriority, target: 0.8}}]\n"
                  "behavior: {{scaleUp: {{policies: [{{type: Pods, value: 1, "
                  "periodSeconds: 60}}]}}}}\n",
                  port));
  o.arguments = {"--config", config, "--record", record_in(files)};
  return o;
}

}  // namespace

TEST_CASE("whatever comes back after the deed, a limit holds", "[unanswered]") {
  struct row {
    std::string what;
    trick play;
  };
  for (const auto& x :
       {row{"a late answer", late}, row{"a reset", resets}, row{"the end", ends},
        row{"500", says("500 Oops")}, row{"504", says("504 Gateway Timeout")},
        row{"303", says("303 See Other\r\nLocation: /done")}}) {
    CAPTURE(x.what);
    temporary_directory files;
    scripted_application application{100};
    application.plan_puts(always(x.play));
    scaler d{limited(application.port(), files)};
    REQUIRE(eventually(
        [&] { return d.metrics().value("scaleit_failed_scalings_seen_total") == 1; }));
    const auto beats = d.metrics().heartbeat();
    REQUIRE(eventually([&] { return d.metrics().heartbeat() >= beats + 4; }));
    CHECK(application.puts() == 1);
    CHECK(application.replicas() == 11);
    REQUIRE(d.stop(SIGTERM) == 0);
    CHECK_THAT(d.log(), ContainsSubstring("replicas 10 -> 11 (seen, although the "
                                          "request failed): cpu 10.00 is"));
    const auto told = run({"explain", "app", "--record", record_in(files)});
    CHECK_THAT(told.out, ContainsSubstring("10 -> 11 took effect, although it failed"));
    CHECK_THAT(told.out, ContainsSubstring("1 added and 0 removed within it"));
    const auto again = run({"replay", record_in(files)});
    CAPTURE(again.out);
    CHECK(again.code == 0);
    CHECK_THAT(again.out, ContainsSubstring(" 0 differ"));
  }
}

TEST_CASE("a daemon that is killed before the answer is not forgotten by the next",
          "[unanswered]") {
  temporary_directory files;
  scripted_application application{100};
  application.plan_puts(always([](peer& p, const std::string&) {
    p.wait_until_closed();
    return false;
  }));
  auto options = limited(application.port(), files);
  {
    scaler d{options};
    REQUIRE(eventually([&] { return application.puts() == 1; }));
    REQUIRE(eventually([&] {
      return run({"explain", "app", "--record", record_in(files)}).out.find("10 -> 11") !=
             std::string::npos;
    }));
    d.process().signal(SIGKILL);
    REQUIRE(d.process().wait() == 128 + SIGKILL);
  }
  scaler d{options};
  REQUIRE(eventually([&] { return d.metrics().heartbeat() >= 5; }));
  CHECK(application.puts() == 1);
  REQUIRE(d.stop(SIGTERM) == 0);
  const auto again = run({"replay", record_in(files)});
  CAPTURE(again.out);
  CHECK_THAT(again.out, ContainsSubstring(" 0 differ"));
}
