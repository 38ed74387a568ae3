// [`outage-guard`]
// Source: the motive is Netflix's (Scryer, 2013): an outage upstream drops the traffic,
// the autoscaler takes the capacity away, and the retries that follow meet too little of
// it.
//
// Worked example: dropPercent 50, within 60 s, hold 10 min. Load is 800, and 30 s later
// 300: less than half. No scale-in for 10 minutes, or until load is above 400 again.
#include "policy/guard.hpp"

#include "messages/text.hpp"
#include "policy/evaluation.hpp"
#include "policy/holds.hpp"
#include "policy/wording.hpp"

#include <fmt/format.h>

namespace scaleit::policy {

namespace {

/// What a step keeps.
struct guard_numbers {
  double before;  ///< the load
  double now;
  double since;  ///< seconds since it fell
  double lasts;  ///< seconds after that
};

constexpr double epsilon = 1e-9;

/// What is left of `whole` after the drop, in per cent: multiplied, not divided, so that
/// exactly half is half.
double left(const guard_spec& spec, double whole) {
  return (100 - spec.drop_percent) * whole;
}

}  // namespace

void guard_memory::watch(const guard_spec& spec, double load, time_point at) {
  peak.forget(at - spec.within);
  peak.add(at, load);
  load_now = load;
  const bool back = 100 * load > left(spec, load_before) * (1 + epsilon);
  if (back || !holds_at(at, spec)) dropped.reset();
  const double highest = peak.best().value;
  if (!dropped && 100 * load < left(spec, highest) * (1 - epsilon)) {
    dropped = at;
    load_before = highest;
  }
}

void guard_memory::shift(microseconds by) {
  peak.shift(by);
  if (dropped) *dropped += by;
}

bool guard_memory::holds_at(time_point now, const guard_spec& spec) const {
  return dropped && now - *dropped < spec.hold;
}

void guard(evaluation& e) {
  if (!e.spec.guard) return;
  for (std::size_t i = 0; i < e.mem.metrics.size(); ++i) {
    const auto& m = e.mem.metrics[i].guard;
    // The time is looked at here too: without a reading nobody else has.
    if (!m.holds_at(e.now, *e.spec.guard)) continue;
    e.scale_in_held = true;
    if (e.number < e.current)
      e.step_to(e.current, rule::outage_guard,
                guard_numbers{m.load_before, m.load_now, to_seconds(e.now - *m.dropped),
                              to_seconds(e.spec.guard->hold)},
                i);
  }
}

// -- what it says ---------------------------------------------------------

std::string why_guard(const step& s, const target_spec& spec) {
  const auto n = numbers_of<guard_numbers>(s);
  return fmt::format(
      "{} load fell from {} to {}{}, which may be an outage: no scale-in for {} more, "
      "or until it is back",
      metric_of(s, spec), format_value(n.before), format_value(n.now),
      n.since < 0.05 ? "" : ", " + in_seconds(n.since) + " ago",
      in_seconds(n.lasts - n.since));
}

namespace {

void guard_hold_of(holds& h, std::size_t metric) {
  const auto& m = h.mem.metrics[metric].guard;
  const auto& name = h.spec.metrics[metric].name;
  if (m.holds_at(h.now, *h.spec.guard))
    h.say("outage guard",
          fmt::format("{}: load fell from {} to {}, {}; no scale-in, {}", name,
                      format_value(m.load_before), format_value(m.load_now),
                      h.ago(*m.dropped), h.left(*m.dropped, h.spec.guard->hold)));
  else
    h.say("outage guard", fmt::format("{}: no outage suspected", name));
}

}  // namespace

void guard_hold(holds& h) {
  if (!h.spec.guard) return;
  for (std::size_t i = 0; i < h.mem.metrics.size(); ++i) guard_hold_of(h, i);
}

}  // namespace scaleit::policy
