// [`flap-budget`]
// Source: our own. A count that goes up and down and up again costs more than one that
// stays up; so many reversals in a period are allowed, and then a scale-in waits.
//
// Worked example: reversals 2, period 10 min. 10 -> 14, 14 -> 9 (one), 9 -> 13 (two): the
// next scale-in would be the third, so it waits until one of the two is 10 minutes old.
#include "policy/flap_budget.hpp"

#include "policy/evaluation.hpp"
#include "policy/holds.hpp"
#include "policy/wording.hpp"

#include <fmt/format.h>

namespace scaleit::policy {

namespace {

/// What a step keeps.
struct flap_numbers {
  double budget;
  double period;  ///< seconds
  double left;    ///< seconds
};

}  // namespace

void reversals::watch(const std::optional<flap_budget_spec>& spec, int from, int to,
                      time_point at) {
  const int towards = to > from ? 1 : -1;
  if (spec && last_direction == -towards) {
    const auto budget = static_cast<std::size_t>(spec->reversals);
    if (times.capacity() != budget) times.rset_capacity(budget);
    times.push_back(at);  // of a full ring the oldest goes
  }
  last_direction = towards;
}

void reversals::shift(microseconds by) {
  for (auto& at : times) at += by;
}

void limit_flaps(evaluation& e) {
  const auto& budget = e.spec.flap_budget;
  if (!budget || e.mem.reversed.last_direction <= 0) return;
  const auto allowed = static_cast<std::size_t>(budget->reversals);
  const auto& past = e.mem.reversed.times;
  if (past.size() < allowed) return;
  // The budget is spent while even the oldest of the last `allowed` ones is in the
  // period.
  const auto oldest = past[past.size() - allowed];
  if (oldest <= e.now - budget->period) return;
  e.scale_in_held = true;
  if (e.number < e.current)
    e.step_to(e.current, rule::flap_budget,
              flap_numbers{static_cast<double>(allowed), to_seconds(budget->period),
                           to_seconds(oldest + budget->period - e.now)});
}

// -- what it says ---------------------------------------------------------

std::string why_flaps(const step& s, const target_spec&) {
  const auto n = numbers_of<flap_numbers>(s);
  return fmt::format("the budget of {:.0f} {} within {} is spent: scale-in waits {} more",
                     n.budget, n.budget == 1 ? "reversal" : "reversals",
                     in_seconds(n.period), in_seconds(n.left));
}

void flap_hold(holds& h) {
  const auto& budget = h.spec.flap_budget;
  if (!budget) return;
  const auto& past = h.mem.reversed.times;
  std::size_t within = 0;
  for (const auto& at : past) within += at > h.now - budget->period;
  auto text = fmt::format("{} of {} reversals within {}", within, budget->reversals,
                          holds::span(budget->period));
  const auto allowed = static_cast<std::size_t>(budget->reversals);
  if (within >= allowed)
    text += fmt::format("; {}", h.left(past[past.size() - allowed], budget->period));
  h.say("flap budget", text);
}

}  // namespace scaleit::policy
