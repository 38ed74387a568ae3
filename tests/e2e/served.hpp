// A daemon with an API, and the commands that ask it, as a person types them.
#pragma once

#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"

#include <string>
#include <vector>

namespace scaleit::e2e {

class served {
 public:
  /// `targets`: YAML below `targets:` of its config file.
  explicit served(const std::string& targets = "[]",
                  std::vector<std::string> arguments = {},
                  const std::string& listen = "127.0.0.1:0")
      : config_(directory_.write("scaleit.yaml", "targets: " + targets + "\n")),
        daemon_({{}, with(config_, listen, std::move(arguments))}) {
    test::eventually([&] { return !url().empty(); });
  }

  /// Of the API; empty as long as it is not there.
  std::string url() const {
    const auto log = daemon_.log();
    constexpr std::string_view before = "API on ";
    const auto at = log.find(before);
    const auto end = log.find('\n', at);
    if (at == std::string::npos || end == std::string::npos) return {};
    const auto url = log.substr(at + before.size(), end - at - before.size());
    return url.substr(0, url.find("/api/v1"));
  }

  result ask(std::vector<std::string> arguments) const {
    return run(arguments, {{"SCALEIT_API", url()}}, directory_.path());
  }
  /// A shell's commands, `$SCALEIT` being the binary.
  result ask_shell(const std::string& commands) const {
    return shell(commands, {{"SCALEIT_API", url()}}, directory_.path());
  }

  std::string write(const std::string& name, const std::string& text) const {
    return directory_.write(name, text);
  }
  scaler& daemon() { return daemon_; }

 private:
  static std::vector<std::string> with(const std::string& config,
                                       const std::string& listen,
                                       std::vector<std::string> more) {
    std::vector<std::string> all{"--config", config, "--api-listen", listen};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  test::temporary_directory directory_;
  std::string config_;
  scaler daemon_;
};

/// A target that polls the application ten times a second, or so often.
inline std::string spec_of(const std::string& name, std::uint16_t port, int max = 100,
                           const std::string& interval = "100ms") {
  return "name: " + name + "\napp: http://127.0.0.1:" + std::to_string(port) +
         "\ninterval: " + interval + "\nmaxReplicas: " + std::to_string(max) +
         "\nmetrics: [{name: cpu, value: /cpu/highPriority, target: 0.8}]\n";
}

}  // namespace scaleit::e2e
