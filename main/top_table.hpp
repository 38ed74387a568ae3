// The live table of `scaleit top`: what it shows of the targets that were last seen, and
// of how they came there. Pure: no terminal, no clock.
#pragma once

#include "main/target_view.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::main {

enum class top_order : std::uint8_t { health, name, replicas, desired, metric };
inline constexpr std::array<std::string_view, 5> top_orders{"health", "name", "replicas",
                                                            "desired", "metric"};

class top_table {
 public:
  /// All targets, as they are now: each look is one more point of the lines.
  void update(std::vector<target_view> now);

  /// A second time the other way round.
  void sort_by(top_order order);
  /// By so many rows, as far as there are some.
  void scroll(long rows) { first_ += rows; }
  void scroll_to_top() { first_ = 0; }
  void scroll_to_end() { first_ = static_cast<long>(targets_.size()); }

  /// `scaleit top`: how many, by health; then as many rows as fit, each line as wide at
  /// most. `height`: nothing for all rows. `note` stands in the first line.
  std::vector<std::string> lines(std::size_t width, std::optional<std::size_t> height,
                                 const std::string& note = {});
  /// Of the lines that were given out last: the title's, and those of unwell targets.
  static constexpr std::size_t title_line = 1;
  bool is_unwell(std::size_t line) const;

  std::size_t size() const { return targets_.size(); }

 private:
  struct history {
    std::deque<double> ratios;  // NaN: not known
  };
  void sort();
  std::string summary(std::size_t width, const std::string& note) const;
  std::string trend(const target_view& t) const;

  std::vector<target_view> targets_;
  std::map<std::string, history, std::less<>> histories_;
  top_order order_ = top_order::health;
  bool reversed_ = false;
  long first_ = 0;
  std::size_t shown_ = 0;
};

}  // namespace scaleit::main
