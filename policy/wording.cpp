#include "policy/wording.hpp"

#include "messages/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

namespace scaleit::policy {

namespace {

/// A number of digits after the point, halves away from zero: 3.75 is 3.8, although the
/// double that stands for it is a little less.
std::string rounded(double x, int digits) {
  return fmt::format("{:.{}f}", x + std::copysign(1e-9 * std::max(1.0, std::abs(x)), x),
                     digits);
}

}  // namespace

const std::string& metric_of(const step& s, const target_spec& spec) {
  return spec.metrics.at(s.metric).name;
}

std::string metrics_of(double mask, const target_spec& spec) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < spec.metrics.size(); ++i)
    if (static_cast<std::uint64_t>(mask) >> i & 1) names.push_back(spec.metrics[i].name);
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

std::string distance(double value, double target) {
  const double percent = (value / target - 1) * 100;
  if (std::abs(percent) < 0.05) return "at " + format_value(target);
  return fmt::format("{} % {} {}", rounded(std::abs(percent), 1),
                     percent > 0 ? "above" : "below", format_value(target));
}

std::string in_seconds(double s) {
  const bool whole = s >= 100 || std::abs(s - std::round(s)) < 0.05;
  return rounded(s, whole ? 0 : 1) + " s";
}

std::string rounding(double exact, int to) {
  if (std::abs(exact - to) <= 1e-9 * std::max(1.0, exact))
    return fmt::format("exactly {}", to);
  if (exact > to) return fmt::format("{} is limited to {}", format_value(exact), to);
  auto shown = format_value(exact);
  // As many digits as it takes to see that it is not a whole number.
  for (int digits = 3; finite_number(shown) == std::round(exact) && digits <= 9; ++digits)
    shown = fmt::format("{:.{}f}", exact, digits);
  return fmt::format("{} is rounded up to {}", shown, to);
}

}  // namespace scaleit::policy
