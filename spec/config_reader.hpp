// From the text of a config file, or of one TargetSpec, to what it says, and all that is
// wrong with it at once.
//
// What holds on the machine that the settings are for, its files and variables, is asked
// of `surroundings`, which tests and callers may leave out.
#pragma once

#include "messages/target_spec.hpp"
#include "spec/config_spec.hpp"
#include "spec/problems.hpp"
#include "spec/secrets.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::spec {

struct secret_answer {
  std::optional<std::string> value;  ///< none: left as it stands
  std::string problem;               ///< a sentence, or empty
  bool warning = false;              ///< the problem is not an error
};

/// Each answers what is wrong there. One that is not there checks nothing.
struct surroundings {
  std::function<std::optional<secret_answer>(const std::string&)> token_file;
  std::function<secret_answer(const secret_reference&)> secret;
};

struct read_options {
  /// name, app, status and scale may be absent: only what is decided matters.
  bool policy_only = false;
  /// Unknown keys are passed over: the text is of a newer version, not a typing mistake.
  bool recorded = false;
  spec::surroundings surroundings{};
};

struct config {
  config_spec settings;
  std::vector<target_spec> targets;  ///< of those with errors, what could be read
};

/// A file with `targets`, or a TargetSpec alone. Never throws because of the text.
config read_config(std::string_view text, const read_options& options,
                   problem_list& problems);

/// One complete TargetSpec; `path` is put before each problem's own.
target_spec read_spec(const document_ptr& spec, const read_options& options,
                      problem_list& problems, std::string_view path = {});

}  // namespace scaleit::spec
