// The small pieces that the text of HTTP/1.1 is made of: lines, blanks, numbers.
#pragma once

#include "messages/text.hpp"
#include "net/sentence.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scaleit::net {

inline constexpr std::string_view blanks = " \t\r";
inline constexpr std::size_t shown_bytes_max = 40;

/// The line at the front of `s`, which loses it. Lines end in CRLF or in LF.
inline std::string_view cut_line(std::string_view& s) {
  const auto end = s.find('\n');
  const auto line = s.substr(0, end);
  s.remove_prefix(end == std::string_view::npos ? s.size() : end + 1);
  return line;
}

template <int Base>
std::optional<std::uint64_t> whole_number(std::string_view s) {
  std::uint64_t n = 0;
  const auto end = s.data() + s.size();
  const auto [p, e] = std::from_chars(s.data(), end, n, Base);
  if (s.empty() || e != std::errc{} || p != end) return {};
  return n;
}

inline std::string quoted(std::string_view s) {
  return "'" + printable(s, shown_bytes_max) + "'";
}

}  // namespace scaleit::net
