#include "messages/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace scaleit {

std::optional<double> finite_number(std::string_view s) {
  double d = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), d);
  if (end != s.data() + s.size()) return {};
  // from_chars does not tell too small from too large.
  if (error == std::errc::result_out_of_range)
    d = std::strtod(std::string{s}.c_str(), nullptr);
  else if (error != std::errc{})
    return {};
  return std::isfinite(d) ? std::optional{d} : std::nullopt;
}

std::string_view trimmed(std::string_view s) {
  constexpr std::string_view blank = " \t\r\n";
  const auto first = s.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(blank) - first + 1);
}

std::size_t utf8_length(std::string_view s) {
  if (s.empty()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t n = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (n == 0 || first > 0xF4 || n > s.size()) return 0;
  for (std::size_t i = 1; i < n; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  const unsigned char second = byte(1);
  const bool overlong =
      (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool beyond =
      (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : n;
}

bool is_text(std::string_view s) {
  if (s.find('\0') != std::string_view::npos) return false;
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::uint64_t eight = 0;
  while (s.size() >= sizeof eight) {  // ASCII, most likely: eight bytes at a time
    std::memcpy(&eight, s.data(), sizeof eight);
    if ((eight & high_bits) != 0) break;
    s.remove_prefix(sizeof eight);
  }
  while (!s.empty()) {
    const auto n = utf8_length(s);
    if (n == 0) return false;
    s.remove_prefix(n);
  }
  return true;
}

std::string format_value(double v) {
  const double size = std::abs(v);
  if (size >= 100 && v == std::floor(v) && size < 1e15) return fmt::format("{:.0f}", v);
  if (size >= 0.01 && size < 1e6) {
    const double cents = v * 100;
    const bool two_are_enough = std::abs(cents - std::round(cents)) < 1e-6 || size >= 10;
    if (two_are_enough) return fmt::format("{:.2f}", v);
    auto four = fmt::format("{:.4f}", v);
    if (four.back() == '0') four.pop_back();  // 7.8750
    return four;
  }
  return v == 0 ? "0.00" : fmt::format("{:.4g}", v);
}

namespace {

/// The code point of a valid sequence of `n` bytes.
std::uint32_t code_point(std::string_view s, std::size_t n) {
  constexpr std::array<unsigned, 5> masks{0, 0x7F, 0x1F, 0x0F, 0x07};
  std::uint32_t c = static_cast<unsigned char>(s[0]) & masks[n];
  for (std::size_t i = 1; i < n; ++i)
    c = c << 6 | (static_cast<unsigned char>(s[i]) & 0x3FU);
  return c;
}

/// Blanks other than the space, what joins or parts letters, marks of direction.
bool is_invisible(std::uint32_t c) {
  constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 17> ranges{
      {{0x7F, 0xA0},
       {0xAD, 0xAD},
       {0x34F, 0x34F},
       {0x61C, 0x61C},
       {0x115F, 0x1160},
       {0x1680, 0x1680},
       {0x17B4, 0x17B5},
       {0x180B, 0x180F},
       {0x2000, 0x200F},
       {0x2028, 0x202F},
       {0x205F, 0x206F},
       {0x2800, 0x2800},
       {0xFE00, 0xFE0F},
       {0xFFF0, 0xFFFB},
       {0x1BCA0, 0x1BCA3},
       {0x1D173, 0x1D17A},
       {0xE0000, 0xE0FFF}}};
  return c < 0x20 || c == 0x3000 || c == 0x3164 || c == 0xFEFF || c == 0xFFA0 ||
         std::ranges::any_of(
             ranges, [&](const auto& r) { return c >= r.first && c <= r.second; });
}

/// A byte that begins no character is one of its own.
struct character {
  std::string_view bytes;
  std::optional<std::uint32_t> invisible;
  bool is_valid;
};

character first_of(std::string_view s) {
  const auto n = utf8_length(s);
  if (n == 0) return {s.substr(0, 1), {}, false};
  const auto c = code_point(s, n);
  return {s.substr(0, n), is_invisible(c) ? std::optional{c} : std::nullopt, true};
}

}  // namespace

std::string printable(std::string_view s, std::size_t bytes_max) {
  std::string out;
  out.reserve(std::min(s.size(), bytes_max));
  while (!s.empty()) {
    const auto c = first_of(s);
    const auto shown = c.invisible  ? fmt::format("<U+{:04X}>", *c.invisible)
                       : c.is_valid ? std::string{c.bytes}
                                    : "?";
    if (out.size() + shown.size() > bytes_max) return out += "...";
    out += shown;
    s.remove_prefix(c.bytes.size());
  }
  return out;
}

std::string without_invisible(std::string_view s) {
  std::string out;
  while (!s.empty()) {
    const auto c = first_of(s);
    if (!c.invisible) out += c.bytes;
    s.remove_prefix(c.bytes.size());
  }
  return out;
}

}  // namespace scaleit
