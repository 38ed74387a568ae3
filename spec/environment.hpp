// Where settings come from when there is no config file: the process's own
// environment, and an env file behind it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::spec {

struct assignment {
  std::string key;
  std::string value;
  std::size_t line = 0;
  bool operator==(const assignment&) const = default;
};

/// Reads `KEY=value` lines: spaces around `=`, `export`, `#` comments, 'literal' and
/// "escaped" (\n \r \t \\ \" \$) quotes, which may span lines; BOM and CRLF are
/// tolerated; a lone `KEY` is ignored. Nothing is expanded. Throws input_error, naming
/// `file` and the line.
std::vector<assignment> parse_env_file(std::string_view text, std::string_view file);

class environment {
 public:
  /// The process's environment wins over the file. Without a name, `.env` in the working
  /// directory is read if there is one; a named file must exist. Throws input_error.
  static environment load(const std::optional<std::string>& env_file);
  /// From given values, for tests.
  explicit environment(std::map<std::string, std::string> values = {})
      : values_(std::move(values)) {}

  /// Null when unset.
  const std::string* find(const std::string& key) const;
  /// ` (.env:3)` for a value that came from a file, else nothing: for error messages.
  std::string origin(const std::string& key) const;
  /// The env file that was read, or empty.
  const std::string& file() const { return file_; }

 private:
  std::map<std::string, std::string> values_;
  std::map<std::string, std::size_t> lines_;  ///< of the values that the file gave
  std::string file_;
};

}  // namespace scaleit::spec
