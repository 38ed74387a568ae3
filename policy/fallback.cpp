// [`fallback`, `hold`]
// Source: KEDA's fallback: active once *more than* failureThreshold polls in a row have
// failed, over with the first good one. Until then, and without one, the count is held.
//
// Worked example: failureThreshold 3, replicas 6, 4 replicas. Polls 1 to 3 fail: nothing.
// The fourth: 6. With currentReplicasIfHigher and 8 replicas: 8.
#include "policy/rules.hpp"

#include <algorithm>

namespace scaleit::policy {

void fall_back(evaluation& e) {
  const auto& when = e.spec.fallback;
  const auto failures = static_cast<double>(e.mem.failures_in_a_row);
  if (!when || failures <= when->failure_threshold)
    return e.step_to(e.current, rule::hold, {0, 0, failures});
  int to = when->replicas;
  switch (when->behavior) {
    case fallback_behavior::fixed:
      break;
    case fallback_behavior::current_replicas:
      to = e.current;
      break;
    case fallback_behavior::current_replicas_if_higher:
      to = std::max(e.current, to);
      break;
    case fallback_behavior::current_replicas_if_lower:
      to = std::min(e.current, to);
      break;
  }
  e.step_to(to, rule::fallback,
            {failures, static_cast<double>(when->failure_threshold),
             static_cast<double>(when->replicas)});
}

}  // namespace scaleit::policy
