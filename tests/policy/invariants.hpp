// What holds of every decision, whatever the policy and the weather are.
#pragma once

#include "messages/decision.hpp"
#include "messages/observation.hpp"
#include "messages/target_spec.hpp"
#include "policy/load.hpp"
#include "policy/schedule.hpp"
#include "policy/why.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

namespace scaleit::test {

inline bool has_step(const decision& d, rule code) {
  return std::any_of(d.steps.begin(), d.steps.end(),
                     [&](const step& s) { return s.code == code; });
}

/// The floor and the ceiling at `now`, as the policy says them.
inline std::pair<int, int> bounds_of(const target_spec& spec, time_point now) {
  int floor = spec.min_replicas, ceiling = spec.max_replicas;
  if (!spec.schedules.empty()) {
    const auto s = policy::schedules_at(spec.schedules, now);
    floor = std::clamp(s.floor.value_or(floor), floor, ceiling);
    ceiling = std::clamp(s.ceiling.value_or(ceiling), spec.min_replicas, ceiling);
  }
  return {floor, std::max(floor, ceiling)};
}

/// Rules that are not configured leave no step.
inline bool may_speak(const target_spec& spec, rule code) {
  switch (code) {
    case rule::panic:
      return spec.panic.has_value();
    case rule::stale:
      return spec.max_age.count() > 0;
    case rule::fallback:
      return spec.fallback.has_value();
    case rule::stabilize_up:
      return spec.behavior.up.stabilization_window.count() > 0;
    case rule::stabilize_down:
      return spec.behavior.down.stabilization_window.count() > 0;
    case rule::outage_guard:
      return spec.guard.has_value();
    case rule::flap_budget:
      return spec.flap_budget.has_value();
    case rule::activate:
    case rule::idle:
      return spec.zero.has_value();
    case rule::schedule_min:
    case rule::schedule_max:
      return !spec.schedules.empty();
    case rule::paused:
      return spec.mode == scaling_mode::paused;
    case rule::dry_run:
      return spec.mode == scaling_mode::dry_run;
    case rule::pause_in:
      return spec.pause.scale_in;
    case rule::pause_out:
      return spec.pause.scale_out;
    default:
      return true;
  }
}

/// Which invariant a decision breaks; null when none. `seen` is null for a failed poll.
inline const char* broken_invariant(const target_spec& spec, const decision& d,
                                    const observation* seen, time_point now) {
  const auto [floor, ceiling] = bounds_of(spec, now);
  const bool held = has_step(d, rule::paused) || has_step(d, rule::pause_in) ||
                    has_step(d, rule::pause_out) || has_step(d, rule::switched_off);
  if (!held && (d.desired < floor || d.desired > ceiling)) return "within the bounds";
  if (seen) {
    bool missing = policy::stale(spec, *seen, now);
    for (const auto& m : spec.metrics) missing = missing || !policy::usable(*seen, m);
    if (missing && d.desired < std::min(d.current, ceiling))
      return "no scale-in on missing data";
  }
  if (d.steps.empty()) return "there is a reason";
  if (d.steps.front().from != d.current || d.steps.back().to != d.desired)
    return "the steps lead from the current to the desired count";
  bool passes = false;
  for (std::size_t k = 0; k < d.steps.size(); ++k) {
    if (k > 0 && d.steps[k].from != d.steps[k - 1].to) return "no gap between the steps";
    passes = passes || d.steps[k].to == d.recommended;
    if (!may_speak(spec, d.steps[k].code)) return "who is not configured is silent";
  }
  return passes ? nullptr : "the steps pass the recommendation";
}

inline std::string described(const std::optional<decision>& d, const target_spec& spec) {
  if (!d) return "none";
  std::ostringstream s;
  s << d->current << " -> " << d->recommended << " -> " << d->desired;
  for (const auto& x : d->steps)
    s << "\n  " << to_string(x.code) << " " << x.from << " -> " << x.to << ": "
      << policy::why(x, spec, false);
  return s.str();
}

}  // namespace scaleit::test
