// (a) The whole cycle against a real server over real sockets, beside wrk asking the
// same server for the same document with as many connections.
#include "actors/control_loop.hpp"
#include "actors/loop_scheduler.hpp"
#include "net/client.hpp"
#include "net/server.hpp"
#include "telemetry/from_events.hpp"
#include "telemetry/log_lines.hpp"
#include "tests/bench/bench.hpp"
#include "tests/bench/child.hpp"
#include "tests/support/builders.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
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
  closed_loop(std::uint16_t port, std::size_t connections, bool kept = false)
      : client_(loop_, options(connections)),
        system_(configured(config_, loop_)),
        control_(system_, client_, secrets_, {}, time_point{}) {
    system_.await_actors_before_shutdown(false);
    control_.subscribe("telemetry", [this](const event& e) { counters_.apply(e); });
    control_.subscribe("logger",
                       [this](const event& e) { lines_ += log_.tell(e).size(); });
    control_.subscribe("again", [this](const event& e) {
      const bool failed = e.as<status_failed>() != nullptr;
      if (!failed && !e.as<decision_made>()) return;
      ++(failed ? failures_ : cycles_);
      // Named by number, so that this look-up costs the measured cycle next to nothing.
      caf::anon_send(pollers_[std::stoul(e.target->name.substr(1))], poll_now{});
    });
    control_.start();
    const auto url = fmt::format("http://127.0.0.1:{}", port);
    for (std::size_t i = 0; i < connections; ++i) {
      auto spec = test::app_spec("t" + std::to_string(i), url);
      spec.interval = std::chrono::hours{1};
      spec.scale.keep_alive = kept;
      const auto target = std::make_shared<const target_spec>(spec);
      control_.add(target);
      pollers_.push_back(started(spec.name));
      caf::anon_send(pollers_.back(), poll_now{});
    }
  }

  void run_for(clock::duration d) { loop_.io().run_for(d); }
  std::uint64_t cycles() const { return cycles_; }
  std::uint64_t failures() const { return failures_; }

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
    while (!control_.state().targets.contains(name) ||
           !control_.state().targets.at(name).poller)
      loop_.io().poll_one();
    return control_.state().targets.at(name).poller;
  }

  net::event_loop loop_;
  net::asio::executor_work_guard<net::asio::io_context::executor_type> work_{
      loop_.io().get_executor()};
  telemetry::families metrics_;
  telemetry::from_events counters_{metrics_, "bench"};
  telemetry::log_lines log_{log_level::info};
  net::pooled_client client_;
  caf::actor_system_config config_;
  caf::actor_system system_;
  spec::secret_store secrets_;
  actors::control_loop control_;
  std::vector<poller_actor> pollers_;
  std::uint64_t cycles_ = 0, failures_ = 0;
  std::size_t lines_ = 0;
};

/// Prints `<cycles> <cpu seconds> <failed polls>` for the measured time.
void run_cycles(std::uint16_t port, std::size_t connections) {
  closed_loop loop{port, connections};
  loop.run_for(warm_up);
  const auto cycles = loop.cycles();
  const auto cpu = cpu_now();
  loop.run_for(measured);
  fmt::print("{} {} {}\n", loop.cycles() - cycles, cpu_now() - cpu, loop.failures());
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

/// What one run has found: the CPU time of each, and how many there were.
struct figure {
  double us = 0;
  std::uint64_t samples = 0;
};

figure wrk_us_per_request(std::uint16_t port, std::size_t connections) {
  const auto out =
      run(std::vector<std::string>{"wrk", "-t1", fmt::format("-c{}", connections), "-d3s",
                                   fmt::format("http://127.0.0.1:{}/app/status", port)});
  const auto at = out.output.find(" requests in ");
  if (at == std::string::npos) return {};
  const auto line = out.output.rfind('\n', at) + 1;
  const auto requests = std::stoull(out.output.substr(line, at - line));
  return {out.cpu_seconds * 1e6 / static_cast<double>(requests), requests};
}

figure cycle_us(std::uint16_t port, std::size_t connections) {
  const auto out = run([&] { run_cycles(port, connections); });
  std::istringstream said{out.output};
  std::uint64_t cycles = 0, failures = 0;
  double cpu = 0;
  if (!(said >> cycles >> cpu >> failures) || cycles == 0) return {};
  if (failures * 100 > cycles)
    throw std::runtime_error{
        fmt::format("{} polls failed beside {} cycles over {} "
                    "connections: they are not measured",
                    failures, cycles, connections)};
  return {cpu * 1e6 / static_cast<double>(cycles), cycles};
}

constexpr std::uint64_t samples_min = 1000;  // of each run; there are 100 times as many

/// The run in the middle, and the fewest samples of all.
figure median(std::vector<figure> runs) {
  std::sort(runs.begin(), runs.end(),
            [](const auto& a, const auto& b) { return a.us < b.us; });
  auto middle = runs[runs.size() / 2];
  for (const auto& f : runs) middle.samples = std::min(middle.samples, f.samples);
  return middle;
}

}  // namespace

void measure_cycles(results& out) {
  const auto server = serve_document();
  const auto port = static_cast<std::uint16_t>(std::stoi(server->read_line()));
  for (const std::size_t connections : std::array<std::size_t, 3>{1, 100, 1000}) {
    // In turn, A B A B, and the median of each: the machine's speed drifts.
    std::vector<figure> ours, theirs, ratios;
    for (int i = 0; i < 3; ++i) {
      theirs.push_back(wrk_us_per_request(port, connections));
      ours.push_back(cycle_us(port, connections));
      ratios.push_back({ours.back().us / theirs.back().us});
    }
    const auto cycle = median(ours), wrk = median(theirs);
    const auto ratio = median(ratios).us;
    out.push_back({fmt::format("wrk/{}", connections), wrk.us, "us CPU", "", 0,
                   wrk.samples, samples_min});
    out.push_back({fmt::format("cycle/{}", connections), cycle.us, "us CPU", "wrk", ratio,
                   cycle.samples, samples_min});
    fmt::print("{} connections: {:.1f} us, wrk {:.1f} us, {:.2f} x\n", connections,
               cycle.us, wrk.us, ratio);
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

// -- reaction -------------------------------------------------------------

namespace {

/// Every status is out of tolerance: each cycle ends with a PUT. Writes the microseconds
/// from handing the answer to the kernel to the PUT's arrival, one per line.
std::unique_ptr<background> serve_overload() {
  return std::make_unique<background>([](int fd) {
    net::event_loop loop;
    int replicas = 10;
    std::optional<clock::time_point> answered;  // the first status since the last PUT
    const net::http_server server{
        loop, net::server_options{}, [&](net::server_request&& r, net::responder answer) {
          if (r.method != "GET") {
            if (answered) {
              const auto us =
                  std::chrono::duration<double, std::micro>(clock::now() - *answered);
              ::dprintf(fd, "%.1f\n", us.count());
            }
            answered.reset();
            replicas = replicas == 10 ? 12 : 10;
            return answer.send({204, "", "", {}});
          }
          answer.send({200,
                       "application/json",
                       replicas == 10 ? R"({"cpu":{"highPriority":0.95},"replicas":10})"
                                      : R"({"cpu":{"highPriority":0.66},"replicas":12})",
                       {}});
          if (!answered) answered = clock::now();
        }};
    ::dprintf(fd, "%d\n", server.port());
    loop.io().run();
  });
}

}  // namespace

namespace {

/// `kept`: the PUT goes out on the connection of the polls.
void measure_reaction(results& out, const std::string& name, bool kept) {
  const auto server = serve_overload();
  const auto port = static_cast<std::uint16_t>(std::stoi(server->read_line()));
  const background loop{[port, kept](int) {
    closed_loop c{port, 1, kept};
    c.run_for(10s);
    std::_Exit(0);
  }};
  std::vector<double> us;
  while (us.size() < 2000) {
    const auto line = server->read_line();
    if (line.empty()) break;
    us.push_back(std::stod(line));
  }
  std::sort(us.begin(), us.end());
  const auto at = [&](std::size_t hundredth) {
    return us.empty() ? 0 : us[us.size() * hundredth / 100];
  };
  out.push_back({name + "/median", at(50), "us", "", 0, us.size(), samples_min});
  out.push_back({name + "/p99", at(99), "us", "", 0, us.size(), samples_min});
}

}  // namespace

void measure_reaction(results& out) {
  measure_reaction(out, "reaction", false);
  measure_reaction(out, "reaction, kept", true);
}

}  // namespace scaleit::bench
