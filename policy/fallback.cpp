// [`fallback`]
// Source: KEDA's fallback: active once *more than* failureThreshold polls in a row have
// failed, over with the first good one. Until then, and without one, the count is held.
//
// Worked example: failureThreshold 3, replicas 6, 4 replicas. Polls 1 to 3 fail: nothing.
// The fourth: 6. With currentReplicasIfHigher and 8 replicas: 8.
#include "policy/fallback.hpp"

#include "policy/evaluation.hpp"
#include "policy/hold.hpp"
#include "policy/holds.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace scaleit::policy {

namespace {

/// What a step keeps.
struct fallback_numbers {
  double failures;  ///< polls in a row
  double threshold;
  double replicas;  ///< of the fallback
};

const char* polls_have(double count) {
  return count == 1 ? "poll in a row has" : "polls in a row have";
}

}  // namespace

void fall_back(evaluation& e) {
  const auto& when = e.spec.fallback;
  const auto failures = static_cast<double>(e.mem.failures_in_a_row);
  if (!when || failures <= when->failure_threshold) return hold_while_failing(e);
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
            fallback_numbers{failures, static_cast<double>(when->failure_threshold),
                             static_cast<double>(when->replicas)});
}

// -- what it says ---------------------------------------------------------

std::string why_fallback(const step& s, const target_spec&) {
  const auto n = numbers_of<fallback_numbers>(s);
  const auto failed = fmt::format("{:.0f} {} failed, more than {:.0f}", n.failures,
                                  polls_have(n.failures), n.threshold);
  if (n.replicas == s.to) return fmt::format("{}: falling back to {}", failed, s.to);
  return fmt::format("{}: keeping {}, the fallback being {:.0f}", failed, s.to,
                     n.replicas);
}

void fallback_hold(holds& h) {
  const auto failures = h.mem.failures_in_a_row;
  const auto& when = h.spec.fallback;
  if (failures == 0 && !when) return;
  auto text = fmt::format("{} {} failed", failures, polls_have(failures));
  if (when)
    text += fmt::format("; the fallback of {} begins after more than {}", when->replicas,
                        when->failure_threshold);
  h.say("polls", text);
}

}  // namespace scaleit::policy
