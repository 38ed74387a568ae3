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

CLI::App* add_schema_command(CLI::App& root);
int run_schema();

}  // namespace scaleit::main
