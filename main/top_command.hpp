// `scaleit top`: a live table of what a daemon scales.
#pragma once

#include "main/api_address.hpp"

#include <string>

namespace CLI {
class App;
}

namespace scaleit::main {

struct top_options {
  api_options api;
  std::string prefix;
  std::string sort = "health";
  std::string interval = "2s";
  bool once = false;
};

CLI::App* add_top_command(CLI::App& root, top_options& options);
int run_top(const top_options& options);

}  // namespace scaleit::main
