// `scaleit targets`: what a running daemon scales, seen and changed from a shell.
#pragma once

#include "main/api_address.hpp"
#include "main/apply_command.hpp"

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace scaleit::main {

struct targets_options {
  api_options api;
  apply_options apply;
  std::vector<std::string> names;
  std::string prefix, health;
  std::string output = "table";
  bool scale_in = false, scale_out = false;
  bool ignore_not_found = false;
  CLI::App* list = nullptr;
  CLI::App* get = nullptr;
  CLI::App* apply_command = nullptr;
  CLI::App* remove = nullptr;
  CLI::App* pause = nullptr;
  CLI::App* resume = nullptr;
};

CLI::App* add_targets_command(CLI::App& root, targets_options& options);
int run_targets(const targets_options& options);

struct reload_options {
  api_options api;
};

CLI::App* add_reload_command(CLI::App& root, reload_options& options);
int run_reload(const reload_options& options);

}  // namespace scaleit::main
