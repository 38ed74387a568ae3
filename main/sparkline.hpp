// A series of numbers in one line of a terminal: ▁▂▃▄▅▆▇█
#pragma once

#include <cstddef>
#include <deque>
#include <string>

namespace scaleit::main {

/// The last `width` values between `low` and `high`, the newest to the right; one that is
/// not a number is a gap, and what is not there yet blank.
std::string sparkline(const std::deque<double>& values, std::size_t width, double low,
                      double high);

}  // namespace scaleit::main
