#include "main/text_width.hpp"

#include "messages/text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace scaleit::main {

namespace {

constexpr std::string_view ellipsis = "…";

struct range {
  char32_t first, last;
};

/// Combining marks, joiners and variation selectors (Unicode: Mn, Me, Cf), by blocks.
constexpr std::array<range, 9> zero_wide{{{0x0300, 0x036F},
                                          {0x0483, 0x0489},
                                          {0x0591, 0x05BD},
                                          {0x064B, 0x065F},
                                          {0x1AB0, 0x1AFF},
                                          {0x1DC0, 0x1DFF},
                                          {0x200B, 0x200F},
                                          {0x20D0, 0x20FF},
                                          {0xFE00, 0xFE0F}}};

/// East Asian Wide and Fullwidth (UAX #11), by blocks.
constexpr std::array<range, 10> two_wide{{{0x1100, 0x115F},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0xA4CF},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x1FAFF},
                                          {0x20000, 0x3FFFD}}};

template <std::size_t N>
bool is_in(const std::array<range, N>& all, char32_t c) {
  return std::ranges::any_of(all, [c](range r) { return c >= r.first && c <= r.last; });
}

struct character {
  std::string_view bytes;
  std::size_t width;
};

/// The first one; a byte that is no UTF-8 counts as one.
character first_of(std::string_view s) {
  const auto n = std::max<std::size_t>(utf8_length(s), 1);
  if (n == 1) return {s.substr(0, 1), 1};
  auto c = static_cast<char32_t>(static_cast<unsigned char>(s[0]) & (0xFFU >> (n + 1)));
  for (std::size_t i = 1; i < n; ++i)
    c = (c << 6) | (static_cast<unsigned char>(s[i]) & 0x3FU);
  const std::size_t width = is_in(zero_wide, c) ? 0 : is_in(two_wide, c) ? 2 : 1;
  return {s.substr(0, n), width};
}

std::vector<character> characters_of(std::string_view s) {
  std::vector<character> all;
  for (; !s.empty(); s.remove_prefix(all.back().bytes.size())) all.push_back(first_of(s));
  return all;
}

}  // namespace

std::size_t display_width(std::string_view s) {
  std::size_t width = 0;
  while (!s.empty()) {
    const auto c = first_of(s);
    width += c.width;
    s.remove_prefix(c.bytes.size());
  }
  return width;
}

std::string fitted(std::string_view s, std::size_t width, cut where) {
  if (display_width(s) <= width) return std::string{s};
  if (width == 0) return {};
  const auto all = characters_of(s);
  const auto room = width - 1;  // the ellipsis is one
  const auto behind = where == cut::middle ? room / 2 : 0;
  std::string front, back;
  std::size_t used = 0;
  for (const auto& c : all) {
    if (used + c.width > room - behind) break;
    front += c.bytes;
    used += c.width;
  }
  used = 0;
  for (auto c = all.rbegin(); c != all.rend(); ++c) {
    if (used + c->width > behind || (behind == used && c->width == 0)) break;
    back.insert(0, c->bytes);
    used += c->width;
  }
  return front.append(ellipsis) + back;
}

std::string padded(std::string_view s, std::size_t width, bool to_the_right) {
  const auto is = display_width(s);
  const std::string blanks(width > is ? width - is : 0, ' ');
  return to_the_right ? blanks + std::string{s} : std::string{s} + blanks;
}

}  // namespace scaleit::main
