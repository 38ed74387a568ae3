#include "tests/bench/fleet_daemon.hpp"

#include "tests/bench/child.hpp"
#include "tests/support/http_probe.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace scaleit::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 60s;

/// The number behind `before` and the next colon; 0: it is not there yet.
std::uint16_t port_after(const std::string& before, const std::string& text) {
  auto at = text.find(before);
  if (at == std::string::npos) return 0;
  at = text.find(':', at + before.size());
  if (at == std::string::npos || text.find('\n', at) == std::string::npos) return 0;
  return static_cast<std::uint16_t>(std::atoi(text.c_str() + at + 1));
}

[[noreturn]] void fail(const std::string& what, const test::process& p) {
  const auto lines = test::lines_of(p.err());
  throw std::runtime_error{
      fmt::format("{}: {}", what, lines.empty() ? "it says nothing" : lines.back())};
}

}  // namespace

// -- metrics -------------------------------------------------------------

scraped::scraped(const std::string& text) {
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) {
    const auto mark = line.rfind(' ');
    if (line.empty() || line[0] == '#' || mark == std::string::npos) continue;
    values_[line.substr(0, mark)] = std::strtod(line.c_str() + mark + 1, nullptr);
  }
}

double scraped::value(const std::string& name, const std::string& labels) const {
  const auto series = labels.empty() ? name : name + '{' + labels + '}';
  double sum = 0;
  for (auto i = values_.lower_bound(series); i != values_.end(); ++i) {
    if (!i->first.starts_with(series)) break;
    if (i->first.size() == series.size() || i->first[series.size()] == '{')
      sum += i->second;
  }
  return sum;
}

std::map<double, double> scraped::buckets(const std::string& name,
                                          const scraped& before) const {
  const auto begin = name + "_bucket{le=\"";
  std::map<double, double> all;
  for (auto i = values_.lower_bound(begin); i != values_.end(); ++i) {
    if (!i->first.starts_with(begin)) break;
    const auto old = before.values_.find(i->first);
    all[std::strtod(i->first.c_str() + begin.size(), nullptr)] =
        i->second - (old == before.values_.end() ? 0 : old->second);
  }
  return all;
}

double scraped::quantile(const std::string& name, double q, const scraped& before) const {
  const auto all = buckets(name, before);
  if (all.empty() || all.rbegin()->second <= 0)
    return std::numeric_limits<double>::quiet_NaN();
  const double rank = q * all.rbegin()->second;
  double low = 0, below = 0;
  for (const auto& [high, count] : all) {
    if (count >= rank && count > below)
      return high == HUGE_VAL ? low
                              : low + (high - low) * (rank - below) / (count - below);
    low = high;
    below = count;
  }
  return low;
}

double scraped::most(const std::string& name, const scraped& before) const {
  const auto all = buckets(name, before);
  for (const auto& [high, count] : all)
    if (count >= all.rbegin()->second) return high;
  return std::numeric_limits<double>::quiet_NaN();
}

// -- applications --------------------------------------------------------

fleet_applications::fleet_applications(std::size_t count) {
  test::process_options o;
  // Its metric stays within the tolerance, so that a cycle is a poll and a decision.
  o.command = {SCALEIT_BINARY, "app",
               "--port",       "0",
               "--count",      fmt::format("{}", count),
               "--load",       "flat:rate=8",
               "--error-rate", "0"};
  process_ = std::make_unique<test::process>(o);
  const bool up = test::eventually(
      [&] {
        port_ = port_after("sample application at http://", process_->out());
        return port_ != 0 || !process_->running();
      },
      patience);
  if (!up || port_ == 0) fail("the applications do not start", *process_);
}

double fleet_applications::cpu_seconds() const { return cpu_seconds_of(process_->id()); }

// -- the daemon ----------------------------------------------------------

fleet_daemon::fleet_daemon(std::size_t targets, std::chrono::milliseconds interval,
                           std::uint16_t applications)
    : targets_(targets), interval_(interval), applications_(applications) {
  write(config("{}"));
  test::process_options o;
  o.command = {SCALEIT_BINARY,  "run",
               "--config",      (directory_.path() / "fleet.yaml").string(),
               "--watch=false", "--metrics-listen",
               "127.0.0.1:0",   "--api-listen",
               "127.0.0.1:0"};
  o.directory = directory_.path();
  process_ = std::make_unique<test::process>(o);
}

std::string fleet_daemon::config(const std::string& first) const {
  std::string text = fmt::format(
      "defaults:\n"
      "  interval: {}ms\n"
      "  tolerance: 0.2\n"
      "  metrics: [{{name: cpu, value: /cpu/highPriority, target: 0.8}}]\n"
      "targets:\n",
      interval_.count());
  auto out = std::back_inserter(text);
  for (std::size_t i = 0; i < targets_; ++i)
    fmt::format_to(
        out, "- {{name: target-{}, app: 'http://127.0.0.1:{}/apps/{}', status: {}}}\n", i,
        applications_, i, i == 0 ? first : "{}");
  return text;
}

/// Replaced as a whole, as editors do it.
void fleet_daemon::write(const std::string& text) const {
  const auto next = directory_.write("next.yaml", text);
  std::filesystem::rename(next, directory_.path() / "fleet.yaml");
}

void fleet_daemon::await_ready() {
  const bool ready = test::eventually(
      [&] {
        if (port_ == 0) port_ = port_after("metrics on http://", process_->err());
        return (port_ != 0 && test::get(port_, "/readyz").status == 200) ||
               !process_->running();
      },
      patience);
  if (!ready || !process_->running()) fail("the daemon is not ready", *process_);
  api_port_ = port_after("API on http://", process_->err());
}

void fleet_daemon::await_polled() {
  const auto all = static_cast<double>(targets_);
  if (!test::eventually(
          [&] {
            std::this_thread::sleep_for(100ms);
            return scrape().value("scaleit_targets", "health=\"ok\"") >= all;
          },
          patience))
    fail(fmt::format("of {} targets {} were polled", targets_,
                     scrape().value("scaleit_targets", "health=\"ok\"")),
         *process_);
}

scraped fleet_daemon::scrape() const {
  return scraped{test::get(port_, "/metrics").body};
}

std::size_t fleet_daemon::scrape_bytes() const {
  return test::get(port_, "/metrics").body.size();
}

void fleet_daemon::change_one() {
  write(config(fmt::format("{{timeout: {}ms}}", 2000 + ++changes_)));
  process_->signal(SIGHUP);
  const auto told =
      fmt::format(": 0 added, 1 changed, 0 removed, {} unchanged", targets_ - 1);
  const auto changes = static_cast<std::size_t>(changes_);
  if (!test::eventually([&] { return test::count_of(told, process_->err()) >= changes; },
                        patience))
    fail("the change is not in use", *process_);
}

void fleet_daemon::stop() {
  process_->signal(SIGTERM);
  const auto code = process_->wait(patience);
  if (code != 0)
    fail(fmt::format("the daemon ended with {}", code.value_or(-1)), *process_);
}

double fleet_daemon::cpu_seconds() const { return cpu_seconds_of(process_->id()); }

double fleet_daemon::resident_bytes() const {
  return static_cast<double>(process_->resident_bytes());
}

}  // namespace scaleit::bench
