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

bool is_ours(std::string_view name) {
  return name.starts_with("SCALEIT_") ||
         std::ranges::find(drop_in_variables, name) != drop_in_variables.end();
}

constexpr std::string_view name_characters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";

/// The first of our names that stands in `text` and is no part of a longer one; in
/// `env.NAME`, as shells and languages have it, the name is all.
std::string_view first_name_of_ours(std::string_view text) {
  while (true) {
    text.remove_prefix(std::min(text.find_first_of(name_characters), text.size()));
    if (text.empty()) return {};
    auto word =
        text.substr(0, std::min(text.find_first_not_of(name_characters), text.size()));
    text.remove_prefix(word.size());
    const auto dot = word.rfind("env.");
    if (dot != std::string_view::npos) word.remove_prefix(dot + 4);
    while (word.starts_with('-') || word.starts_with('.')) word.remove_prefix(1);
    while (word.ends_with('-') || word.ends_with('.')) word.remove_suffix(1);
    if (is_ours(word)) return word;
  }
}

/// Up to what other programs, too, take for a comment.
std::string_view without_comment(std::string_view line) {
  const auto text = trimmed(line);
  if (text.starts_with(';') || text.starts_with("//")) return {};
  for (std::size_t i = 0; i < line.size(); ++i)
    if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t'))
      return line.substr(0, i);
  return line;
}

/// The first of our names in `line`. What is invisible parts words, and may also stand
/// in the middle of one. Empty if there is none.
std::string name_of_ours(std::string_view line) {
  line = without_comment(line);
  for (const auto& text : {printable(line, std::string::npos), without_invisible(line)})
    if (const auto name = first_name_of_ours(text); !name.empty())
      return std::string{name};
  return {};
}

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
      const auto ours = name_of_ours(before.substr(0, before.find('\n')));
      if (!ours.empty())
        throw input_error{b.what.find(ours) != std::string::npos
                              ? told
                              : fmt::format("{}, and the line names {}", told, ours)};
      if (found_.skipped.size() < bounds::env_lines_told_max)
        found_.skipped.push_back(told + "; the line is skipped");
      rest_ = before;
      line_ = number;
      skip_line();
    }
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

  /// As in `$env:SCALE_METRIC`, `"SCALE_METRIC"` or `SCALE_METRIC:0.5`.
  static bool hides_a_name(const std::string& k) {
    return k.find_first_not_of(name_characters) != std::string::npos &&
           !name_of_ours(k).empty();
  }

  /// Only that is shown, and not beyond our name: the rest of a broken line may be a
  /// secret.
  static std::string first_word(std::string_view k) {
    const auto ours = name_of_ours(k);
    if (const auto at = k.find(ours); !ours.empty() && at != std::string_view::npos)
      k = k.substr(0, at + ours.size());
    return printable(k, 40);
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
    if (!is_name(k) || hides_a_name(k) || (!lone && (peek() != '=' || k.empty())))
      throw broken{k, fmt::format("'{}' does not begin a KEY=value line", first_word(k)),
                   at};
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
