// What `apply` is given: files, folders and standard input, with specs in every form in
// which they are kept or printed. All of it is read and judged before anything is done.
#pragma once

#include "messages/target_spec.hpp"
#include "spec/document.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::main {

struct wanted_target {
  target_spec read;                ///< for comparing
  spec::document_ptr spec;         ///< as it is to be sent, defaults included
  bool hides_credentials = false;  ///< some stand as `***`: it was printed by a daemon
  bool shows_credentials = false;  ///< some stand there in clear text
};

/// A text holds a TargetSpec, a list of them, a config file, a target as the API answers
/// it, or a list of those; or several such documents of YAML.
class target_files {
 public:
  /// `-`: standard input; of a folder, its *.yaml, *.yml and *.json in the order of their
  /// names. Throws input_error when it cannot be read.
  void add(const std::string& path);
  void add_text(std::string_view text, const std::string& file);

  const std::vector<wanted_target>& targets() const { return targets_; }
  bool names(std::string_view target) const { return places_.contains(target); }
  bool good() const { return good_; }
  /// What is wrong, and warnings, as `scaleit check` says it, a line each.
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  struct part;
  void add_folder(const std::string& path);
  void add_document(std::string_view text, std::uint32_t lines_before,
                    const std::string& file);
  void read_config(part& p, std::string_view text);
  void read_items(part& p, const spec::document_ptr& root);
  void take(part& p, const spec::document_ptr& spec, target_spec read);

  std::vector<wanted_target> targets_;
  std::map<std::string, std::string, std::less<>> places_;  // by name: FILE:LINE
  std::vector<std::string> lines_;
  bool good_ = true;
};

/// Where documents of YAML begin, as offsets: the first is 0.
std::vector<std::size_t> document_starts(std::string_view text);

}  // namespace scaleit::main
