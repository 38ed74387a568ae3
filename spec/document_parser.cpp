// YAML by yaml-cpp's events, JSON by RapidJSON's: the same builder for both.
#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "spec/document.hpp"
#include "spec/document_json.hpp"
#include "spec/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <sstream>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace scaleit::spec {

using kind = document::kind;

namespace {

bool is_any_of(std::string_view s, std::initializer_list<std::string_view> all) {
  return std::ranges::find(all, s) != all.end();
}

std::optional<double> based(std::string_view digits, int base) {
  std::uint64_t n = 0;
  const auto end = digits.data() + digits.size();
  const auto [p, e] = std::from_chars(digits.data(), end, n, base);
  if (digits.empty() || p != end || e != std::errc{}) return {};
  return static_cast<double>(n);
}

/// What a plain scalar is in YAML's core schema.
kind resolve(const std::string& s) {
  if (is_any_of(s, {"", "~", "null", "Null", "NULL"})) return kind::null;
  if (is_any_of(s, {"true", "True", "TRUE", "false", "False", "FALSE"}))
    return kind::boolean;
  return parse_yaml_number(s) ? kind::number : kind::text;
}

text_position position(const YAML::Mark& m) {
  if (m.is_null()) return {};
  return {static_cast<std::uint32_t>(m.line + 1),
          static_cast<std::uint32_t>(m.column + 1)};
}

constexpr const char* no_text_key = "a key must be a text";

class yaml_handler : public YAML::EventHandler {
 public:
  document_ptr result() const { return builder_.last(); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    scalar(kind::null, "", mark, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end())
      throw document_error{position(mark), "an alias stands inside what it names"};
    if (builder_.expects_key())
      throw document_error{position(mark), "an alias is not accepted as a key"};
    builder_.add(known->second);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    constexpr std::string_view core = "tag:yaml.org,2002:";
    if (tag == "!" || tag == std::string{core} + "str")
      return scalar(kind::text, value, mark, anchor);
    if (!tag.empty() && tag != "?")
      throw document_error{position(mark), fmt::format("the tag '{}' is not accepted",
                                                       printable(tag, 60))};
    scalar(resolve(value), value, mark, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(kind::list, mark, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(kind::map, mark, anchor);
  }
  void OnMapEnd() override { end(); }

 private:
  void scalar(kind is, const std::string& value, const YAML::Mark& mark,
              YAML::anchor_t anchor) {
    if (builder_.expects_key()) {
      if (value.find('\0') != std::string::npos)
        throw document_error{position(mark), "holds a NUL character"};
      return builder_.key(value, position(mark));
    }
    builder_.scalar(is, value, position(mark));
    if (anchor != 0) anchors_[anchor] = builder_.last();
  }
  void begin(kind is, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (builder_.expects_key()) throw document_error{position(mark), no_text_key};
    open_.push_back(anchor);
    builder_.begin(is, position(mark));
  }
  void end() {
    builder_.end();
    if (open_.back() != 0) anchors_[open_.back()] = builder_.last();
    open_.pop_back();
  }

  document_builder builder_;
  std::map<YAML::anchor_t, document_ptr> anchors_;
  std::vector<YAML::anchor_t> open_;
};

/// yaml-cpp looks far ahead before it says anything: a million brackets would be
/// a million tokens. So many in a row nest too deep for any document of ours.
void refuse_towers(std::string_view text) {
  std::size_t brackets = 0;
  text_position at{1, 0};
  for (const char c : text) {
    ++at.column;
    if (c == '[' || c == '{') {
      if (++brackets > bounds::json_depth_max)
        throw document_error{
            at, fmt::format("nested deeper than {} levels", bounds::json_depth_max)};
    } else if (c == '\n') {
      at = {at.line + 1, 0};
    } else if (c != ' ' && c != '\t' && c != '\r') {
      brackets = 0;
    }
  }
}

/// YAML's line breaks are LF, CRLF and CR; yaml-cpp knows the last one not by itself.
std::string with_line_feeds(std::string_view text) {
  std::string out{text};
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i] == '\r' && (i + 1 == out.size() || out[i + 1] != '\n')) out[i] = '\n';
  return out;
}

std::string_view line_of(std::string_view text, std::uint32_t line) {
  for (; line > 1 && !text.empty(); --line)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.substr(0, text.find('\n'));
}

/// What the sentence of the library does not say about the line it stumbles over; empty
/// if nothing is odd about it.
std::string cause(std::string_view text, text_position at) {
  const auto line = line_of(text, at.line);
  if (line.find("{{") != std::string_view::npos)
    return "'{{' is of a template that has not been filled in";
  const auto first = line.find_first_not_of(" \t");
  // The library may notice a tab one line late.
  for (const auto l : {line, line_of(text, at.line > 1 ? at.line - 1 : 1)})
    if (const auto indent = l.substr(0, std::min(l.find_first_not_of(" \t"), l.size()));
        indent.find('\t') != std::string_view::npos)
      return "a tab indents here; accepted: spaces";
  if (first == std::string_view::npos) return {};
  auto value = line.substr(first);
  if (const auto colon = value.find(": "); colon != std::string_view::npos)
    value.remove_prefix(value.find_first_not_of(' ', colon + 1));
  else if (value.starts_with("- "))
    value.remove_prefix(2);
  if (value.starts_with('\t')) return "a tab stands here; accepted: spaces";
  // In a list or a map on one line, the library stands there, or just behind it.
  const auto from = [&](std::size_t column) {
    return column > 0 && column <= line.size() ? line.substr(column - 1) : value;
  };
  constexpr std::string_view reserved = "*@%`&!|>";
  for (const auto text_there : {value, from(at.column), from(at.column - 1)})
    if (!text_there.empty() &&
        reserved.find(text_there.front()) != std::string_view::npos)
      return fmt::format("a text that begins with '{}' stands in quotes",
                         text_there.front());
  return {};
}

document_ptr parse_lines(const std::string& text) {
  refuse_towers(text);
  try {
    // yaml-cpp lets a quote that never ends pass at the end of the text, not at the end
    // of a document.
    std::istringstream in{
        fmt::format("{}{}...\n", text, text.ends_with('\n') ? "" : "\n")};
    YAML::Parser parser{in};
    yaml_handler handler;
    if (!parser.HandleNextDocument(handler) || !handler.result()) return make_null();
    yaml_handler rest;
    // A line of dashes at the end begins another that says nothing.
    if (parser.HandleNextDocument(rest) && rest.result() &&
        rest.result()->is != kind::null)
      throw document_error{rest.result()->at,
                           "a second document begins here; accepted: one"};
    return handler.result();
  } catch (const YAML::Exception& e) {
    const auto at = position(e.mark);
    const auto why = cause(text, at);
    throw document_error{at, fmt::format("not YAML: {}{}{}", printable(e.msg, 120),
                                         why.empty() ? "" : "; ", why)};
  }
}

document_ptr parse_yaml(std::string_view text) {
  const auto lines = with_line_feeds(text);
  try {
    return parse_lines(lines);
  } catch (const document_error& e) {
    if (e.what() != std::string_view{no_text_key}) throw;
    const auto why = cause(lines, e.at);
    throw document_error{
        e.at, fmt::format("{}{}{}", no_text_key, why.empty() ? "" : "; ", why)};
  }
}

/// Where the byte is, in lines and bytes.
text_position position_of(std::string_view text, std::size_t byte) {
  const auto before = text.substr(0, byte);
  const auto line = std::ranges::count(before, '\n');
  const auto start = before.rfind('\n');
  return {static_cast<std::uint32_t>(line + 1),
          static_cast<std::uint32_t>(
              byte - (start == std::string_view::npos ? 0 : start + 1) + 1)};
}

std::string not_utf8(std::string_view text) {
  const auto encoding = encoding_of_text(text);
  return encoding.empty() ? "not UTF-8" : fmt::format("not UTF-8, but {}", encoding);
}

void check_characters(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto n = utf8_length(text.substr(i));
    if (n == 0) throw document_error{position_of(text, i), not_utf8(text)};
    if (text[i] == '\0')
      throw document_error{position_of(text, i), encoding_of_text(text).empty()
                                                     ? "holds a NUL character"
                                                     : not_utf8(text)};
    i += n;
  }
}

}  // namespace

std::optional<double> parse_yaml_number(std::string_view s) {
  if (s.starts_with("0x")) return based(s.substr(2), 16);
  if (s.starts_with("0o")) return based(s.substr(2), 8);
  auto rest = s;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  if (is_any_of(rest, {".inf", ".Inf", ".INF"})) return negative ? -infinity : infinity;
  if (is_any_of(s, {".nan", ".NaN", ".NAN"}))
    return std::numeric_limits<double>::quiet_NaN();
  // from_chars also takes signs, "inf" and "nan", which are texts here.
  if (rest.empty() ||
      rest.find_first_not_of("0123456789.eE+-") != std::string_view::npos ||
      rest.front() == '-' || rest.front() == '+')
    return {};
  double d = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), d);
  if (end != rest.data() + rest.size()) return {};
  if (error == std::errc::result_out_of_range)
    d = infinity;
  else if (error != std::errc{})
    return {};
  return negative ? -d : d;
}

document_ptr parse_document(std::string_view text) {
  if (text.size() > bounds::config_bytes_max)
    throw document_error{{},
                         fmt::format("larger than {} bytes", bounds::config_bytes_max)};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  check_characters(text);
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '{') return parse_yaml(text);
  // `{` begins an object of JSON, or YAML's flow style. JSON knows escapes and tabs
  // that yaml-cpp does not; what is neither is told about as JSON if it looks like it.
  auto json = parse_json(text);
  if (json.document) return json.document;
  const auto second = text.find_first_not_of(" \t\r\n", first + 1);
  const bool looks_like_json =
      second != std::string_view::npos && (text[second] == '"' || text[second] == '}');
  if (looks_like_json || json.refused)
    throw document_error{position_of(text, json.offset), json.error};
  return parse_yaml(text);
}

}  // namespace scaleit::spec
