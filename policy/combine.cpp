// Source: Kubernetes HPA v2: the largest recommendation of all metrics wins, and a metric
// that cannot be read forbids scaling in, so that missing data never takes capacity away.
//
// Worked example: 10 replicas; cpu asks for 8, queue for 14: 14. If the queue is missing:
// cpu's 8 would be a scale-in on half the truth, so 10.
#include "policy/rules.hpp"

namespace scaleit::policy {

namespace {

/// The metrics that should have been there and are not, for a sentence.
std::string names_of_missing(const target_spec& spec, const observation& seen) {
  std::string names;
  for (const auto& m : spec.metrics) {
    if (seen.find(m.name)) continue;
    if (!names.empty()) names += ", ";
    names += m.name;
  }
  return names;
}

}  // namespace

int combine(const target_spec& spec, const observation& seen, decision& d) {
  step strongest;
  int wanted = -1;
  std::size_t usable = 0;
  for (const auto& metric : spec.metrics) {
    const auto* sample = seen.find(metric.name);
    if (sample == nullptr) continue;
    ++usable;
    step s;
    const int asks = recommend(metric, spec.tolerance, sample->value, seen.replicas, s);
    if (asks <= wanted) continue;
    wanted = asks;
    strongest = std::move(s);
  }
  const int current = seen.replicas;
  if (usable == 0) {
    d.steps.push_back(
        {rule::hold, current, current, names_of_missing(spec, seen), {}, {}});
    return current;
  }
  d.steps.push_back(strongest);
  if (usable > 1)
    d.steps.push_back({rule::combine,
                       wanted,
                       wanted,
                       strongest.metric,
                       {static_cast<double>(usable)},
                       {}});
  if (usable < spec.metrics.size() && wanted < current) {
    d.steps.push_back(
        {rule::missing_metric, wanted, current, names_of_missing(spec, seen), {}, {}});
    wanted = current;
  }
  return wanted;
}

}  // namespace scaleit::policy
