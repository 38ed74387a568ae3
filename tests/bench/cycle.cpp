// (a) The whole cycle against a real server over real sockets, beside wrk asking the
// same server for the same document with as many connections.
#include "actors/house.hpp"
#include "actors/loop_scheduler.hpp"
#include "net/client.hpp"
#include "net/server.hpp"
#include "telemetry/log_lines.hpp"
#include "telemetry/metrics.hpp"
#include "tests/bench/bench.hpp"
#include "tests/bench/child.hpp"
#include "tests/support/builders.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

namespace scaleit::bench {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto warm_up = 700ms;
constexpr auto measured = 3s;
constexpr const char* steady_status = R"({"cpu":{"highPriority":0.80},"replicas":10})";

double cpu_now() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

/// The daemon's inside without its process: the same actors, counters and log, polling
/// again as soon as a decision was made instead of waiting for the interval.
class closed_loop {
 public:
  closed_loop(std::uint16_t port, std::size_t connections)
      : client_(loop_, options(connections)),
        system_(configured(config_, loop_)),
        house_(system_, client_, {}, time_point{}) {
    system_.await_actors_before_shutdown(false);
    house_.subscribe("telemetry", [this](const event& e) { counters_.apply(e); });
    house_.subscribe("logger",
                     [this](const event& e) { lines_ += book_.tell(e).size(); });
    house_.subscribe("again", [this](const event& e) {
      if (!e.as<decision_made>()) return;
      ++cycles_;
      // Named by number, so that this look-up costs the measured cycle next to nothing.
      caf::anon_send(pollers_[std::stoul(e.target->name.substr(1))], poll_now{});
    });
    house_.start();
    const auto url = fmt::format("http://127.0.0.1:{}", port);
    for (std::size_t i = 0; i < connections; ++i) {
      auto spec = test::app_spec("t" + std::to_string(i), url);
      spec.interval = std::chrono::hours{1};
      const auto target = std::make_shared<const target_spec>(spec);
      house_.add(target);
      pollers_.push_back(started(spec.name));
      caf::anon_send(pollers_.back(), poll_now{});
    }
  }

  void run_for(clock::duration d) { loop_.io().run_for(d); }
  std::uint64_t cycles() const { return cycles_; }

 private:
  static net::client_options options(std::size_t connections) {
    net::client_options o;
    o.connections_per_origin_max = connections;
    return o;
  }
  static caf::actor_system_config& configured(caf::actor_system_config& c,
                                              net::event_loop& loop) {
    actors::run_actors_on(c, loop);
    return c;
  }
  /// The target's poller, once the supervisor has started it.
  poller_actor started(const std::string& name) {
    while (!house_.staff().crews.contains(name) || !house_.staff().crews.at(name).poller)
      loop_.io().poll_one();
    return house_.staff().crews.at(name).poller;
  }

  net::event_loop loop_;
  net::asio::executor_work_guard<net::asio::io_context::executor_type> work_{
      loop_.io().get_executor()};
  telemetry::metrics counters_{"bench"};
  telemetry::log_lines book_{log_level::info};
  net::pooled_client client_;
  caf::actor_system_config config_;
  caf::actor_system system_;
  actors::house house_;
  std::vector<poller_actor> pollers_;
  std::uint64_t cycles_ = 0;
  std::size_t lines_ = 0;
};

/// Prints `<cycles> <cpu seconds>` for the measured time.
void run_cycles(std::uint16_t port, std::size_t connections) {
  closed_loop loop{port, connections};
  loop.run_for(warm_up);
  const auto cycles = loop.cycles();
  const auto cpu = cpu_now();
  loop.run_for(measured);
  fmt::print("{} {}\n", loop.cycles() - cycles, cpu_now() - cpu);
  std::fflush(stdout);
  std::_Exit(0);
}

/// A server that answers every request with one document.
std::unique_ptr<background> serve_document() {
  return std::make_unique<background>([](int fd) {
    net::event_loop loop;
    net::server_options o;
    o.connections_max = 5000;
    const net::http_server server{
        loop, o, [](net::server_request&&, net::responder answer) {
          answer.send({200, "application/json", steady_status, {}});
        }};
    ::dprintf(fd, "%d\n", server.port());
    loop.io().run();
  });
}

double wrk_us_per_request(std::uint16_t port, std::size_t connections) {
  const auto out =
      run(std::vector<std::string>{"wrk", "-t1", fmt::format("-c{}", connections), "-d3s",
                                   fmt::format("http://127.0.0.1:{}/app/status", port)});
  const auto at = out.output.find(" requests in ");
  if (at == std::string::npos) return 0;
  const auto line = out.output.rfind('\n', at) + 1;
  return out.cpu_seconds * 1e6 / std::stod(out.output.substr(line, at - line));
}

double cycle_us(std::uint16_t port, std::size_t connections) {
  const auto out = run([&] { run_cycles(port, connections); });
  double cycles = 0, cpu = 0;
  std::sscanf(out.output.c_str(), "%lf %lf", &cycles, &cpu);
  return cycles > 0 ? cpu * 1e6 / cycles : 0;
}

}  // namespace

void measure_cycles(results& out) {
  const auto server = serve_document();
  const auto port = static_cast<std::uint16_t>(std::stoi(server->read_line()));
  for (const std::size_t connections : {1, 100, 1000}) {
    // In turn, A B A B, and the median of each: the machine's speed drifts.
    std::vector<double> ours, theirs, ratios;
    for (int i = 0; i < 3; ++i) {
      theirs.push_back(wrk_us_per_request(port, connections));
      ours.push_back(cycle_us(port, connections));
      ratios.push_back(theirs.back() > 0 ? ours.back() / theirs.back() : 0);
    }
    const auto median = [](std::vector<double> v) {
      std::sort(v.begin(), v.end());
      return v[v.size() / 2];
    };
    out.push_back({fmt::format("wrk/{}", connections), median(theirs), "us CPU", "", 0});
    out.push_back({fmt::format("cycle/{}", connections), median(ours), "us CPU", "wrk",
                   median(ratios)});
    fmt::print("{} connections: {:.1f} us, wrk {:.1f} us, {:.2f} x\n", connections,
               median(ours), median(theirs), median(ratios));
  }
}

void profile_cycles(std::size_t connections) {
  const auto server = serve_document();
  const auto port = static_cast<std::uint16_t>(std::stoi(server->read_line()));
  closed_loop loop{port, connections};
  loop.run_for(warm_up);
  const auto cycles = loop.cycles();
  const auto cpu = cpu_now();
  loop.run_for(3 * measured);
  fmt::print("{} connections: {:.1f} us per cycle\n", connections,
             (cpu_now() - cpu) * 1e6 / static_cast<double>(loop.cycles() - cycles));
  std::fflush(stdout);
  std::_Exit(0);
}

// -- reaction ---------------------------------------------------------------------------

namespace {

/// Every status is out of tolerance: each cycle ends with a PUT. Writes the microseconds
/// from handing the answer to the kernel to the PUT's arrival, one per line.
std::unique_ptr<background> serve_overload() {
  return std::make_unique<background>([](int fd) {
    net::event_loop loop;
    int replicas = 10;
    clock::time_point answered;
    std::string lines;
    const net::http_server server{
        loop, net::server_options{}, [&](net::server_request&& r, net::responder answer) {
          if (r.method != "GET") {
            const auto us =
                std::chrono::duration<double, std::micro>(clock::now() - answered);
            ::dprintf(fd, "%.1f\n", us.count());
            replicas = replicas == 10 ? 12 : 10;
            return answer.send({204, "", "", {}});
          }
          answer.send({200,
                       "application/json",
                       replicas == 10 ? R"({"cpu":{"highPriority":0.95},"replicas":10})"
                                      : R"({"cpu":{"highPriority":0.66},"replicas":12})",
                       {}});
          answered = clock::now();
        }};
    ::dprintf(fd, "%d\n", server.port());
    loop.io().run();
  });
}

}  // namespace

void measure_reaction(results& out) {
  const auto server = serve_overload();
  const auto port = static_cast<std::uint16_t>(std::stoi(server->read_line()));
  const background loop{[port](int) {
    closed_loop c{port, 1};
    c.run_for(10s);
    std::_Exit(0);
  }};
  std::vector<double> us;
  while (us.size() < 2000) {
    const auto line = server->read_line();
    if (line.empty()) break;
    us.push_back(std::stod(line));
  }
  if (us.empty()) return;
  std::sort(us.begin(), us.end());
  out.push_back({"reaction/median", us[us.size() / 2], "us", "", 0});
  out.push_back({"reaction/p99", us[us.size() * 99 / 100], "us", "", 0});
}

}  // namespace scaleit::bench
