#include "telemetry/target_lines.hpp"

#include "messages/bounds.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string_view>

namespace scaleit::telemetry {

bool target_lines::take(kind what, time_point now) {
  if (over(now)) {
    begin_ = now;
    told_ = 0;
  }
  if (told_ < bounds::target_lines_per_second) {
    ++told_;
    return true;
  }
  ++left_out_[static_cast<std::size_t>(what)];
  return false;
}

/// A clock that was set back begins a second as well.
bool target_lines::over(time_point now) const {
  return now < begin_ || now - begin_ >= std::chrono::seconds{1};
}

std::string target_lines::summary(time_point now) {
  return over(now) ? rest() : std::string{};
}

std::string target_lines::rest() {
  constexpr std::array<std::string_view, 3> names{"added", "changed", "removed"};
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto n = left_out_[i];
    if (n == 0) continue;
    text += text.empty() ? fmt::format("and {} more {} {}", n,
                                       n == 1 ? "target" : "targets", names[i])
                         : fmt::format(", {} {}", n, names[i]);
  }
  left_out_ = {};
  return text;
}

}  // namespace scaleit::telemetry
