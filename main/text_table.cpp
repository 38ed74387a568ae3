#include "main/text_table.hpp"

#include <algorithm>
#include <utility>

namespace scaleit::main {

namespace {

constexpr std::size_t gap = 2;

}  // namespace

std::vector<std::size_t> text_table::widths(std::size_t width) const {
  std::vector<std::size_t> all;
  std::size_t sum = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto w = std::max(display_width(columns_[i].title), columns_[i].width_usual);
    for (const auto& row : rows_) w = std::max(w, display_width(row[i]));
    all.push_back(std::min(w, width));
    sum += all.back() + (i > 0 ? gap : 0);
  }
  // Each step takes from the one that has most to give.
  while (sum > width) {
    std::size_t most = 0, from = all.size();
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto min = columns_[i].width_min;
      if (min > 0 && all[i] > min && all[i] - min > most) most = all[i] - min, from = i;
    }
    if (from == all.size()) break;
    --all[from], --sum;
  }
  return all;
}

std::string text_table::line(const std::vector<std::string>& cells,
                             const std::vector<std::size_t>& widths,
                             std::size_t width) const {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out.append(gap, ' ');
    const auto cell = columns_[i].width_min > 0
                          ? fitted(cells[i], widths[i], columns_[i].where)
                          : cells[i];
    out += padded(cell, widths[i], columns_[i].right);
  }
  out = fitted(out, width, cut::end);
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

std::vector<std::string> text_table::lines(std::size_t width) const {
  const auto w = widths(width);
  std::vector<std::string> titles, out;
  for (const auto& c : columns_) titles.push_back(c.title);
  out.push_back(line(titles, w, width));
  for (const auto& row : rows_) out.push_back(line(row, w, width));
  return out;
}

std::string joined_lines(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& l : lines) (out += l) += '\n';
  return out;
}

}  // namespace scaleit::main
