// [`outage-guard`]
// Source: the motive is Netflix's (Scryer, 2013): an outage upstream drops the traffic,
// the autoscaler takes the capacity away, and the retries that follow meet too little of
// it.
//
// Worked example: dropPercent 50, within 60 s, hold 10 min. Load is 800, and 30 s later
// 300: less than half. No scale-in for 10 minutes, or until load is above 400 again.
#include "policy/rules.hpp"

namespace scaleit::policy {

namespace {

constexpr double epsilon = 1e-9;

/// What is left of `whole` after the drop, in per cent: multiplied, not divided, so that
/// exactly half is half.
double left(const guard_spec& spec, double whole) {
  return (100 - spec.drop_percent) * whole;
}

}  // namespace

void watch_guard(const guard_spec& spec, metric_memory& m, double load, time_point at) {
  m.peak.forget(at - spec.within);
  m.peak.add(at, load);
  m.load_now = load;
  const bool back = 100 * load > left(spec, m.load_before) * (1 + epsilon);
  if (m.dropped && (at - *m.dropped >= spec.hold || back)) m.dropped.reset();
  const double peak = m.peak.best().value;
  if (!m.dropped && 100 * load < left(spec, peak) * (1 - epsilon)) {
    m.dropped = at;
    m.load_before = peak;
  }
}

void guard(evaluation& e) {
  if (!e.spec.guard) return;
  for (std::size_t i = 0; i < e.mem.metrics.size(); ++i) {
    const auto& m = e.mem.metrics[i];
    // The time is looked at here too: without a reading nobody else has.
    if (!m.dropped || e.now - *m.dropped >= e.spec.guard->hold) continue;
    e.scale_in_held = true;
    if (e.number < e.current)
      e.step_to(e.current, rule::outage_guard,
                {m.load_before, m.load_now, seconds(e.now - *m.dropped),
                 seconds(e.spec.guard->hold)},
                i);
  }
}

}  // namespace scaleit::policy
