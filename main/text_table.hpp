// Columns for people: as wide as what is in them, as long as that fits.
#pragma once

#include "main/text_width.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace scaleit::main {

inline constexpr std::size_t usual_width = 80;

struct table_column {
  std::string title;
  bool right = false;         ///< numbers
  std::size_t width_min = 0;  ///< 0: it is never cut
  cut where = cut::end;
  std::size_t width_usual = 0;  ///< at least so wide, so that a live table stands still
};

class text_table {
 public:
  explicit text_table(std::vector<table_column> columns) : columns_(std::move(columns)) {}

  /// One cell for each column; printable.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }

  /// The title and the rows, none wider than `width`, without blanks at their ends.
  std::vector<std::string> lines(std::size_t width) const;

 private:
  std::vector<std::size_t> widths(std::size_t width) const;
  std::string line(const std::vector<std::string>& cells,
                   const std::vector<std::size_t>& widths, std::size_t width) const;

  std::vector<table_column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// A line break behind each.
std::string joined_lines(const std::vector<std::string>& lines);

}  // namespace scaleit::main
