// Source: Kubernetes HPA v2: the largest recommendation of all metrics wins, and a metric
// that cannot be read forbids scaling in, so that missing data never takes capacity away.
//
// Worked example: 10 replicas; cpu asks for 8, queue for 14: 14. If the queue is missing:
// cpu's 8 would be a scale-in on half the truth, so 10.
#include "policy/rules.hpp"

namespace scaleit::policy {

namespace {

/// The metrics that should have been there and are not, one bit each.
double missing(const target_spec& spec, const observation& seen) {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < spec.metrics.size(); ++i)
    if (!seen.find(spec.metrics[i].name)) mask |= std::uint64_t{1} << i;
  return static_cast<double>(mask);
}

}  // namespace

int combine(const target_spec& spec, const observation& seen, decision& d) {
  step strongest;
  int wanted = -1;
  std::size_t usable = 0;
  for (std::size_t i = 0; i < spec.metrics.size(); ++i) {
    const auto& metric = spec.metrics[i];
    const auto* sample = seen.find(metric.name);
    if (sample == nullptr) continue;
    ++usable;
    step s;
    s.metric = static_cast<std::uint8_t>(i);
    const int asks = recommend(metric, spec.tolerance, sample->value, seen.replicas, s);
    if (asks <= wanted) continue;
    wanted = asks;
    strongest = s;
  }
  const int current = seen.replicas;
  if (usable == 0) {
    d.steps.push_back({rule::hold, 0, current, current, {missing(spec, seen)}});
    return current;
  }
  d.steps.push_back(strongest);
  if (usable > 1)
    d.steps.push_back(
        {rule::combine, strongest.metric, wanted, wanted, {static_cast<double>(usable)}});
  if (usable < spec.metrics.size() && wanted < current) {
    d.steps.push_back({rule::missing_metric, 0, wanted, current, {missing(spec, seen)}});
    wanted = current;
  }
  return wanted;
}

}  // namespace scaleit::policy
