// What a page says that can be held against the program: commands with their output,
// and files that it shows.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace scaleit::test {

struct shown_command {
  std::string command;
  std::string output;  ///< standard output and error, as the page has it
  std::size_t line = 0;
};

/// The commands of all blocks ```console: a line that begins with `$ ` is a command, what
/// follows is its output.
std::vector<shown_command> commands_of(const std::string& page);

struct shown_file {
  std::string name;  ///< of its first line: `# NAME.yaml`
  std::string text;
};

/// All blocks ```yaml that begin with the name of a file.
std::vector<shown_file> files_of(const std::string& page);

/// The cells of all table rows whose first cell is code, without the backticks.
std::vector<std::pair<std::string, std::string>> code_rows_of(const std::string& page);

/// README.md and all pages below docs.
std::vector<std::filesystem::path> all_pages(const std::filesystem::path& top);

}  // namespace scaleit::test
