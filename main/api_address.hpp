// Where the daemon is that a command asks, and what it shows there: from options, or else
// from the environment.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace scaleit::main {

/// As given on the command line.
struct api_options {
  std::optional<std::string> api{};
  std::optional<std::string> token_file{};
  std::optional<std::string> ca_file{};
};

void add_api_options(CLI::App& command, api_options& options);

struct api_address {
  std::string shown;        ///< for sentences
  std::string base;         ///< what paths are put behind: no slash at its end
  std::string unix_socket;  ///< its path, or empty
  std::string token;        ///< never shown; empty: none
  std::string ca_file;      ///< empty: the system's roots
};

/// The value of a variable, or null.
using variable_lookup = std::function<const char*(const char*)>;

/// Throws input_error. An empty variable is as good as none.
api_address find_api(const api_options& options, const variable_lookup& variable);
/// In the environment of this process.
api_address find_api(const api_options& options);

}  // namespace scaleit::main
