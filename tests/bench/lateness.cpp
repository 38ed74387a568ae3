// What makes polls late when there are many targets: the lines of the log at the start,
// a scrape of all their series, the record. Each beside the same daemon without it, in
// the same run, against the same server.
#include "actors/control_loop.hpp"
#include "actors/loop_scheduler.hpp"
#include "main/logging.hpp"
#include "main/recording.hpp"
#include "main/watch.hpp"
#include "net/client.hpp"
#include "net/server.hpp"
#include "telemetry/from_events.hpp"
#include "telemetry/log_lines.hpp"
#include "tests/bench/bench.hpp"
#include "tests/bench/child.hpp"
#include "tests/support/builders.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <limits>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace scaleit::bench {

namespace {

using namespace std::chrono_literals;
using main::recording;
using main::watch;
using clock = std::chrono::steady_clock;

constexpr auto interval = 10s;
constexpr auto phase_time = interval + 1s;  ///< every target is polled in each
constexpr auto start_time_max = 120s;       ///< until each was polled
constexpr auto between_scrapes = 1s;
constexpr auto patience = start_time_max + phase_time;  ///< with a child's next word

// -- the daemon's inside, in a child --------------------------------------

struct equipment {
  std::size_t targets;
  bool log = false;
  std::string record;  ///< a directory; empty: none
};

class crowd {
 public:
  explicit crowd(const equipment& e)
      : system_(configured(config_, loop_)),
        control_(system_, client_, secrets_, {}, time_point{}),
        pulse_(loop_.io()),
        watch_(watch_loop_, {"127.0.0.1", 0}, bounds::server_connections_max, metrics_,
               control_.health(), {[](const std::string&) { std::_Exit(0); }, [] {}}) {
    control_.subscribe("telemetry", [this](const event& x) { counters_.apply(x); });
    if (e.log)
      control_.subscribe("logger", [this](const event& x) {
        for (const auto& line : lines_.tell(x)) main::log(line.level, line.text, &x);
      });
    if (!e.record.empty()) {
      spec::record_spec o;
      o.dir = e.record;
      recording_ = std::make_unique<recording>(o, control_, metrics_);
    }
    control_.subscribe("lateness", [this](const event& x) {
      if (const auto* seen = x.as<status_observed>())
        late_.push_back(std::chrono::duration<double, std::milli>(seen->late_by).count());
    });
    watch_.start();
    beat();
  }

  void add(const std::string& url, std::size_t targets) {
    std::vector<target_ptr> all;
    for (std::size_t i = 0; i < targets; ++i) {
      auto spec = test::app_spec(fmt::format("target-{}", i), url);
      spec.interval = interval;
      all.push_back(std::make_shared<const target_spec>(std::move(spec)));
    }
    control_.start(all);
  }

  std::uint16_t port() const { return watch_.port(); }

  /// Polls for one phase, or until there were so many, and answers their number and
  /// percentiles as text.
  std::string measure(clock::duration time, std::size_t polls) {
    late_.clear();
    const auto end = clock::now() + time;
    while (late_.size() < polls && clock::now() < end) loop_.io().run_for(100ms);
    auto all = std::move(late_);
    late_ = {};
    if (all.empty()) return "0 0 0 0";
    std::ranges::sort(all);
    const auto at = [&](double q) {
      return all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))];
    };
    return fmt::format("{} {:.3f} {:.3f} {:.3f}", all.size(), at(0.5), at(0.99), at(1));
  }

 private:
  static caf::actor_system_config& configured(caf::actor_system_config& c,
                                              net::event_loop& loop) {
    actors::run_actors_on(c, loop);
    return c;
  }
  void beat() {
    const auto now = clock::now();
    control_.health().pulse(now.time_since_epoch().count());
    if (recording_) recording_->pulse(now);
    pulse_.expires_after(500ms);
    pulse_.async_wait([this](const auto& error) {
      if (!error) beat();
    });
  }

  net::event_loop loop_;
  net::asio::executor_work_guard<net::asio::io_context::executor_type> work_{
      loop_.io().get_executor()};
  telemetry::families metrics_;
  // Or there would be next to nothing to scrape.
  telemetry::from_events counters_{metrics_, "bench", spec::per_target_series::always};
  telemetry::log_lines lines_{log_level::info};
  net::pooled_client client_{loop_, {}};
  caf::actor_system_config config_;
  caf::actor_system system_;
  spec::secret_store secrets_;
  actors::control_loop control_;
  std::unique_ptr<recording> recording_;
  net::asio::steady_timer pulse_;
  net::event_loop watch_loop_;
  watch watch_;
  std::vector<double> late_;  // ms
};

void run_crowd(int fd, const equipment& e, const std::string& url, bool scraped) {
  ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
  if (e.log) main::start_log(log_level::info, main::log_format::text);
  crowd c{e};
  ::dprintf(fd, "%d\n", c.port());
  c.add(url, e.targets);
  constexpr auto any = std::numeric_limits<std::size_t>::max();
  ::dprintf(fd, "%s\n", c.measure(start_time_max, e.targets).c_str());
  ::dprintf(fd, "%s\n", c.measure(phase_time, any).c_str());
  if (scraped) ::dprintf(fd, "%s\n", c.measure(phase_time, any).c_str());
  std::_Exit(0);
}

// -- outside --------------------------------------------------------------

struct lateness {
  std::size_t polls = 0;
  double p50 = 0, p99 = 0, most = 0;  ///< ms
};

lateness parse(const std::string& line, std::size_t targets) {
  lateness l;
  if (std::sscanf(line.c_str(), "%zu %lf %lf %lf", &l.polls, &l.p50, &l.p99, &l.most) !=
          4 ||
      l.polls < targets / 2)
    throw std::runtime_error(
        fmt::format("nothing was measured: '{}' of {} targets", line, targets));
  return l;
}

/// The length of a scrape, read to its end.
std::size_t scrape(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::size_t bytes = 0;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
    constexpr std::string_view get = "GET /metrics HTTP/1.0\r\n\r\n";
    ::send(fd, get.data(), get.size(), MSG_NOSIGNAL);
    std::vector<char> part(1 << 20);
    for (ssize_t n = 0; (n = ::recv(fd, part.data(), part.size(), 0)) > 0;)
      bytes += static_cast<std::size_t>(n);
  }
  ::close(fd);
  return bytes;
}

struct scrapes {
  int count = 0;
  std::size_t bytes = 0;
  double seconds = 0;
};

scrapes scrape_for(std::chrono::seconds time, std::uint16_t port) {
  scrapes all;
  const auto end = clock::now() + time;
  while (clock::now() < end) {
    const auto begin = clock::now();
    all.bytes = scrape(port);
    all.seconds += std::chrono::duration<double>(clock::now() - begin).count();
    ++all.count;
    std::this_thread::sleep_for(between_scrapes);
  }
  return all;
}

class server {
 public:
  server()
      : process_([](int fd) {
          net::event_loop loop;
          net::server_options o;
          o.connections_max = 5000;
          const net::http_server s{
              loop, o, [](net::server_request&&, net::responder answer) {
                answer.send({200,
                             "application/json",
                             R"({"cpu":{"highPriority":0.80},"replicas":10})",
                             {}});
              }};
          ::dprintf(fd, "%d\n", s.port());
          loop.io().run();
        }),
        url_("http://127.0.0.1:" + process_.read_line()) {}
  const std::string& url() const { return url_; }

 private:
  background process_;
  std::string url_;
};

void report(results& out, const std::string& name, const lateness& l,
            const std::string& reference = {}, const lateness& base = {}) {
  const auto row = [&](const char* which, double value, double against,
                       const char* unit = "ms") {
    out.push_back(
        {name + "/" + which, value, unit, reference, against > 0 ? value / against : 0});
  };
  // Where half of the polls began when they were due there is nothing to compare.
  if (l.p50 > 0 && (reference.empty() || base.p50 > 0)) row("p50", l.p50, base.p50);
  row("p99", l.p99, base.p99);
  row("max", l.most, base.most);
  // A loop that is too slow polls less often; of those polls the lateness says little.
  row("polls", static_cast<double>(l.polls), static_cast<double>(base.polls), "polls");
}

}  // namespace

void measure_lateness(results& out, std::size_t targets) {
  const server s;
  const auto run = [&](const equipment& e, bool scraped, scrapes& seen) {
    background child{[&](int fd) { run_crowd(fd, e, s.url(), scraped); }};
    const auto port =
        static_cast<std::uint16_t>(std::atoi(child.read_line(patience).c_str()));
    std::vector<lateness> phases;
    for (int i = 0; i < 2; ++i)
      phases.push_back(parse(child.read_line(patience), targets));
    if (scraped) {
      seen = scrape_for(phase_time - 1s, port);
      phases.push_back(parse(child.read_line(patience), targets));
    }
    return phases;
  };
  scrapes seen;
  const auto plain = run({targets, false, {}}, true, seen);
  if (seen.count == 0 || seen.bytes < targets * 100)
    throw std::runtime_error("nothing was measured: no scrape was whole");
  const auto logged = run({targets, true, {}}, false, seen);
  const auto directory = std::filesystem::temp_directory_path() /
                         fmt::format("scaleit-lateness-{}", ::getpid());
  const auto recorded = run({targets, false, directory.string()}, false, seen);
  std::filesystem::remove_all(directory);
  report(out, "lateness/start", plain[0]);
  report(out, "lateness/start, log", logged[0], "start", plain[0]);
  report(out, "lateness/start, record", recorded[0], "start", plain[0]);
  report(out, "lateness/steady", plain[1]);
  report(out, "lateness/steady, scrapes", plain[2], "steady", plain[1]);
  report(out, "lateness/steady, log", logged[1], "steady", plain[1]);
  report(out, "lateness/steady, record", recorded[1], "steady", plain[1]);
  out.push_back({"scrape/time", seen.seconds / seen.count * 1000, "ms", "", 0});
  out.push_back({"scrape/size", static_cast<double>(seen.bytes) / 1e6, "MB", "", 0});
}

}  // namespace scaleit::bench
