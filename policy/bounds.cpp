// [`switched-off`, `schedule-min`, `schedule-max`, `min`, `max`]
// Source: Kubernetes HPA v2: minReplicas, maxReplicas, and `replicas: 0` by hand, which
// HPA reads as "autoscaling is disabled". Bounds come last, so that a count outside is
// corrected at once, whatever the metrics say and however slow the rest would go.
//
// Worked example: wanted 0 with a minimum of 1: 1. Observed 0 with a minimum of 1: 0,
// held. Minimum 2, and a schedule that asks for 10 from 8 to 18: at 9 o'clock never
// below 10.
#include "policy/bounds.hpp"

#include "policy/evaluation.hpp"
#include "policy/holds.hpp"
#include "policy/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace scaleit::policy {

namespace {

// -- what a step keeps ----------------------------------------------------

struct switched_off_numbers {
  double minimum;
};

struct schedule_numbers {
  double index;  ///< which of the spec's schedules
};

// -- the bounds in force --------------------------------------------------
// A schedule narrows the bounds of the spec, and never goes beyond them.

int floor_within(const policy_spec& spec, int asked) {
  return std::min(asked, spec.max_replicas);
}

int ceiling_within(const policy_spec& spec, int allowed) {
  return std::max(allowed, spec.min_replicas);
}

/// A floor or a ceiling, and which of the schedules sets it, if one does.
struct limit {
  int count;
  std::optional<std::uint8_t> by{};
};

void step_within(evaluation& e, const limit& l, rule own, rule scheduled) {
  if (!l.by) return e.step_to(l.count, own);
  e.step_to(l.count, scheduled, schedule_numbers{static_cast<double>(*l.by)});
}

}  // namespace

bool switched_off(evaluation& e) {
  if (e.current != 0 || e.spec.min_replicas == 0) return false;
  e.step_to(0, rule::switched_off,
            switched_off_numbers{static_cast<double>(e.spec.min_replicas)});
  return true;
}

void bound(evaluation& e) {
  limit floor{e.spec.min_replicas};
  limit ceiling{e.spec.max_replicas};
  if (!e.spec.schedules.empty()) {
    auto& now = e.mem.cached.schedule;
    if (!now || !now->holds_at(e.now)) now = schedules_at(e.spec.schedules, e.now);
    if (now->floor && floor_within(e.spec, *now->floor) > floor.count)
      floor = {floor_within(e.spec, *now->floor), now->floor_by};
    if (now->ceiling && ceiling_within(e.spec, *now->ceiling) < ceiling.count)
      ceiling = {ceiling_within(e.spec, *now->ceiling), now->ceiling_by};
  }
  ceiling.count = std::max(ceiling.count, floor.count);  // of two, the floor wins
  if (e.number < floor.count) step_within(e, floor, rule::min, rule::schedule_min);
  if (e.number > ceiling.count) step_within(e, ceiling, rule::max, rule::schedule_max);
}

// -- what it says ---------------------------------------------------------

std::string why_switched_off(const step& s, const target_spec&) {
  return fmt::format("0 replicas while the minimum is {:.0f}: switched off by hand",
                     numbers_of<switched_off_numbers>(s).minimum);
}

std::string why_min(const step& s, const target_spec&) {
  return fmt::format("raised to the minimum of {}", s.to);
}

std::string why_max(const step& s, const target_spec&) {
  return fmt::format("lowered to the maximum of {}", s.to);
}

namespace {

const schedule_spec& schedule_of(const step& s, const target_spec& spec) {
  const auto index = numbers_of<schedule_numbers>(s).index;
  return spec.schedules.at(static_cast<std::size_t>(index));
}

std::string named(const schedule_spec& s) {
  return fmt::format("the schedule '{}' ({}, for {})", s.cron, s.timezone,
                     to_string(s.duration));
}

}  // namespace

std::string why_schedule_min(const step& s, const target_spec& spec) {
  const auto& by = schedule_of(s, spec);
  if (by.min_replicas && *by.min_replicas > s.to)
    return fmt::format("raised to the maximum of {} by {}, which asks for {}", s.to,
                       named(by), *by.min_replicas);
  return fmt::format("raised to {} by {}", s.to, named(by));
}

std::string why_schedule_max(const step& s, const target_spec& spec) {
  const auto& by = schedule_of(s, spec);
  if (!by.max_replicas || *by.max_replicas >= s.to)
    return fmt::format("lowered to {} by {}", s.to, named(by));
  if (s.to == spec.min_replicas)
    return fmt::format("lowered to the minimum of {} by {}, which allows {}", s.to,
                       named(by), *by.max_replicas);
  return fmt::format("lowered to {}, the floor, which wins over the {} of {}", s.to,
                     *by.max_replicas, named(by));
}

void schedule_hold(holds& h) {
  if (h.spec.schedules.empty()) return;
  const auto s = schedules_at(h.spec.schedules, h.now);
  std::string text;
  if (s.floor) text = fmt::format("not below {}", floor_within(h.spec, *s.floor));
  if (s.ceiling)
    text += fmt::format("{}not above {}", text.empty() ? "" : ", ",
                        ceiling_within(h.spec, *s.ceiling));
  h.say("schedules", text.empty() ? "none is active" : text);
}

}  // namespace scaleit::policy
