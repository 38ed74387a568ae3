// [`fallback`]
// Source: KEDA's fallback: active once *more than* failureThreshold polls in a row have
// failed, over with the first good one.
//
// Worked example: failureThreshold 3, replicas 6, 4 replicas. Polls 1 to 3 fail: nothing.
// The fourth: 6. With currentReplicasIfHigher and 8 replicas: 8.
#include "policy/rules.hpp"

#include <algorithm>

namespace scaleit::policy {

bool fall_back(evaluation& e) {
  const auto& when = e.spec.fallback;
  if (!when ||
      e.mem.failures_in_a_row <= static_cast<std::uint32_t>(when->failure_threshold))
    return false;
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
            {static_cast<double>(e.mem.failures_in_a_row),
             static_cast<double>(when->failure_threshold),
             static_cast<double>(when->replicas)});
  return true;
}

}  // namespace scaleit::policy
