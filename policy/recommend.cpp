// [`target`, `tolerance`, `unready`]
// Source: Kubernetes HPA v2, "Algorithm details", and KEP-4951 for the two tolerances.
// For replicas that are not ready, HPA's replica calculator: they count as idle on the
// way up, and not at all on the way down.
//
// Worked examples: 10 replicas, cpu 0.95, target 0.80, tolerance 0.125.
// 0.95 / 0.80 = 1.1875 > 1.125, so ceil(10 x 0.95 / 0.80) = ceil(11.875) = 12.
// With 9 of the 10 ready: 1.1875 x 9 / 10 = 1.06875, within the tolerance: hold.
#include "messages/bounds.hpp"
#include "policy/rules.hpp"

#include <algorithm>
#include <cmath>

namespace scaleit::policy {

namespace {

/// Binary fractions are not decimal ones: 0.9 / 0.8 must count as 1.125.
constexpr double epsilon = 1e-9;

bool is_whole(double x) {
  return std::abs(x - std::round(x)) <= epsilon * std::max(1.0, std::abs(x));
}

}  // namespace

bool within(const tolerance_spec& t, double ratio) {
  return ratio >= 1 - t.down - epsilon && ratio <= 1 + t.up + epsilon;
}

int replicas_for(double x) {
  if (!(x > 0)) return 0;
  if (x >= bounds::replicas_max) return bounds::replicas_max;
  return static_cast<int>(is_whole(x) ? std::round(x) : std::ceil(x));
}

int whole_replicas_below(double x) {
  if (!(x > 0)) return 0;
  if (x >= bounds::replicas_max) return bounds::replicas_max;
  return static_cast<int>(is_whole(x) ? std::round(x) : std::floor(x));
}

double seconds(microseconds d) { return static_cast<double>(d.count()) / 1e6; }

step recommend(const target_spec& spec, std::size_t index, double value, int current,
               int serving) {
  const auto& metric = spec.metrics[index];
  const bool total = metric.type == metric_type::average_value;
  const double per_replica = total && current > 0 ? value / current : value;
  const double ratio = per_replica / metric.target;
  step s{rule::tolerance, static_cast<std::uint8_t>(index), current, current, {}};
  if (current > 0 && within(spec.tolerance, ratio)) {
    const double allowed = ratio < 1 ? spec.tolerance.down : spec.tolerance.up;
    s.numbers = {per_replica, metric.target, allowed};
    return s;
  }
  if (!total && serving < current) {
    s.code = rule::unready;
    s.numbers = {value, metric.target, static_cast<double>(serving)};
    const int wanted = replicas_for(serving * value / metric.target);
    const double of_all = ratio * serving / current;
    if (ratio < 1)
      s.to = std::min(wanted, current);
    else if (of_all > 1 && !within(spec.tolerance, of_all))
      s.to = wanted;  // = ceil(current x of_all)
    return s;
  }
  const double exact =
      total || current == 0 ? value / metric.target : current * value / metric.target;
  s.code = rule::target;
  s.to = replicas_for(exact);
  s.numbers = {per_replica, metric.target, exact};
  return s;
}

}  // namespace scaleit::policy
