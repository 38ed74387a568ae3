// `scaleit check`: is this config file right? `scaleit schema`: what may it say?
#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace scaleit::main {

struct check_options {
  std::string file;
  std::optional<std::string> env_file;
};

CLI::App* add_check_command(CLI::App& root, check_options& options);
/// Throws input_error; otherwise answers the exit code.
int run_check(const check_options& options);

struct schema_options {
  bool events = false;  ///< of events, not of config files
};

CLI::App* add_schema_command(CLI::App& root, schema_options& options);
int run_schema(const schema_options& options);

}  // namespace scaleit::main
