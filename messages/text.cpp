#include "messages/text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace scaleit {

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

std::string printable(std::string_view s, std::size_t bytes_max) {
  std::string out;
  out.reserve(std::min(s.size(), bytes_max));
  for (std::size_t i = 0; i < s.size();) {
    const std::size_t n = utf8_length(s.substr(i));
    const bool plain = n > 1 || (n == 1 && s[i] >= 0x20 && s[i] != 0x7F);
    const std::size_t bytes = plain ? n : 1;
    if (out.size() + bytes > bytes_max) {
      out += "...";
      break;
    }
    if (plain)
      out.append(s, i, n);
    else
      out += '?';
    i += n == 0 ? 1 : n;
  }
  return out;
}

}  // namespace scaleit
