// `scaleit replay`: a record through the decider again, on the recorded clock.
#pragma once

#include "messages/target_spec.hpp"
#include "messages/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace scaleit::main {

/// As given on the command line; run_replay() checks what is text.
struct replay_options {
  std::string record;  ///< a directory, a file, or `-`
  std::optional<std::string> spec;
  std::optional<std::string> from;
  std::string output = "table";
};

/// Adds the command and binds its options to `options`.
CLI::App* add_replay_command(CLI::App& root, replay_options& options);

/// 0: every decision is as recorded, or nothing was; 1: one differs. Throws input_error.
int run_replay(const replay_options& options);

/// RFC 3339; without an offset it is UTC, without a time midnight. Throws input_error
/// that names `option`.
time_point parse_time_option(std::string_view option, const std::string& text);

/// The spec that an event tells; null, and a complaint, if it cannot be used.
target_ptr recorded_or_complain(std::string_view target, const std::string& json);

}  // namespace scaleit::main
