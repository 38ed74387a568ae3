// One file of the state folder as text: what is kept under a name, with a hash over it,
// so that damage does not pass for settings.
//
// Pure: state_folder.hpp puts it on the disk.
#pragma once

#include "actors/catalog.hpp"
#include "messages/target_spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace scaleit::api {

/// What is kept under one name.
struct kept_target {
  target_ptr spec{};             ///< that the API wants; null: none
  actors::operator_hold hold{};  ///< also of a name whose spec is another origin's
  bool empty() const { return !spec && !hold.any(); }
};

/// From now on this is kept under the name; empty: nothing.
struct state_change {
  std::string name;
  kept_target what;
};

/// Half a sentence on why the spec cannot be kept: a credential in clear text, with its
/// path. It would stand in a file, or be lost. None: it can.
std::optional<std::string> unkeepable(const target_spec& spec);

/// The file of a target's name: `NAME.json`; of a long one its beginning and a hash, as
/// the name may be as long as a file's is allowed to be.
std::string state_file_of(std::string_view name);
/// Whether it can be a file of state_file_of().
bool is_state_file(std::string_view file);

/// JSON on one line. References stand as they are.
std::string state_text(const state_change& c);

/// What stands in `file`, or half a sentence on why that is no good.
std::variant<state_change, std::string> read_state(std::string_view text,
                                                   std::string_view file);

}  // namespace scaleit::api
