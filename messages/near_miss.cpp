#include "messages/near_miss.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace scaleit {

namespace {

constexpr std::size_t letters_max = 64;  // longer words are not compared

bool same(char a, char b) {
  return std::tolower(static_cast<unsigned char>(a)) ==
         std::tolower(static_cast<unsigned char>(b));
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  if (std::max(a.size(), b.size()) > letters_max) return 2 * letters_max;
  std::array<std::array<std::size_t, letters_max + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i - 1) % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = same(a[i - 1], b[j - 1]) ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + replaced});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
        row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t fewest = std::max<std::size_t>(1, word.size() / 3) + 1;
  if (word.empty() || word.size() > letters_max) return best;
  for (const auto& candidate : known) {
    if (candidate.empty()) continue;
    const auto d = edit_distance(word, candidate);
    if (d >= fewest) continue;
    fewest = d;
    best = candidate;
  }
  return best;
}

}  // namespace scaleit
