// (d) What targets cost that do nothing, and the daemon with one target.
#include "actors/control_loop.hpp"
#include "actors/loop_scheduler.hpp"
#include "net/client.hpp"
#include "net/server.hpp"
#include "telemetry/from_events.hpp"
#include "tests/bench/bench.hpp"
#include "tests/bench/child.hpp"
#include "tests/support/builders.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <thread>
#include <unistd.h>

namespace scaleit::bench {

namespace {

using namespace std::chrono_literals;
constexpr int population = 20'000;

/// Prints the bytes per target of `population` targets that wait for their first poll.
void add_idle_targets() {
  net::event_loop loop;
  const auto work = net::asio::make_work_guard(loop.io());
  telemetry::families metrics;
  telemetry::from_events counters{metrics, "bench"};
  net::pooled_client client{loop, {}};
  caf::actor_system_config config;
  actors::run_actors_on(config, loop);
  caf::actor_system system{config};
  spec::secret_store secrets;
  actors::control_loop control{system, client, secrets, {}, time_point{}};
  control.subscribe("telemetry", [&](const event& e) { counters.apply(e); });
  control.start();
  loop.io().run_for(10ms);
  const auto before = rss_kb_of(::getpid());
  for (int i = 0; i < population; ++i) {
    auto spec = test::app_spec(fmt::format("target-{}", i));
    spec.interval = std::chrono::hours{1};
    control.add(std::make_shared<target_spec>(spec));
    if (i % 100 == 0) loop.io().poll();
  }
  while (control.state().targets.size() < population) loop.io().run_for(10ms);
  loop.io().run_for(100ms);
  fmt::print("{}\n",
             static_cast<double>(rss_kb_of(::getpid()) - before) * 1024 / population);
  std::fflush(stdout);
  std::_Exit(0);
}

void measure_idle_daemon(results& out) {
  background server{[](int fd) {
    net::event_loop loop;
    const net::http_server s{
        loop, {}, [](net::server_request&&, net::responder answer) {
          answer.send({200,
                       "application/json",
                       R"({"cpu":{"highPriority":0.80},"replicas":10})",
                       {}});
        }};
    ::dprintf(fd, "%d\n", s.port());
    loop.io().run();
  }};
  const auto port = server.read_line();
  const background daemon{[&](int) {
    const int null = ::open("/dev/null", O_WRONLY);
    ::dup2(null, STDERR_FILENO);
    ::setenv("APP_SERVICE_PORT", port.c_str(), 1);
    ::setenv("APP_SERVICE_URL", "http://127.0.0.1", 1);
    ::execl(SCALEIT_BINARY, "scaleit", "run", "--metrics-listen", "127.0.0.1:0", nullptr);
    std::_Exit(127);
  }};
  std::this_thread::sleep_for(
      2s);  // let it start; then watch it idle at the default interval
  const auto cpu = cpu_seconds_of(daemon.pid());
  constexpr auto watched = 30s;
  std::this_thread::sleep_for(watched);
  const auto used = cpu_seconds_of(daemon.pid()) - cpu;
  out.push_back(
      {"daemon/rss", static_cast<double>(rss_kb_of(daemon.pid())) / 1024, "MiB", "", 0});
  out.push_back({"daemon/cpu",
                 used / std::chrono::duration<double>(watched).count() * 100,
                 "% of a core", "", 0});
}

}  // namespace

void measure_idle(results& out) {
  const auto idle = run([] { add_idle_targets(); });
  out.push_back({"idle target/memory", std::atof(idle.output.c_str()), "bytes", "", 0});
  measure_idle_daemon(out);
}

}  // namespace scaleit::bench
