#include "messages/duration.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace scaleit {

namespace {

using nanoseconds_count = std::uint64_t;

constexpr nanoseconds_count nanoseconds_max = std::numeric_limits<std::int64_t>::max();
constexpr nanoseconds_count second = 1'000'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A decimal number as it stands in the text: whole + fraction / scale.
struct decimal {
  std::uint64_t whole = 0;
  std::uint64_t fraction = 0;
  double scale = 1;
};

/// Takes a number off the front of `text`; nothing if there is none or its
/// whole part does not fit.
std::optional<decimal> take_decimal(std::string_view& text) {
  decimal d;
  std::size_t i = 0;
  bool any = false;
  for (; i < text.size() && is_digit(text[i]); ++i) {
    const auto digit = static_cast<std::uint64_t>(text[i] - '0');
    if (d.whole > (nanoseconds_max - digit) / 10) return std::nullopt;
    d.whole = d.whole * 10 + digit;
    any = true;
  }
  if (i < text.size() && text[i] == '.') {
    for (++i; i < text.size() && is_digit(text[i]); ++i) {
      any = true;
      // Digits beyond the eighteenth are below every unit's nanosecond.
      if (d.scale >= 1e18) continue;
      d.fraction = d.fraction * 10 + static_cast<std::uint64_t>(text[i] - '0');
      d.scale *= 10;
    }
  }
  if (!any) return std::nullopt;
  text.remove_prefix(i);
  return d;
}

std::optional<nanoseconds_count> take_unit(std::string_view& text) {
  // Longest first where one begins like another. µ exists twice in Unicode.
  static constexpr std::array<std::pair<std::string_view, nanoseconds_count>, 8> units{{
      {"ns", 1},
      {"us", 1'000},
      {"\u00b5s", 1'000},
      {"\u03bcs", 1'000},
      {"ms", 1'000'000},
      {"s", second},
      {"m", 60 * second},
      {"h", 3600 * second},
  }};
  for (const auto& [name, length] : units) {
    if (!text.starts_with(name)) continue;
    text.remove_prefix(name.size());
    return length;
  }
  return std::nullopt;
}

std::optional<nanoseconds_count> multiply(const decimal& d, nanoseconds_count unit) {
  if (d.whole > nanoseconds_max / unit) return std::nullopt;
  const auto rest =
      std::round(static_cast<double>(d.fraction) * (static_cast<double>(unit) / d.scale));
  return d.whole * unit + static_cast<nanoseconds_count>(rest);
}

}  // namespace

std::optional<std::chrono::microseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  nanoseconds_count total = 0;
  bool first = true;
  while (!text.empty()) {
    const auto number = take_decimal(text);
    if (!number) return std::nullopt;
    const auto plain = first && text.empty();
    const auto unit = plain ? std::optional{second} : take_unit(text);
    if (!unit) return std::nullopt;
    const auto part = multiply(*number, *unit);
    if (!part || *part > nanoseconds_max - total) return std::nullopt;
    total += *part;
    first = false;
  }
  return std::chrono::microseconds{static_cast<std::int64_t>(total / 1000)};
}

}  // namespace scaleit
