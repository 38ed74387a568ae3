// What the config file said when it was last read and good, and what another look at it
// would change.
#pragma once

#include "actors/catalog.hpp"
#include "messages/target_spec.hpp"
#include "spec/config_spec.hpp"
#include "spec/environment.hpp"

#include <set>
#include <string>
#include <vector>

namespace scaleit::main {

/// A look at the file.
struct config_reading {
  std::vector<std::string> problems;  ///< a line each; not empty: nothing is to change
  std::vector<std::string> warnings;  ///< that were not told before
  actors::target_difference targets{};
  spec::auth_spec auth{};  ///< of a good one
};

class config_in_use {
 public:
  /// `targets`, in any order, and `settings` are what the daemon was started with;
  /// `warned` was told then.
  config_in_use(std::string file, spec::config_spec settings,
                std::vector<target_ptr> targets, spec::environment env,
                const std::vector<std::string>& warned);

  const std::string& file() const { return file_; }
  /// From now on what was read is in use, if it is good. Takes as long as the file is
  /// large: seconds for tens of thousands of targets.
  config_reading read_again();
  /// They were refused, and are asked for again by the next look.
  void not_taken(const std::set<std::string>& names);

 private:
  const std::string file_;
  const spec::config_spec settings_;
  std::vector<target_ptr> targets_;  ///< in the order of their names
  const spec::environment env_;
  std::set<std::string> warned_;
};

/// The settings that differ and that a running daemon does not change, by name.
std::vector<std::string> fixed_settings(const spec::config_spec& a,
                                        const spec::config_spec& b);

}  // namespace scaleit::main
