// What was made through the API, and the operator's holds, on the disk: a folder with one
// file for each target's name.
//
// What is written is there before anybody is told: a temporary file, fsync, rename, fsync
// of the folder. Whatever fails, what was there before is there after. One process has
// the folder; its calls block on the disk, so a state_writer makes them on a thread of
// its own. docs/reference/state.md describes the files.
#pragma once

#include "actors/catalog.hpp"
#include "messages/target_spec.hpp"
#include "record/posix_file.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

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

/// What was found at the start.
struct restored_state {
  std::map<std::string, kept_target, std::less<>> targets;
  std::vector<std::string> set_aside;  ///< a line for each file that is no good
};

/// Half a sentence on why the spec cannot be kept: a credential in clear text, with its
/// path. It would be written into a file, or be lost. None: it can.
std::optional<std::string> unkeepable(const target_spec& spec);

class state_folder {
 public:
  /// What tests make fail: asked before each step, by its name ("create", "write",
  /// "sync", "rename", "remove", "sync folder").
  using faults = std::function<std::error_code(std::string_view step)>;

  /// Makes the folder, or takes the one that is there, and locks it. Throws
  /// spec::input_error, one line, when it cannot be used or another daemon has it.
  explicit state_folder(std::string directory, faults f = {});

  const std::string& directory() const { return directory_; }

  /// Reads all of it. A file that is no good is renamed, told, and never deleted; what a
  /// crash has left half written is removed.
  restored_state load();

  /// Writes changes of different names together: on the disk when it returns. For each,
  /// why it was not made, and then nothing of it was.
  std::vector<std::optional<std::string>> write(std::span<const state_change> changes);

 private:
  struct step;
  std::error_code ask(std::string_view what) const;
  void lock();
  void probe();
  void read_file(const std::string& file, restored_state& out);
  void set_aside(const std::string& file, const std::string& why, restored_state& out);
  std::error_code rename_aside(const std::string& file, std::string& to) const;
  std::string why_not(const state_change& c, std::string& text);
  std::error_code prepare(step& s, const std::string& text);
  std::error_code put_in_place(step& s);
  std::error_code sync_folder() const;
  void undo(step& s) const;
  void clean(step& s) const;
  std::filesystem::path path_of(std::string_view file) const;
  std::string temporary_name();

  std::string directory_;
  std::filesystem::path targets_;
  faults faults_;
  record::posix_file lock_;
  std::set<std::string> stuck_;  // damaged, and could not be renamed
  std::uint64_t temporaries_ = 0;
};

/// The file of a target's name: `NAME.json`; of a long one its beginning and a hash.
std::string state_file_of(std::string_view name);

}  // namespace scaleit::api
