// Source: Kubernetes HPA v2, "Algorithm details", and KEP-4951 for the two tolerances.
//
// Worked example: 10 replicas, cpu 0.95, target 0.80, tolerance 0.125.
// 0.95 / 0.80 = 1.1875 > 1.125, so ceil(10 x 0.95 / 0.80) = ceil(11.875) = 12.
#include "messages/bounds.hpp"
#include "policy/rules.hpp"

#include <algorithm>
#include <cmath>

namespace scaleit::policy {

namespace {

/// Binary fractions are not decimal ones: 0.9 / 0.8 must count as 1.125.
constexpr double epsilon = 1e-9;

bool within(const tolerance_spec& t, double ratio) {
  return ratio >= 1 - t.down - epsilon && ratio <= 1 + t.up + epsilon;
}

}  // namespace

int replicas_for(double x) {
  if (!(x > 0)) return 0;
  if (x >= bounds::replicas_max) return bounds::replicas_max;
  const double whole = std::round(x);
  const double answer =
      std::abs(x - whole) <= epsilon * std::max(1.0, x) ? whole : std::ceil(x);
  return static_cast<int>(answer);
}

int recommend(const metric_spec& metric, const tolerance_spec& tolerance, double value,
              int current, step& why) {
  const bool total = metric.type == metric_type::average_value;
  why.from = current;
  const double per_replica = total && current > 0 ? value / current : value;
  const double ratio = per_replica / metric.target;
  if (current > 0 && within(tolerance, ratio)) {
    why.code = rule::tolerance;
    const double allowed = ratio < 1 ? tolerance.down : tolerance.up;
    why.numbers = {per_replica, metric.target, allowed};
    return why.to = current;
  }
  const double exact =
      total || current == 0 ? value / metric.target : current * value / metric.target;
  why.code = rule::target;
  why.numbers = {per_replica, metric.target, exact};
  return why.to = replicas_for(exact);
}

}  // namespace scaleit::policy
