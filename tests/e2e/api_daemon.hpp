// A daemon of the real binary that has no targets but those that its API makes, unless
// its file is written.
#pragma once

#include "tests/e2e/running.hpp"

#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace scaleit::e2e {

inline const std::string as_json = "Content-Type: application/json\r\n";

inline std::string spec(std::uint16_t port, const std::string& more = "") {
  return R"({"app":"http://127.0.0.1:)" + std::to_string(port) +
         R"(","interval":"100ms","metrics":[{"name":"cpu","value":"/cpu/highPriority","target":0.8}])" +
         more + "}";
}

class api_daemon {
 public:
  explicit api_daemon(std::vector<std::string> more = {}) : more_(std::move(more)) {
    start();
  }

  void start() {
    auto arguments = more_;
    arguments.insert(arguments.end(), {"--config", file_});
    daemon_.emplace(scaler_options{.arguments = arguments});
    test::eventually([&] { return (port_ = daemon_->api_port()) != 0; });
  }
  /// Without a chance to tidy up.
  void kill() {
    daemon_->process().signal(SIGKILL);
    daemon_->ended();
    daemon_.reset();
  }
  void write_file(const std::string& text) { directory_.write("scaleit.yaml", text); }
  scaler& daemon() { return *daemon_; }
  std::uint16_t port() const { return port_; }

  test::probe_answer ask(const std::string& method, const std::string& path,
                         const std::string& headers = "",
                         const std::string& body = "") const {
    return test::request(method, port_, "/api/v1" + path, headers, body);
  }
  test::probe_answer put(const std::string& name, const std::string& body,
                         const std::string& headers = "") const {
    return ask("PUT", "/targets/" + name, as_json + headers, body);
  }
  std::string target(const std::string& name) const {
    return ask("GET", "/targets/" + name).body;
  }

 private:
  test::temporary_directory directory_;
  std::string file_ = directory_.write("scaleit.yaml", "targets: []\n");
  std::vector<std::string> more_;
  std::optional<scaler> daemon_;
  std::uint16_t port_ = 0;
};

}  // namespace scaleit::e2e
