// The config file: found, read and checked. What it says of secrets stays as it stands:
// they are looked up here only to see whether they can be had.
#pragma once

#include "spec/config_reader.hpp"
#include "spec/environment.hpp"
#include "spec/secret_store.hpp"

#include <string>
#include <vector>

namespace scaleit::spec {

enum class config_use {
  check,     ///< a secret's variable that is not set is a warning; its files are not read
  run,       ///< a secret that cannot be had is an error
  remote,    ///< likewise, and whoever sends it chooses the file: no pipe is waited for
  policy,    ///< for replay and explain: name, app, status and scale may be absent, and
             ///< secrets do not matter
  recorded,  ///< likewise, and keys of a newer version are passed over
};

struct loaded_config {
  std::string file;  ///< as it was given
  config content{};  ///< to be used only without errors
  problem_list problems{};

  bool good() const { return !problems.errors(); }
};

/// Reads `file`, or standard input if that is `-`. Everything that is wrong with what it
/// says is in `problems`; throws input_error if it cannot be read at all.
loaded_config load_config(const std::string& file, config_use use, secret_store& secrets);
inline loaded_config load_config(const std::string& file, config_use use) {
  secret_store none;
  return load_config(file, use, none);
}

/// The same, of a text.
loaded_config read_config_text(std::string_view text, const std::string& name,
                               config_use use, secret_store& secrets);
inline loaded_config read_config_text(std::string_view text, const std::string& name,
                                      config_use use,
                                      const environment& env = environment{}) {
  secret_store secrets{env};
  return read_config_text(text, name, use, secrets);
}

/// One TargetSpec that is to run, or not only to be looked at; `problems` has all that is
/// wrong with it.
target_spec read_target(const document_ptr& spec, config_use use, secret_store& secrets,
                        problem_list& problems);

/// One line each, as standard error is to show them.
std::vector<std::string> told(const loaded_config& c);

/// The same of a good one, for a log, which says itself that they are warnings.
std::vector<std::string> warnings_to_log(const loaded_config& c);

/// For a command that needs all of it to be right: throws bad_config if it is not.
const config& require_good(const loaded_config& c);

/// What is wrong, a line each.
struct bad_config {
  std::vector<std::string> lines;
};

}  // namespace scaleit::spec
