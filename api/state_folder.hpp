// What was made through the API, and the operator's holds, on the disk: a folder with one
// file for each target's name.
//
// What is written is there before anybody is told: a temporary file, fsync, rename, fsync
// of the folder. Whatever fails, what was there before is there after. One process has
// the folder; its calls block on the disk, so a state_writer makes them on a thread of
// its own. docs/reference/state.md describes it.
#pragma once

#include "api/state_file.hpp"
#include "record/posix_file.hpp"
#include "spec/input_error.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace scaleit::api {

/// Another daemon has the folder. That ends by itself, unlike a setting that is wrong.
struct state_locked : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What was found at the start.
struct restored_state {
  std::map<std::string, kept_target, std::less<>> targets;
  std::vector<std::string> set_aside;  ///< a line for each file that is no good
};

class state_folder {
 public:
  /// What tests make fail: asked before each step of a write, by its name.
  using faults = std::function<std::error_code(std::string_view step)>;

  /// Makes the folder, or takes the one that is there, and locks it. Throws
  /// spec::input_error, one line, when it cannot be used, and state_locked.
  explicit state_folder(std::string directory, faults f = {});

  const std::string& directory() const { return directory_; }

  /// Reads all of it. A file that is no good is renamed, told, and never deleted; what a
  /// crash has left half written is removed. Throws spec::input_error when it cannot be
  /// read at all.
  restored_state load();

  /// Writes changes of different names together: on the disk when it returns. For each
  /// that was not made, and of which nothing was, the reason in one sentence.
  std::vector<std::optional<std::string>> write(std::span<const state_change> changes);

 private:
  struct step;
  static constexpr std::string_view temporary_prefix = ".tmp-";
  static constexpr mode_t file_mode = 0600;

  [[noreturn]] void refuse(std::string_view why) const;
  void make();
  void lock();
  void probe();
  void read_one(const std::string& file, restored_state& out);
  void set_aside(const std::string& file, std::string_view why, restored_state& out);
  std::error_code rename_aside(const std::string& file, std::string& to) const;

  std::error_code ask(std::string_view what) const;
  bool is_mine() const;
  void begin(step& s, const state_change& c);
  std::error_code write_temporary(step& s, std::string_view text);
  std::error_code put_in_place(step& s) const;
  static std::error_code sync_names(const std::filesystem::path& folder);
  void undo(step& s) const;
  std::filesystem::path path_of(std::string_view file) const { return targets_ / file; }

  std::string directory_;
  std::filesystem::path targets_;
  faults faults_;
  record::posix_file lock_;
  std::set<std::string> stuck_;  // damaged, and could not be renamed
  std::uint64_t temporaries_ = 0;
};

}  // namespace scaleit::api
