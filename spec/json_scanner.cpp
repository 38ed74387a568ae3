#include "spec/json_scanner.hpp"

#include "messages/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace scaleit::spec {

namespace {

using std::string_view;

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What a word may be made of; other bytes end it.
bool ends_word(char c) {
  return is_blank(c) || c == ',' || c == ':' || c == ']' || c == '}' || c == '[' ||
         c == '{' || c == '"';
}

std::size_t drop_digits(string_view s) {
  return static_cast<std::size_t>(std::find_if_not(s.begin(), s.end(), is_digit) -
                                  s.begin());
}

/// RFC 8259, section 6.
bool is_number(string_view s) {
  if (s.starts_with('-')) s.remove_prefix(1);
  const auto whole = drop_digits(s);
  if (whole == 0 || (whole > 1 && s.front() == '0')) return false;
  s.remove_prefix(whole);
  if (s.starts_with('.')) {
    s.remove_prefix(1);
    const auto fraction = drop_digits(s);
    if (fraction == 0) return false;
    s.remove_prefix(fraction);
  }
  if (s.empty()) return true;
  if (s.front() != 'e' && s.front() != 'E') return false;
  s.remove_prefix(1);
  if (s.starts_with('-') || s.starts_with('+')) s.remove_prefix(1);
  return !s.empty() && drop_digits(s) == s.size();
}

/// As Python, JavaScript and C spell what is no number.
bool is_not_finite(string_view s) {
  if (s.starts_with('-') || s.starts_with('+')) s.remove_prefix(1);
  constexpr std::array<string_view, 3> names{"nan", "inf", "infinity"};
  return std::ranges::any_of(names, [&](string_view name) {
    return std::ranges::equal(s, name, [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
  });
}

/// Four hexadecimal digits, or nothing good.
int code_unit(string_view s) {
  int n = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const char c = i < s.size() ? s[i] : 'x';
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    n = n * 16 + digit;
  }
  return n;
}

char* put_utf8(char* to, std::uint32_t c) {
  const auto put = [&](std::uint32_t byte) { *to++ = static_cast<char>(byte); };
  const auto more = [&](unsigned shift) { put(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6), more(0);
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12), more(6), more(0);
  } else {
    put(0xF0 | c >> 18), more(12), more(6), more(0);
  }
  return to;
}

/// `\u` and four digits, maybe with its other half. What is half a character becomes
/// U+FFFD. Takes what it has read away from `rest`, which begins behind the `u`.
std::uint32_t escaped_code(string_view& rest) {
  const int first = code_unit(rest);
  if (first < 0) return 0xFFFD;
  rest.remove_prefix(4);
  if (first < 0xD800 || first > 0xDFFF) return static_cast<std::uint32_t>(first);
  const int second = rest.starts_with("\\u") ? code_unit(rest.substr(2)) : -1;
  if (first > 0xDBFF || second < 0xDC00 || second > 0xDFFF) return 0xFFFD;
  rest.remove_prefix(6);
  return 0x10000 + (static_cast<std::uint32_t>(first - 0xD800) << 10) +
         static_cast<std::uint32_t>(second - 0xDC00);
}

/// No longer than it was: no escape is shorter than what it stands for.
string_view decode(char* begin, string_view raw) {
  char* to = begin;
  while (!raw.empty()) {
    char c = raw.front();
    raw.remove_prefix(1);
    if (c == '\\' && !raw.empty()) {
      c = raw.front();
      raw.remove_prefix(1);
      if (c == 'u') {
        to = put_utf8(to, escaped_code(raw));
        continue;
      }
      constexpr string_view letters = "bfnrt", meant = "\b\f\n\r\t";
      if (const auto i = letters.find(c); i != string_view::npos) c = meant[i];
    }
    *to++ = c;
  }
  return {begin, static_cast<std::size_t>(to - begin)};
}

}  // namespace

json_scanner::json_scanner(std::string& text)
    : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {
  if (text.starts_with("\xEF\xBB\xBF")) at_ += 3;  // RFC 8259, 8.1: may be ignored
}

bool json_scanner::at_end() {
  at_ = std::find_if_not(at_, end_, is_blank);
  return at_ == end_;
}

char json_scanner::peek() { return at_end() ? '\0' : *at_; }

std::string_view json_scanner::raw_string() {
  char* const from = at_ + 1;
  for (char* p = from; p < end_; ++p) {
    if (*p == '\\') {
      ++p;
    } else if (*p == '"') {
      at_ = p + 1;
      return {from, static_cast<std::size_t>(p - from)};
    }
  }
  fail("Missing a closing quotation mark in string");
}

std::string_view json_scanner::string() {
  char* const from = at_ + 1;
  const auto raw = raw_string();
  return raw.find('\\') == string_view::npos ? raw : decode(from, raw);
}

std::string_view json_scanner::word() {
  char* const last = std::find_if(at_, end_, ends_word);
  const string_view s{at_, static_cast<std::size_t>(last - at_)};
  if (s != "true" && s != "false" && s != "null" && !is_number(s) && !is_not_finite(s))
    fail("Invalid value");
  at_ = last;
  return s;
}

void json_scanner::fail(std::string_view what) const {
  const auto byte = at_ - begin_;
  if (at_ == end_) throw json_error{fmt::format("{}: it ends at byte {}", what, byte)};
  constexpr std::ptrdiff_t shown = 24;
  char* const last = std::find_if(at_ + 1, std::min(at_ + shown, end_), ends_word);
  const string_view there{at_, static_cast<std::size_t>(last - at_)};
  throw json_error{fmt::format(
      "{} at byte {}: {}", what, byte,
      there.front() == '\0' ? "a NUL byte" : "'" + printable(there, 32) + "'")};
}

}  // namespace scaleit::spec
