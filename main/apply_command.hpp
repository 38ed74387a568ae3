// `scaleit targets apply`: makes the daemon's targets what files say.
#pragma once

#include "main/api_address.hpp"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace scaleit::main {

struct apply_options {
  api_options api;
  std::vector<std::string> files;
  bool dry_run = false;
  bool prune = false;
  bool yes = false;  ///< nobody is asked
};

CLI::App* add_apply_command(CLI::App& targets, apply_options& options);
int run_apply(const apply_options& options);

}  // namespace scaleit::main
