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

struct env_file_text {
  std::vector<assignment> assignments;
  std::vector<std::string> skipped;  ///< one sentence per line that says nothing
};

/// Reads `KEY=value` lines: spaces around `=`, `export`, `#` comments, 'literal' and
/// "escaped" (\n \r \t \\ \" \$) quotes, which may span lines; BOM and CRLF are
/// tolerated; a lone `KEY` is ignored. Nothing is expanded. A broken line of another
/// program's is skipped; for one that names a variable of ours throws input_error, naming
/// `file` and the line.
env_file_text parse_env_file(std::string_view text, std::string_view file);

class environment {
 public:
  /// The process's environment wins over the file. Without a name, `.env` in the working
  /// directory is read if there is such a regular file; a named file must exist. Throws
  /// input_error, unless the settings come from elsewhere (`incidental`) and the file was
  /// not named: then what is wrong with it is a warning.
  static environment load(const std::optional<std::string>& env_file,
                          bool incidental = false);
  /// From given values, for tests.
  explicit environment(std::map<std::string, std::string> values = {})
      : values_(std::move(values)) {}

  /// Null when unset.
  const std::string* find(const std::string& key) const;
  /// ` (.env:3)` for a value that came from a file, else nothing: for error messages.
  std::string origin(const std::string& key) const;
  /// The env file that was read, or empty.
  const std::string& file() const { return file_; }
  /// What was passed over in it.
  const std::vector<std::string>& warnings() const { return warnings_; }
  /// The names of all variables.
  std::vector<std::string_view> names() const;

 private:
  void read(const std::string& file);

  std::map<std::string, std::string> values_;
  std::map<std::string, std::size_t> lines_;  ///< of the values that the file gave
  std::string file_;
  std::vector<std::string> warnings_;
};

}  // namespace scaleit::spec
