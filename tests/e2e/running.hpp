// The two commands as processes: what a user types, and what can be seen from
// outside.
#pragma once

#include "tests/support/http_probe.hpp"
#include "tests/support/process.hpp"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace scaleit::e2e {

/// Samples of one scrape, by their text up to the value: `name{label="value"}`.
class scrape {
 public:
  explicit scrape(const std::string& exposition);
  /// The sum of all samples of that name that carry all these labels (`method="get"`);
  /// -1 when there is none.
  double value(const std::string& name,
               std::initializer_list<const char*> labels = {}) const;
  const std::map<std::string, double>& samples() const { return samples_; }

  double failures(const char* method) const;
  double heartbeat() const { return value("autoscaler_heartbeat_total"); }

 private:
  std::map<std::string, double> samples_;
};

/// The environment of a daemon that polls `port` on 127.0.0.1 ten times a second.
std::map<std::string, std::string> fast_environment(std::uint16_t port);

struct scaler_options {
  std::map<std::string, std::string> environment = {};
  std::vector<std::string> arguments = {};
  test::stderr_to errors = test::stderr_to::file;
  /// A shell's commands in whose process the daemon then runs: `ulimit -n 64`.
  std::string before = {};
};

/// `scaleit run` on a free metrics port. Throws when it does not come up. Records itself,
/// unless told where; at the end the record must be whole, however the daemon ended.
class scaler {
 public:
  explicit scaler(const scaler_options& o);
  explicit scaler(std::uint16_t application) : scaler({fast_environment(application)}) {}
  ~scaler();
  scaler(const scaler&) = delete;
  scaler& operator=(const scaler&) = delete;

  std::uint16_t port() const { return port_; }
  std::uint16_t api_port() const;
  scrape metrics() const { return scrape{test::get(port_, "/metrics").body}; }
  std::string log() const { return process_->err(); }
  test::process& process() { return *process_; }
  /// Sends the signal; the exit code, if it ended within the time.
  std::optional<int> stop(int signal,
                          std::chrono::milliseconds within = std::chrono::seconds{3}) {
    process_->signal(signal);
    return ended(within);
  }
  /// The same, without a signal.
  std::optional<int> ended(std::chrono::milliseconds within = std::chrono::seconds{3}) {
    return process_->wait(within);
  }

 private:
  void check_record() const;

  test::temporary_directory directory_;
  std::string record_;  ///< empty: somewhere else, or nowhere
  std::unique_ptr<test::process> process_;
  std::uint16_t port_ = 0;
};

/// `scaleit app` on a free port.
class sample_application {
 public:
  explicit sample_application(const std::vector<std::string>& arguments);
  std::uint16_t port() const { return port_; }
  test::process& process() { return *process_; }

 private:
  test::temporary_directory directory_;
  std::unique_ptr<test::process> process_;
  std::uint16_t port_ = 0;
};

/// How a command ended that is expected to end by itself.
struct result {
  int code = -1;  ///< -1: it ran on, and was killed
  std::string out;
  std::string err;
};

result run(const std::vector<std::string>& arguments,
           const std::map<std::string, std::string>& environment = {},
           const std::filesystem::path& directory = "/");

/// The same of a shell's commands, to which `$SCALEIT` is the binary.
result shell(const std::string& commands,
             const std::map<std::string, std::string>& environment = {},
             const std::filesystem::path& directory = "/");

}  // namespace scaleit::e2e
