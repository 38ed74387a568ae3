// [`switched-off`, `schedule-min`, `schedule-max`, `min`, `max`]
// Source: Kubernetes HPA v2: minReplicas, maxReplicas, and `replicas: 0` by hand, which
// HPA reads as "autoscaling is disabled". Bounds come last, so that a count outside is
// corrected at once, whatever the metrics say and however slow the rest would go.
//
// Worked example: wanted 0 with a minimum of 1: 1. Observed 0 with a minimum of 1: 0,
// held. Minimum 2, and a schedule that asks for 10 from 8 to 18: at 9 o'clock never
// below 10.
#include "policy/rules.hpp"

#include <algorithm>

namespace scaleit::policy {

bool switched_off(evaluation& e) {
  if (e.current != 0 || e.spec.min_replicas == 0) return false;
  e.step_to(0, rule::switched_off, {static_cast<double>(e.spec.min_replicas)});
  return true;
}

void bound(evaluation& e) {
  int floor = e.spec.min_replicas;
  int ceiling = e.spec.max_replicas;
  auto raised = rule::min;
  auto lowered = rule::max;
  if (!e.spec.schedules.empty()) {
    auto& now = e.mem.cached.schedule;
    if (!now || e.now < now->from || e.now >= now->until)
      now = schedules_at(e.spec.schedules, e.now);
    // A schedule narrows the bounds of the spec; it never goes beyond them.
    const auto within = [&](int count) {
      return std::clamp(count, e.spec.min_replicas, e.spec.max_replicas);
    };
    if (now->floor && within(*now->floor) > floor) {
      floor = within(*now->floor);
      raised = rule::schedule_min;
    }
    if (now->ceiling && within(*now->ceiling) < ceiling) {
      ceiling = within(*now->ceiling);
      lowered = rule::schedule_max;
    }
  }
  ceiling = std::max(ceiling, floor);  // of two schedules, the floor wins
  const auto by = [&](bool scheduled, bool up) {
    const auto& now = e.mem.cached.schedule;
    return !scheduled ? -1.0 : static_cast<double>(up ? now->floor_by : now->ceiling_by);
  };
  if (e.number < floor)
    e.step_to(floor, raised, {by(raised == rule::schedule_min, true)});
  if (e.number > ceiling)
    e.step_to(ceiling, lowered, {by(lowered == rule::schedule_max, false)});
}

}  // namespace scaleit::policy
