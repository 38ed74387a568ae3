#include "main/sparkline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace scaleit::main {

std::string sparkline(const std::deque<double>& values, std::size_t width, double low,
                      double high) {
  constexpr std::array<std::string_view, 8> levels{"▁", "▂", "▃", "▄",
                                                   "▅", "▆", "▇", "█"};
  const auto shown = std::min(values.size(), width);
  std::string out(width - shown, ' ');
  for (auto v = values.end() - static_cast<std::ptrdiff_t>(shown); v != values.end();
       ++v) {
    if (std::isnan(*v)) {
      out += ' ';
      continue;
    }
    const double part = high > low ? (*v - low) / (high - low) : 0.5;
    const auto level = std::clamp(part, 0.0, 0.999) * levels.size();
    out += levels[static_cast<std::size_t>(level)];
  }
  return out;
}

}  // namespace scaleit::main
