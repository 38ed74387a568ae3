// The sentences of the rules. Each reads well on its own: the person who asks
// "why 7?" sees the numbers, not the name of a variable.
#include "messages/decision.hpp"
#include "messages/target_spec.hpp"
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

/// The metrics whose bits are set.
std::string names(double mask, const target_spec& spec) {
  std::string all;
  for (std::size_t i = 0; i < spec.metrics.size(); ++i)
    if (static_cast<std::uint64_t>(mask) >> i & 1)
      all += (all.empty() ? "" : ", ") + spec.metrics[i].name;
  return all;
}

}  // namespace

std::string why(const step& s, const target_spec& spec) {
  const auto [a, b, c, d] = s.numbers;
  const auto& metric = spec.metrics.at(s.metric).name;
  switch (s.code) {
    case rule::target:  // value, target, the exact product
      return fmt::format("{} {} is {}: {} is rounded up to {}", metric, format_value(a),
                         distance(a, b), format_value(c), s.to);
    case rule::tolerance:  // value, target, allowed ratio
      return fmt::format("within tolerance: {} {} is {}, {:.1f} % allowed", metric,
                         format_value(a), distance(a, b), c * 100);
    case rule::combine:  // number of metrics
      return fmt::format("{} asks for the most of {:.0f} metrics", metric, a);
    case rule::missing_metric:
      return fmt::format("{} is missing: no scale-in without it", names(a, spec));
    case rule::hold:
      return fmt::format("no usable metric ({}): held at {}", names(a, spec), s.to);
    case rule::switched_off:  // minimum
      return fmt::format("0 replicas while the minimum is {:.0f}: switched off by hand",
                         a);
    case rule::min:
      return fmt::format("raised to the minimum of {}", s.to);
    case rule::max:
      return fmt::format("lowered to the maximum of {}", s.to);
    default:
      break;
  }
  return {};
}

}  // namespace scaleit
