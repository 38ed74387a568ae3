// Source: Kubernetes HPA v2: minReplicas, maxReplicas, and `replicas: 0` by hand, which
// HPA reads as "autoscaling is disabled".
//
// Worked example: wanted 0 with a minimum of 1: 1. Observed 0 with a minimum of 1: 0,
// held.
#include "policy/rules.hpp"

namespace scaleit::policy {

int limit(const target_spec& spec, int current, int wanted, decision& d) {
  const auto change = [&](rule code, int to, double number = 0) {
    d.steps.push_back({code, 0, wanted, to, {number}});
    wanted = to;
  };
  if (current == 0 && spec.min_replicas > 0) {
    change(rule::switched_off, 0, spec.min_replicas);
    return 0;
  }
  if (wanted < spec.min_replicas) change(rule::min, spec.min_replicas);
  if (wanted > spec.max_replicas) change(rule::max, spec.max_replicas);
  return wanted;
}

}  // namespace scaleit::policy
