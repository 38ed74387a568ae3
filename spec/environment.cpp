#include "spec/environment.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
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

  std::vector<assignment> parse() {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    while (!rest_.empty()) line();
    return std::move(found_);
  }

 private:
  static bool blank(char c) { return c == ' ' || c == '\t'; }

  [[noreturn]] void fail(std::string_view what, std::size_t line) const {
    throw input_error{fmt::format("{}:{}: {}", file_, line, what)};
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
      fail(fmt::format("'{}' does not begin a KEY=value line", printable(k, 40)), at);
    if (lone) return skip_line();  // a lone KEY: declared, not set
    take();
    skip_blanks();
    std::string v = value(k);
    found_.push_back({std::move(k), std::move(v), at});
  }

  std::string value(const std::string& k) {
    const char quote = peek();
    if (quote != '"' && quote != '\'') return unquoted();
    const std::size_t at = line_;
    take();
    std::string v;
    while (true) {
      if (rest_.empty())
        fail(fmt::format("{}: the quote that begins here never ends", k), at);
      const char c = take();
      if (c == quote) break;
      v += c == '\\' && quote == '"' && !rest_.empty() ? escaped(take()) : std::string{c};
    }
    skip_blanks();
    if (!at_end())
      fail(fmt::format("{}: only a comment may follow the closing quote", k), line_);
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
  std::vector<assignment> found_;
};

std::string read_file(const std::string& file) {
  constexpr std::string_view accepted = "a readable file of KEY=value lines";
  auto text = read_text_file(file, bounds::env_file_bytes_max, accepted);
  if (text.find('\0') != std::string::npos)
    throw input_error{fmt::format("{}: has a NUL byte; accepted: {}, at most {} bytes",
                                  file, accepted, bounds::env_file_bytes_max)};
  return text;
}

}  // namespace

std::vector<assignment> parse_env_file(std::string_view text, std::string_view file) {
  return env_parser{text, file}.parse();
}

environment environment::load(const std::optional<std::string>& env_file) {
  environment e;
  const std::string file = env_file.value_or(".env");
  if (env_file || ::access(file.c_str(), F_OK) == 0) {
    e.file_ = file;
    for (auto& a : parse_env_file(read_file(file), file)) {
      e.lines_.insert_or_assign(a.key, a.line);
      e.values_.insert_or_assign(std::move(a.key), std::move(a.value));
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

const std::string* environment::find(const std::string& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? nullptr : &found->second;
}

std::string environment::origin(const std::string& key) const {
  const auto found = lines_.find(key);
  return found == lines_.end() ? "" : fmt::format(" ({}:{})", file_, found->second);
}

}  // namespace scaleit::spec
