// [`activate`, `idle`]
// Source: KEDA: activation is strict, comes before the scaling threshold, and the
// cooldown is for the way to zero only.
//
// Worked example: activation queue 5, cooldown 300 s, target 30. At 0 with a queue of 5:
// 0; of 6: 1. At 1 with a queue of 3 (the formula still asks for 1): 0 after 300 s.
#include "policy/load.hpp"
#include "policy/rules.hpp"

#include <algorithm>

namespace scaleit::policy {

namespace {

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

void watch_idle(const target_spec& spec, memory& m, const observation& seen,
                time_point at) {
  if (!spec.zero) return;
  const auto a = activity_of(spec, seen);
  if (a.any_above)
    m.idle_since.reset();
  else if (a.all_known && !m.idle_since)
    m.idle_since = at;
}

void to_or_from_zero(evaluation& e) {
  const auto& zero = e.spec.zero;
  if (!zero || e.spec.min_replicas > 0 || e.seen == nullptr) return;
  activity a;
  if (stale(e.spec, *e.seen, e.now))
    a.all_known = false;
  else
    a = activity_of(e.spec, *e.seen);

  const double cooldown = seconds(zero->cooldown);
  const double idle = e.mem.idle_since ? seconds(e.now - *e.mem.idle_since) : 0;
  if (e.current == 0) {
    if (a.any_above)
      e.step_to(std::max(1, e.number), rule::activate, {a.value, a.limit}, a.metric);
    else
      e.step_to(0, rule::idle, {idle, cooldown, 1});
    return;
  }
  const bool over = !a.any_above && a.all_known && a.others_known && e.mem.idle_since &&
                    e.now - *e.mem.idle_since >= zero->cooldown && !e.scale_in_held;
  if (over) {
    if (e.number > 0) e.step_to(0, rule::idle, {idle, cooldown});
  } else if (e.number < 1) {
    e.step_to(1, rule::idle, {idle, cooldown});
  }
}

}  // namespace scaleit::policy
