// [`activate`, `idle`]
// Source: KEDA: activation is strict, comes before the scaling threshold, and the
// cooldown is for the way to zero only.
//
// Worked example: activation queue 5, cooldown 300 s, target 30. At 0 with a queue of 5:
// 0; of 6: 1. At 1 with a queue of 3 (the formula still asks for 1): 0 after 300 s.
#include "policy/zero.hpp"

#include "messages/text.hpp"
#include "policy/evaluation.hpp"
#include "policy/holds.hpp"
#include "policy/load.hpp"
#include "policy/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace scaleit::policy {

namespace {

// -- what a step keeps ----------------------------------------------------

struct activate_numbers {
  double value;
  double activation;
};

struct idle_numbers {
  double idle;  ///< seconds
  double cooldown;
  double asleep = 0;  ///< 1: at 0 already
};

// -- what the metrics say -------------------------------------------------

struct activity {
  bool any_above = false;
  bool all_known = true;     ///< of those with an activation value
  bool others_known = true;  ///< of the rest: missing data takes nothing away
  std::size_t metric = 0;    ///< one that is above
  double value = 0;
  double limit = 0;
};

activity activity_of(const target_spec& spec, const observation& seen) {
  activity a;
  const auto& levels = spec.zero->activation;
  for (std::size_t i = 0; i < spec.metrics.size() && !a.any_above; ++i) {
    const auto& name = spec.metrics[i].name;
    const auto level = std::find_if(levels.begin(), levels.end(),
                                    [&](const auto& l) { return l.first == name; });
    const bool counts = levels.empty() || level != levels.end();
    const auto value = usable(seen, spec.metrics[i]);
    if (!value || (!counts && is_partial(seen, spec.metrics[i]))) {
      (counts ? a.all_known : a.others_known) = false;
      continue;
    }
    if (!counts) continue;
    const double limit = levels.empty() ? 0.0 : level->second;
    if (*value > limit)
      a = {true, a.all_known, a.others_known, i, *value, limit};
    else if (is_partial(seen, spec.metrics[i]))
      a.all_known = false;
  }
  return a;
}

}  // namespace

void idleness::watch(const target_spec& spec, const observation& seen, time_point at) {
  if (!spec.zero) return;
  const auto a = activity_of(spec, seen);
  if (a.any_above)
    since.reset();
  else if (a.all_known && !since)
    since = at;
}

void idleness::shift(microseconds by) {
  if (since) *since += by;
}

void to_or_from_zero(evaluation& e) {
  const auto& zero = e.spec.zero;
  if (!zero || e.spec.min_replicas > 0 || e.seen == nullptr) return;
  activity a;
  if (stale(e.spec, *e.seen, e.now))
    a.all_known = false;
  else
    a = activity_of(e.spec, *e.seen);

  const auto& since = e.mem.idle.since;
  const idle_numbers idle{since ? to_seconds(e.now - *since) : 0,
                          to_seconds(zero->cooldown)};
  if (e.current == 0) {
    if (a.any_above)
      e.step_to(std::max(1, e.number), rule::activate, activate_numbers{a.value, a.limit},
                a.metric);
    else
      e.step_to(0, rule::idle, idle_numbers{idle.idle, idle.cooldown, 1});
    return;
  }
  const bool over = !a.any_above && a.all_known && a.others_known && since &&
                    e.now - *since >= zero->cooldown && !e.scale_in_held;
  if (over) {
    if (e.number > 0) e.step_to(0, rule::idle, idle);
  } else if (e.number < 1) {
    e.step_to(1, rule::idle, idle);
  }
}

// -- what it says ---------------------------------------------------------

std::string why_activate(const step& s, const target_spec& spec) {
  const auto n = numbers_of<activate_numbers>(s);
  return fmt::format("{} {} is above its activation value {}: awake", metric_of(s, spec),
                     format_value(n.value), format_value(n.activation));
}

std::string why_idle(const step& s, const target_spec&) {
  const auto n = numbers_of<idle_numbers>(s);
  if (n.asleep != 0) return "nothing is above its activation value: stays at 0";
  if (s.to == 0)
    return fmt::format("idle for {}, the cooldown is {}: to zero", in_seconds(n.idle),
                       in_seconds(n.cooldown));
  return fmt::format("idle for {} of the cooldown's {}: not yet to zero",
                     in_seconds(n.idle), in_seconds(n.cooldown));
}

void zero_hold(holds& h) {
  if (!h.spec.zero || h.spec.min_replicas > 0) return;
  const auto& since = h.mem.idle.since;
  if (!since) return h.say("to zero", "not known to be idle");
  h.say("to zero",
        fmt::format("idle for {} of the cooldown's {}", holds::span(h.now - *since),
                    holds::span(h.spec.zero->cooldown)));
}

}  // namespace scaleit::policy
