// How the daemon ends: when asked to, soon, whatever hangs.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <csignal>
#include <thread>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;

bool hangs(peer& p, const std::string&) {
  p.wait_until_closed();
  return false;
}

trick_plan planned(trick play, bool counts = false) {
  return {0, 1000, std::move(play), counts};
}

}  // namespace

TEST_CASE("what asks the daemon to stop ends it with 0", "[signals]") {
  for (const int signal : {SIGTERM, SIGINT, SIGQUIT, SIGPWR, SIGXCPU}) {
    scripted_application application;
    scaler d{application.port()};
    REQUIRE(eventually([&] { return application.polls() >= 2; }));
    CHECK(d.stop(signal, 1500ms) == 0);
    const auto name = std::string{"SIG"} + ::sigabbrev_np(signal);
    CHECK_THAT(d.log(), ContainsSubstring(name + ": stopping"));
    CHECK_THAT(d.log(), ContainsSubstring("stopped: " + name));
  }
}

TEST_CASE("the daemon ends in time while a poll hangs", "[signals]") {
  scripted_application application;
  application.plan_polls(planned(hangs));
  scaler d{application.port()};
  REQUIRE(eventually([&] { return application.polls() >= 1; }));
  CHECK(d.stop(SIGTERM, 1500ms) == 0);
}

TEST_CASE("the daemon ends in time while a PUT hangs", "[signals]") {
  scripted_application application{16};
  application.plan_puts(planned(hangs));
  scaler d{application.port()};
  REQUIRE(eventually([&] { return application.puts() >= 1; }));
  CHECK(d.stop(SIGTERM) == 0);
  CHECK(application.puts() == 1);
}

TEST_CASE("a PUT in flight may finish before the daemon ends", "[signals]") {
  scripted_application application{16};
  application.plan_puts(planned(
      [](peer& p, const std::string&) {
        std::this_thread::sleep_for(900ms);
        return p.send("HTTP/1.1 204 No Content\r\n\r\n");
      },
      true));
  scaler d{application.port()};
  REQUIRE(eventually([&] { return application.puts() >= 1; }));
  const int polls = application.polls();
  CHECK(d.stop(SIGTERM) == 0);
  CHECK(application.polls() <= polls + 1);
  CAPTURE(d.log());
  CHECK(d.log().find("replicas 10 -> 20 (put 9") != std::string::npos);
  CHECK(d.log().find("stopped: SIGTERM") > d.log().find("replicas 10 -> 20"));
}

TEST_CASE("a second signal ends the daemon at once", "[signals]") {
  scripted_application application{16};
  application.plan_puts(planned(hangs));
  scaler d{application.port()};
  REQUIRE(eventually([&] { return application.puts() >= 1; }));
  d.process().signal(SIGTERM);
  REQUIRE(
      eventually([&] { return d.log().find("SIGTERM: stopping") != std::string::npos; }));
  std::this_thread::sleep_for(50ms);
  REQUIRE(d.process().running());
  CHECK(d.stop(SIGINT, 500ms) == 128 + SIGINT);
}

TEST_CASE("a signal that is handed on by a script is the same request", "[signals]") {
  scripted_application application{16};
  application.plan_puts(planned(
      [](peer& p, const std::string&) {
        std::this_thread::sleep_for(500ms);
        return p.send("HTTP/1.1 204 No Content\r\n\r\n");
      },
      true));
  scaler d{application.port()};
  REQUIRE(eventually([&] { return application.puts() >= 1; }));
  d.process().signal(SIGINT);
  CHECK(d.stop(SIGTERM) == 0);
  CHECK_THAT(d.log(), ContainsSubstring("replicas 10 -> 20"));
}

TEST_CASE("what a terminal, a log rotation or a habit sends ends nothing", "[signals]") {
  scripted_application application{16};
  application.plan_puts(planned(
      [](peer& p, const std::string&) {
        std::this_thread::sleep_for(500ms);
        return p.send("HTTP/1.1 204 No Content\r\n\r\n");
      },
      true));
  scaler d{application.port()};
  REQUIRE(eventually([&] { return application.puts() >= 1; }));
  for (const int s : {SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO,
                      SIGSTKFLT, SIGTTIN, SIGTTOU, SIGXFSZ, SIGPIPE, SIGWINCH, SIGURG,
                      SIGCHLD, SIGCONT, SIGRTMIN, SIGRTMIN + 3, SIGRTMAX})
    d.process().signal(s);
  CHECK(eventually([&] { return application.replicas() == 20; }));
  CHECK(eventually([&] {
    return d.log().find("SIGHUP: there is no config file; tokens are read again") !=
           std::string::npos;
  }));
  CHECK(d.process().running());
  CHECK(d.stop(SIGTERM) == 0);
  CHECK_THAT(d.log(), ContainsSubstring("replicas 10 -> 20"));
}

TEST_CASE("the end of its terminal is not the daemon's", "[signals]") {
  scripted_application application{16};
  const temporary_directory at;
  // script(1) gives it a terminal, and takes it away when it ends.
  if (shell("command -v script").code != 0) return;
  process terminal{{{"/bin/sh", "-c",
                     std::string{"exec script -qc 'echo $$ >id; exec "} + SCALEIT_BINARY +
                         " run --metrics-listen 127.0.0.1:0 --record record' /dev/null"},
                    fast_environment(application.port()),
                    at.path()}};
  REQUIRE(eventually([&] { return application.replicas() == 20; }));
  terminal.signal(SIGKILL);
  REQUIRE(terminal.wait());
  const int polls = application.polls();
  CHECK(eventually([&] { return application.polls() >= polls + 5; }));
  CHECK(
      shell("kill $(cat id); while kill -0 $(cat id); do sleep 0.05; done", {}, at.path())
          .code == 0);
}

TEST_CASE("nobody reading the log hinders neither scaling nor the end", "[signals]") {
  scripted_application application;
  auto environment = fast_environment(application.port());
  environment["LOG_LEVEL"] = "DEBUG";
  // A poll is about 800 bytes of this log: the pipe's 4 KiB are soon full.
  scaler d{{environment, {"--log-format", "json"}, stderr_to::pipe}};
  REQUIRE(eventually([&] { return application.polls() >= 15; }));
  application.set_load(16);
  CHECK(eventually([&] { return application.replicas() == 20; }));
  CHECK(get(d.port(), "/readyz").status == 200);
  CHECK(d.stop(SIGTERM) == 0);
}

TEST_CASE("the end of the log's reader is not the daemon's", "[signals]") {
  scripted_application application;
  auto environment = fast_environment(application.port());
  environment["LOG_LEVEL"] = "DEBUG";
  scaler d{{environment, {}, stderr_to::pipe}};
  d.process().close_pipe();
  application.set_load(16);
  CHECK(eventually([&] { return application.replicas() == 20; }));
  CHECK(d.stop(SIGTERM) == 0);
}

TEST_CASE("SIGPIPE does nothing", "[signals]") {
  scripted_application application;
  scaler d{application.port()};
  d.process().signal(SIGPIPE);
  application.set_load(16);
  CHECK(eventually([&] { return application.replicas() == 20; }));
  CHECK(d.stop(SIGTERM) == 0);
}

TEST_CASE("the daemon ends in time under load", "[signals]") {
  scripted_application application;
  scaler d{{fast_environment(application.port()),
            {"--chaos", "poller=0.1,decider=0.1,actuator=0.1,telemetry=0.1"}}};
  std::atomic<bool> over{false};
  std::vector<std::thread> scrapers;
  for (int i = 0; i < 8; ++i)
    scrapers.emplace_back([&] {
      while (!over) get(d.port(), "/metrics");
    });
  CHECK(eventually([&] { return application.polls() >= 10; }));
  CHECK(d.stop(SIGTERM) == 0);
  over = true;
  for (auto& t : scrapers) t.join();
}

TEST_CASE("a signal that comes during the start ends the daemon all the same",
          "[signals]") {
  for (const auto delay : {0ms, 5ms, 10ms, 20ms, 40ms}) {
    const temporary_directory directory;
    process p{{{SCALEIT_BINARY, "run", "--metrics-listen", "127.0.0.1:0"},
               fast_environment(closed_port()),
               directory.path()}};
    std::this_thread::sleep_for(delay);
    p.signal(SIGTERM);
    const auto code = p.wait(3s);
    CAPTURE(delay.count(), p.err());
    CHECK((code == 0 || code == 128 + SIGTERM));
  }
}

TEST_CASE("a port in use is one line that names it, and exit code 3", "[signals]") {
  scripted_application application;
  const auto taken = "127.0.0.1:" + std::to_string(application.port());
  const auto daemon_ended = run({"run", "--metrics-listen", taken});
  CHECK(daemon_ended.code == 3);
  CHECK(lines_of(daemon_ended.err).size() == 1);
  CHECK_THAT(daemon_ended.err, ContainsSubstring(taken));
  const auto app_ended = run({"app", "--port", std::to_string(application.port())});
  CHECK(app_ended.code == 3);
  CHECK(lines_of(app_ended.err).size() == 1);
  CHECK_THAT(app_ended.err, ContainsSubstring(std::to_string(application.port())));
}
