// A fleet to measure: the real daemon with a config file of so many targets, and the
// sample application that plays all of them, each a process of its own.
#pragma once

#include "tests/support/process.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace scaleit::bench {

/// Values of /metrics by series, as they are written there.
class scraped {
 public:
  scraped() = default;
  explicit scraped(const std::string& text);

  /// Of all series of the family, or of the one with those labels; 0: there is none.
  double value(const std::string& name, const std::string& labels = {}) const;
  /// A quantile of what a histogram has seen since `before`, as Prometheus works it out.
  double quantile(const std::string& name, double q, const scraped& before) const;
  /// What nothing that it has seen since `before` is above.
  double most(const std::string& name, const scraped& before) const;

 private:
  std::map<double, double> buckets(const std::string& name, const scraped& before) const;

  std::map<std::string, double> values_;
};

/// `scaleit app --count N`: all applications of a fleet.
class fleet_applications {
 public:
  explicit fleet_applications(std::size_t count);
  std::uint16_t port() const { return port_; }
  double cpu_seconds() const;

 private:
  std::unique_ptr<test::process> process_;
  std::uint16_t port_ = 0;
};

class fleet_daemon {
 public:
  /// Started, and not yet ready.
  fleet_daemon(std::size_t targets, std::chrono::milliseconds interval,
               std::uint16_t applications);

  /// Waits until /readyz says so; throws when it never does.
  void await_ready();
  /// Waits until each target was polled and decided on.
  void await_polled();
  scraped scrape() const;
  std::size_t scrape_bytes() const;

  /// One target of the file becomes another, and is in use when this returns.
  void change_one();
  /// SIGTERM, and its end.
  void stop();

  std::uint16_t api_port() const { return api_port_; }
  double cpu_seconds() const;
  double resident_bytes() const;

 private:
  std::string config(const std::string& first) const;
  void write(const std::string& text) const;

  const std::size_t targets_;
  const std::chrono::milliseconds interval_;
  const std::uint16_t applications_;
  int changes_ = 0;
  test::temporary_directory directory_;
  std::unique_ptr<test::process> process_;
  std::uint16_t port_ = 0;
  std::uint16_t api_port_ = 0;
};

}  // namespace scaleit::bench
