// What load shapes and traces share in reading text from outside and in
// speaking of it: exact numbers, and quotations that are safe to print.
#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

namespace scaleit::simulation {

inline std::string_view trim(std::string_view s) {
  constexpr std::string_view blank = " \t\r";
  const auto first = s.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(blank) - first + 1);
}

/// A finite decimal number and nothing else.
inline std::optional<double> parse_number(std::string_view s) {
  double x = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), x);
  if (error != std::errc{} || end != s.data() + s.size() || !std::isfinite(x))
    return std::nullopt;
  return x;
}

/// At most 80 bytes, with `?` for all that is not printable ASCII.
inline std::string printable(std::string_view s) {
  constexpr std::size_t bytes_max = 80;
  std::string out{s.substr(0, bytes_max)};
  for (char& c : out)
    if (c < ' ' || c > '~') c = '?';
  if (s.size() > bytes_max) out += "...";
  return out;
}

// Call it by its full name: given a std::string, the bare one may find std::quoted.
inline std::string quoted(std::string_view s) { return "'" + printable(s) + "'"; }

}  // namespace scaleit::simulation
