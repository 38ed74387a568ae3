// `scaleit events`: what happens, as it happens or as it was recorded.
#pragma once

#include "main/api_address.hpp"

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace scaleit::main {

struct events_options {
  api_options api;
  std::vector<std::string> targets;
  std::vector<std::string> types;
  std::optional<std::string> record;
  std::optional<std::string> after;
  std::optional<std::string> output;
  bool follow = false;
};

CLI::App* add_events_command(CLI::App& root, events_options& options);
int run_events(const events_options& options);

}  // namespace scaleit::main
