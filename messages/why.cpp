// The sentences of the rules. Each reads well on its own: the person who asks
// "why 7?" sees the numbers, not the name of a variable.
#include "messages/decision.hpp"
#include "messages/text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace scaleit {

namespace {

/// `18.8 % above 0.80`, `3.1 % below 30.00`, `exactly 0.80`.
std::string distance(double value, double target) {
  const double percent = (value / target - 1) * 100;
  if (std::abs(percent) < 0.05) return "at " + format_value(target);
  return fmt::format("{:.1f} % {} {}", std::abs(percent), percent > 0 ? "above" : "below",
                     format_value(target));
}

}  // namespace

std::string why(const step& s) {
  if (!s.text.empty()) return s.text;
  const auto [a, b, c] = s.numbers;
  switch (s.code) {
    case rule::target:  // value, target, the exact product
      return fmt::format("{} {} is {}: {} is rounded up to {}", s.metric, format_value(a),
                         distance(a, b), format_value(c), s.to);
    case rule::tolerance:  // value, target, allowed ratio
      return fmt::format("within tolerance: {} {} is {}, {:.1f} % allowed", s.metric,
                         format_value(a), distance(a, b), c * 100);
    case rule::combine:  // number of metrics
      return fmt::format("{} asks for the most of {:.0f} metrics", s.metric, a);
    case rule::missing_metric:
      return fmt::format("{} is missing: no scale-in without it", s.metric);
    case rule::hold:
      return fmt::format("no usable metric ({}): held at {}", s.metric, s.to);
    case rule::switched_off:  // minimum
      return fmt::format("0 replicas while the minimum is {:.0f}: switched off by hand",
                         a);
    case rule::min:
      return fmt::format("raised to the minimum of {}", s.to);
    case rule::max:
      return fmt::format("lowered to the maximum of {}", s.to);
  }
  return {};
}

}  // namespace scaleit
