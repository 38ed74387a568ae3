// `scaleit explain`: why a target has the replicas it has.
#pragma once

#include "main/api_address.hpp"

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace scaleit::main {

/// As given on the command line; run_explain() checks what is text.
struct explain_options {
  api_options api;
  std::string target;
  std::string output = "text";
  std::optional<std::string> record;
  std::optional<std::string> at;
  std::optional<std::string> spec;
};

/// Adds the command and binds its options to `options`.
CLI::App* add_explain_command(CLI::App& root, explain_options& options);

/// Throws input_error; otherwise answers the exit code.
int run_explain(const explain_options& options);

}  // namespace scaleit::main
