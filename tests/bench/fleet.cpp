// Many targets: how late their polls are, what one costs, and how long a start, a change
// and a stop take; with the real daemon, and once more while it is scraped.
#include "tests/bench/bench.hpp"
#include "tests/bench/child.hpp"
#include "tests/bench/fleet_api.hpp"
#include "tests/bench/fleet_daemon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace scaleit::bench {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct fleet_size {
  std::size_t targets;
  std::chrono::milliseconds interval;
};
constexpr std::array sizes{fleet_size{100, 1s}, fleet_size{1000, 1s},
                           fleet_size{10'000, 1s}, fleet_size{50'000, 5s}};
constexpr auto intervals_measured = 3;  ///< or this long, if it is longer
constexpr auto measured_min = 10s;
constexpr auto between_scrapes = 1s;
constexpr std::size_t event_clients = 10;
constexpr std::size_t api_connections = 4;
constexpr std::size_t adds = 2000;  ///< new targets
constexpr std::size_t pushes = 2000;
constexpr const char* crowded = ", with clients";  ///< who scrape and follow events
constexpr const char* lateness = "scaleit_poll_lateness_seconds";

double seconds_of(const std::function<void()>& work) {
  const auto begin = clock::now();
  work();
  return std::chrono::duration<double>(clock::now() - begin).count();
}

/// Time of all cores so far that was not idle, in seconds (proc_stat(5)).
double machine_seconds() {
  std::ifstream stat{"/proc/stat"};
  std::string cpu;
  stat >> cpu;
  double busy = 0, x = 0;
  for (int i = 0; i < 8 && stat >> x; ++i)
    if (i != 3 && i != 4) busy += x;  // idle, waiting for a disk
  return busy / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// Says so when others took a part of the machine, since figures are worth less then.
class bystanders {
 public:
  explicit bystanders(std::function<double()> ours)
      : ours_(std::move(ours)),
        begin_(clock::now()),
        before_(machine_seconds() - ours_()) {}
  void tell(const std::string& name) const {
    const std::chrono::duration<double> took = clock::now() - begin_;
    const auto share = (machine_seconds() - ours_() - before_) / took.count();
    if (share > 0.1)
      fmt::print("{}: the machine was busy: others took {:.0f} % of a core\n", name,
                 share * 100);
  }

 private:
  std::function<double()> ours_;
  clock::time_point begin_;
  double before_;
};

/// Asks for /metrics once a second, beside what is measured.
class scraper {
 public:
  explicit scraper(const fleet_daemon& d)
      : thread_{[this, &d] {
          while (!ended_) {
            const auto begin = clock::now();
            bytes_ = d.scrape_bytes();
            if (bytes_ > 0) ++whole_;
            took_ += std::chrono::duration<double>(clock::now() - begin).count();
            for (; !ended_ && clock::now() < begin + between_scrapes;)
              std::this_thread::sleep_for(10ms);
          }
        }} {}
  ~scraper() { end(); }
  void end() {
    ended_ = true;
    if (thread_.joinable()) thread_.join();
  }
  void report(results& out, const std::string& name) const {
    out.push_back({name + "/scrape", took_ / std::max(whole_, 1) * 1000, "ms", "", 0,
                   static_cast<std::uint64_t>(whole_), 5});
    out.push_back(
        {name + "/scrape size", static_cast<double>(bytes_) / 1e6, "MB", "", 0});
  }

 private:
  std::atomic<bool> ended_{false};
  int whole_ = 0;
  std::size_t bytes_ = 0;
  double took_ = 0;
  std::thread thread_;
};

/// What others are compared with.
struct yardsticks {
  double wrk_us = 0;     ///< CPU per request over a hundred connections
  double few_us = 0;     ///< CPU per loop of a hundred targets
  double empty_rss = 0;  ///< of a daemon with one target
};

double wrk_us_per_request(std::uint16_t port) {
  const auto out = run(std::vector<std::string>{
      "wrk", "-t1", "-c100", "-d3s",
      fmt::format("http://127.0.0.1:{}/apps/0/app/status", port)});
  const auto at = out.output.find(" requests in ");
  if (at == std::string::npos) return 0;
  const auto line = out.output.rfind('\n', at) + 1;
  return out.cpu_seconds * 1e6 / std::stod(out.output.substr(line, at - line));
}

class fleet {
 public:
  fleet(results& out, yardsticks& against, fleet_size size)
      : out_(out),
        against_(against),
        size_(size),
        name_(fmt::format("fleet/{}", size.targets)) {}

  void measure() {
    const fleet_applications applications{size_.targets};
    against_.wrk_us = wrk_us_per_request(applications.port());
    report("wrk", against_.wrk_us, "us CPU");
    fleet_daemon d{size_.targets, size_.interval, applications.port()};
    report("start", seconds_of([&] { d.await_ready(); }), "s");
    const auto ours = [&] { return applications.cpu_seconds() + d.cpu_seconds(); };
    d.await_polled();
    watch(d, name_, ours);
    memory(d);
    use_api(d, applications.port(), name_);
    {
      scraper s{d};
      const event_followers followers{d.api_port(), event_clients};
      watch(d, name_ + crowded, ours);
      use_api(d, applications.port(), name_ + crowded);
      s.end();
      s.report(out_, name_);
      report("events", static_cast<double>(followers.bytes()) / 1e6, "MB followed");
    }
    const auto before = d.scrape();
    report("reload", seconds_of([&] { d.change_one(); }), "s");
    report("reload/lateness", d.scrape().most(lateness, before) * 1000, "ms at most");
    report("stop", seconds_of([&] { d.stop(); }), "s");
  }

 private:
  void report(const std::string& what, double value, const char* unit) {
    out_.push_back({name_ + "/" + what, value, unit, "", 0});
  }

  /// A whole number of intervals, so that each target counts alike.
  std::chrono::milliseconds measured() const {
    const auto enough = (measured_min + size_.interval - 1ms) / size_.interval;
    return size_.interval * std::max<std::int64_t>(enough, intervals_measured);
  }

  void watch(fleet_daemon& d, const std::string& name,
             const std::function<double()>& ours) {
    const bystanders others{ours};
    const auto before = d.scrape();
    const auto cpu = d.cpu_seconds();
    std::this_thread::sleep_for(measured());
    const auto used = d.cpu_seconds() - cpu;
    const auto after = d.scrape();
    const auto loops = after.value("autoscaler_heartbeat_total") -
                       before.value("autoscaler_heartbeat_total");
    const auto samples = static_cast<std::uint64_t>(loops);
    const std::uint64_t enough = size_.targets;  // of several times as many
    const auto us = used * 1e6 / loops;
    out_.push_back({name + "/cpu per loop", us, "us CPU", "wrk", us / against_.wrk_us,
                    samples, enough});
    if (against_.few_us == 0)
      against_.few_us = us;
    else
      out_.push_back({name + "/cpu per loop of 100", us, "us CPU", "100 targets",
                      us / against_.few_us, samples, enough});
    for (const auto& [which, q] :
         {std::pair{"p50", 0.5}, std::pair{"p99", 0.99}, std::pair{"p99.9", 0.999}})
      out_.push_back({name + "/lateness " + which,
                      after.quantile(lateness, q, before) * 1000, "ms", "", 0, samples,
                      enough});
    others.tell(name);
  }

  /// New targets, and reports for one of them; both leave the others as they are.
  void use_api(const fleet_daemon& d, std::uint16_t applications,
               const std::string& name) {
    const auto first = added_;
    added_ += adds;
    const auto path = [&](std::size_t i) {
      return fmt::format("/api/v1/targets/added-{}", first + i);
    };
    const auto put = call(d.api_port(), api_connections, adds, [&](std::size_t i) {
      return api_request{
          "PUT", path(i),
          fmt::format(
              R"({{"app":"http://127.0.0.1:{}/apps/{}","interval":"10m",)"
              R"("metrics":[{{"name":"cpu","value":"/cpu/highPriority","target":0.8}}]}})",
              applications, i % size_.targets)};
    });
    const auto push = [&](std::size_t i) {
      return api_request{"POST", path(i % adds) + "/status",
                         R"({"cpu":{"highPriority":0.8},"replicas":10})"};
    };
    const auto alone = call(d.api_port(), 1, pushes, push);
    const auto pushed = call(d.api_port(), api_connections, pushes, push);
    const auto row = [&](const char* what, double value, const char* unit,
                         const api_calls& of) {
      out_.push_back({name + what, value, unit, "", 0, of.us.size(), pushes / 2});
    };
    row("/adds", put.per_second(), "a second", put);
    row("/pushes", pushed.per_second(), "a second", pushed);
    row("/push", alone.median_us(), "us, median", alone);
  }

  void memory(const fleet_daemon& d) {
    const auto each =
        (d.resident_bytes() - against_.empty_rss) / static_cast<double>(size_.targets);
    report("memory", each, "bytes/target");
    report("connections", d.scrape().value("scaleit_connections"), "open");
  }

  results& out_;
  yardsticks& against_;
  const fleet_size size_;
  const std::string name_;
  std::size_t added_ = 0;  ///< targets, through the API
};

double resident_with_one_target() {
  const fleet_applications applications{1};
  fleet_daemon d{1, 1s, applications.port()};
  d.await_ready();
  d.await_polled();
  const auto bytes = d.resident_bytes();
  d.stop();
  return bytes;
}

}  // namespace

void measure_fleet(results& out) {
  yardsticks against;
  against.empty_rss = resident_with_one_target();
  for (const auto& size : sizes) fleet{out, against, size}.measure();
}

}  // namespace scaleit::bench
