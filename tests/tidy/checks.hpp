// The rules of the tree as functions from a file's text to findings, so that the
// rules themselves can be tested on texts that break them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::tidy {

struct source_file {
  std::string path;  ///< relative to the top of the tree, with '/'
  std::string text;
};

struct finding {
  std::string path;
  std::size_t line = 0;  ///< from 1; 0 where the whole file is meant
  std::string what;

  bool operator==(const finding&) const = default;
};

using findings = std::vector<finding>;

inline constexpr std::size_t source_lines_max = 300;
inline constexpr std::size_t test_lines_max = 400;

/// Rooms include only rooms below them; CAF stays in actors/, main/, tests/ and
/// messages/protocol.hpp, Beast in net/ and tests/.
findings check_includes(const source_file& f);

/// A room's files are in the namespace of that room; messages/ is in that of the project.
findings check_namespaces(const source_file& f);

/// Calls that have a better replacement, which the finding names. Comments and
/// literals do not count.
findings check_calls(const source_file& f);

/// Length, `#pragma once`, tabs, trailing blanks, line ends, unfinished business.
findings check_layout(const source_file& f);

/// One title a page, and every relative link leads to a file or folder that is there.
findings check_page(const source_file& f, const std::set<std::string>& paths);

/// Top-level folders other than the rooms; hidden ones and build/ are nobody's business.
findings check_folders(const std::set<std::string>& top_level_folders);

/// The text with comments and the insides of string and character literals blanked;
/// line breaks stay where they are.
std::string code_only(std::string_view text);

bool is_source(std::string_view path);
bool is_text(std::string_view path);

/// Every text file of the tree below `top`, sorted by path.
std::vector<source_file> read_tree(const std::filesystem::path& top);

}  // namespace scaleit::tidy
