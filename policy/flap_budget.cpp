// [`flap-budget`]
// Source: our own. A count that goes up and down and up again costs more than one that
// stays up; so many reversals in a period are allowed, and then a scale-in waits.
//
// Worked example: reversals 2, period 10 min. 10 -> 14, 14 -> 9 (one), 9 -> 13 (two): the
// next scale-in would be the third, so it waits until one of the two is 10 minutes old.
#include "policy/rules.hpp"

namespace scaleit::policy {

void limit_flaps(evaluation& e) {
  const auto& budget = e.spec.flap_budget;
  if (!budget || e.mem.last_direction <= 0) return;
  const auto allowed = static_cast<std::size_t>(budget->reversals);
  const auto& past = e.mem.reversals;
  if (past.size() < allowed) return;
  // The budget is spent while even the oldest of the last `allowed` ones is in the
  // period.
  const auto oldest = past[past.size() - allowed];
  if (oldest <= e.now - budget->period) return;
  e.scale_in_held = true;
  if (e.number < e.current)
    e.step_to(e.current, rule::flap_budget,
              {static_cast<double>(allowed), seconds(budget->period),
               seconds(oldest + budget->period - e.now)});
}

}  // namespace scaleit::policy
