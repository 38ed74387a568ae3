// `scaleit run`: the daemon.
#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace scaleit::main {

struct run_options {
  std::optional<std::string> config;
  bool watch = true;
  std::optional<std::string> env_file;
  std::optional<std::string> metrics_listen;
  std::optional<std::string> api_listen;
  std::optional<std::string> token_file;
  std::optional<std::string> state;
  std::optional<std::string> ca_file;
  std::optional<std::string> record;
  std::string log_format = "text";
  std::optional<std::string> chaos;
};

/// Adds the command and binds its options to `options`.
CLI::App* add_run_command(CLI::App& root, run_options& options);

/// Throws input_error; otherwise answers the exit code.
int run_run(const run_options& options);

}  // namespace scaleit::main
