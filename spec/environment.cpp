#include "spec/environment.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "spec/drop_in.hpp"
#include "spec/input_error.hpp"
#include "spec/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unistd.h>

namespace scaleit::spec {

namespace {

class env_parser {
 public:
  env_parser(std::string_view text, std::string_view file) : rest_(text), file_(file) {}

  env_file_text parse() {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    while (!rest_.empty()) line_or_skip();
    return std::move(found_);
  }

 private:
  static bool blank(char c) { return c == ' ' || c == '\t'; }

  struct broken {
    std::string key, what;
    std::size_t line;
  };

  /// A line of another program's is none of our business; one of ours is.
  void line_or_skip() {
    const auto before = rest_;
    const auto number = line_;
    try {
      line();
    } catch (const broken& b) {
      const auto told = fmt::format("{}:{}: {}", file_, b.line, b.what);
      if (is_ours(b.key)) throw input_error{told};
      if (found_.skipped.size() < bounds::env_lines_told_max)
        found_.skipped.push_back(told + "; the line is skipped");
      rest_ = before;
      line_ = number;
      skip_line();
    }
  }

  static bool is_ours(std::string_view key) {
    return key.starts_with("SCALEIT_") ||
           std::ranges::find(drop_in_variables, key) != drop_in_variables.end();
  }

  char peek() const { return rest_.empty() ? '\n' : rest_.front(); }
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '\n') ++line_;
    return c;
  }
  void skip_blanks() {
    while (!rest_.empty() && blank(peek())) take();
  }
  /// Past blanks: is the line over (its end, a CR before it, or a comment)?
  bool at_end() const { return peek() == '\n' || peek() == '\r' || peek() == '#'; }
  void skip_line() {
    while (!rest_.empty() && take() != '\n') {
    }
  }

  std::string key() {
    std::string k;
    while (!rest_.empty() && !blank(peek()) && peek() != '=' && peek() != '\n' &&
           peek() != '\r')
      k += take();
    return k;
  }

  /// Printable ASCII, as every name of a variable is; other bytes are no env file's.
  static bool is_name(const std::string& k) {
    return std::all_of(k.begin(), k.end(), [](char c) { return c > ' ' && c <= '~'; });
  }

  void line() {
    skip_blanks();
    if (at_end()) return skip_line();
    const std::size_t at = line_;
    std::string k = key();
    skip_blanks();
    if (k == "export" && peek() != '=' && !at_end()) {
      k = key();
      skip_blanks();
    }
    const bool lone = at_end();
    // Only the first word is shown: the rest of a broken line may be a secret.
    if (!is_name(k) || (!lone && (peek() != '=' || k.empty())))
      throw broken{
          k, fmt::format("'{}' does not begin a KEY=value line", printable(k, 40)), at};
    if (lone) return skip_line();  // a lone KEY: declared, not set
    take();
    skip_blanks();
    std::string v = value(k);
    found_.assignments.push_back({std::move(k), std::move(v), at});
  }

  std::string value(const std::string& k) {
    const char quote = peek();
    if (quote != '"' && quote != '\'') return unquoted();
    const std::size_t at = line_;
    take();
    std::string v;
    while (true) {
      if (rest_.empty())
        throw broken{
            k, fmt::format("{}: the quote that begins here never ends", printable(k, 40)),
            at};
      const char c = take();
      if (c == quote) break;
      v += c == '\\' && quote == '"' && !rest_.empty() ? escaped(take()) : std::string{c};
    }
    skip_blanks();
    if (!at_end())
      throw broken{k,
                   fmt::format("{}: only a comment may follow the closing quote",
                               printable(k, 40)),
                   line_};
    skip_line();
    return v;
  }

  static std::string escaped(char c) {
    switch (c) {
      case 'n':
        return "\n";
      case 'r':
        return "\r";
      case 't':
        return "\t";
      case '\\':
      case '"':
      case '$':
        return {c};
      default:
        return {'\\', c};  // not an escape: both are meant
    }
  }

  std::string unquoted() {
    std::string v;
    while (!rest_.empty() && peek() != '\n') {
      if (peek() == '#' && (v.empty() || blank(v.back()))) break;
      v += take();
    }
    skip_line();
    while (!v.empty() && (blank(v.back()) || v.back() == '\r')) v.pop_back();
    return v;
  }

  std::string_view rest_;
  std::string_view file_;
  std::size_t line_ = 1;
  env_file_text found_;
};

std::string read_file(const std::string& file) {
  constexpr std::string_view accepted = "a readable file of KEY=value lines";
  auto text = read_text_file(file, bounds::env_file_bytes_max, accepted);
  const auto encoding = encoding_of_text(text);
  if (!encoding.empty() || text.find('\0') != std::string::npos)
    throw input_error{fmt::format("{}: {}; accepted: {}, at most {} bytes", file,
                                  encoding.empty()
                                      ? "has a NUL byte"
                                      : fmt::format("is in {}, not UTF-8", encoding),
                                  accepted, bounds::env_file_bytes_max)};
  return text;
}

}  // namespace

env_file_text parse_env_file(std::string_view text, std::string_view file) {
  return env_parser{text, file}.parse();
}

void environment::read(const std::string& file) {
  auto found = parse_env_file(read_file(file), file);
  file_ = file;
  warnings_ = std::move(found.skipped);
  for (auto& a : found.assignments) {
    lines_.insert_or_assign(a.key, a.line);
    values_.insert_or_assign(std::move(a.key), std::move(a.value));
  }
}

environment environment::load(const std::optional<std::string>& env_file,
                              bool incidental) {
  environment e;
  const std::string implied = ".env";
  if (env_file) {
    e.read(*env_file);
  } else if (is_regular_file(implied)) {  // and no virtual environment of that name
    try {
      e.read(implied);
    } catch (const input_error& wrong) {
      if (!incidental) throw;
      e.warnings_.emplace_back(wrong.what());
    }
  }
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string key{text.substr(0, equals)};
    e.lines_.erase(key);
    e.values_.insert_or_assign(key, std::string{text.substr(equals + 1)});
  }
  return e;
}

std::vector<std::string_view> environment::names() const {
  std::vector<std::string_view> all;
  for (const auto& [name, value] : values_) all.emplace_back(name);
  return all;
}

const std::string* environment::find(const std::string& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? nullptr : &found->second;
}

std::string environment::origin(const std::string& key) const {
  const auto found = lines_.find(key);
  return found == lines_.end() ? "" : fmt::format(" ({}:{})", file_, found->second);
}

}  // namespace scaleit::spec
