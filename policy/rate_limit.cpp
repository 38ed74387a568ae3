// [`rate-up`, `rate-down`]
// Source: Kubernetes HPA v2, `calculateScaleUpLimitWithScalingRules` and its mirror: each
// policy allows so much from the count at the start of its period; selectPolicy takes the
// policy that allows most, or least, or none at all. Up is rounded up and down is cut
// off, so that one replica is always possible. In whole numbers, so that 50 and 10 %
// are 55.
//
// Worked example: 12 replicas, of which 2 were added 10 s ago; 4 pods per 15 s. The
// period began with 10, so at most 14. With 100 % per 15 s as well, and Max: 20.
#include "policy/rate_limit.hpp"

#include "messages/bounds.hpp"
#include "policy/evaluation.hpp"
#include "policy/holds.hpp"
#include "policy/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace scaleit::policy {

namespace {

/// What a step keeps of the policy that limits; nothing of a direction that is disabled.
struct rate_numbers {
  double value;
  double percent;  ///< 1: of what there was; 0: pods
  double period;   ///< seconds
  double start;    ///< replicas when it began
};

constexpr std::int64_t per_cent(std::int64_t start, std::int64_t percent, bool up) {
  const std::int64_t product = start * percent;
  const std::int64_t quotient = product / 100;  // cut off towards zero
  return up && product > 0 && product % 100 != 0 ? quotient + 1 : quotient;
}

struct limit {
  std::int64_t count = 0;
  const scaling_policy* policy = nullptr;
  std::int64_t start = 0;  ///< replicas when the policy's period began
};

limit limit_of(const scaling_policy& p, const scalings::change& changed, int basis,
               bool up) {
  limit l{0, &p, basis - changed.added + changed.removed};
  const std::int64_t value = up ? p.value : -p.value;
  l.count =
      p.type == policy_type::pods ? l.start + value : per_cent(l.start, 100 + value, up);
  return l;
}

/// The limit of the policy that `select` chooses: the farthest from here or the nearest.
limit chosen(evaluation& e, const scaling_rules& rules, bool up) {
  limit best;
  for (std::size_t i = 0; i < rules.policies.size(); ++i) {
    const auto period = up ? scalings::up(i) : scalings::down(e.spec, i);
    const auto l = limit_of(rules.policies[i], e.mem.applied.within(period), e.basis, up);
    const bool higher_wins = up == (rules.select == select_policy::max);
    if (!best.policy || (higher_wins ? l.count > best.count : l.count < best.count))
      best = l;
  }
  return best;
}

}  // namespace

void limit_rate(evaluation& e) {
  if (e.number == e.current) return;
  const bool up = e.number > e.current;
  const auto code = up ? rule::rate_up : rule::rate_down;
  const auto& rules = up ? e.spec.behavior.up : e.spec.behavior.down;
  if (rules.select == select_policy::disabled) return e.step_to(e.current, code);
  const auto l = chosen(e, rules, up);
  if (!l.policy) return;
  // A limit behind the current count stops; it never turns the direction round.
  const auto allowed = up ? std::max<std::int64_t>(l.count, e.current)
                          : std::min<std::int64_t>(l.count, e.current);
  if (up ? e.number <= allowed : e.number >= allowed) return;
  e.step_to(static_cast<int>(allowed), code,
            rate_numbers{static_cast<double>(l.policy->value),
                         l.policy->type == policy_type::percent ? 1.0 : 0.0,
                         static_cast<double>(l.policy->period.count()),
                         static_cast<double>(l.start)});
}

// -- what it says ---------------------------------------------------------

namespace {

const char* unit(bool percent, double value) {
  if (percent) return "%";
  return value == 1 ? "pod" : "pods";
}

/// No count there can be is farther away than such a policy allows.
bool is_limit(const scaling_policy& p) {
  return p.type == policy_type::percent || p.value < bounds::replicas_max;
}

void direction_hold(holds& h, bool up) {
  const auto& rules = up ? h.spec.behavior.up : h.spec.behavior.down;
  const char* what = up ? "rate up" : "rate down";
  if (rules.select == select_policy::disabled) return h.say(what, "disabled");
  h.mem.applied.advance(h.spec, h.now);
  for (std::size_t i = 0; i < rules.policies.size(); ++i) {
    const auto& p = rules.policies[i];
    if (!is_limit(p)) continue;
    const auto& changed =
        h.mem.applied.within(up ? scalings::up(i) : scalings::down(h.spec, i));
    h.say(what, fmt::format("{} {} per {}: {} added and {} removed within it", p.value,
                            unit(p.type == policy_type::percent, p.value),
                            holds::span(p.period), changed.added, changed.removed));
  }
}

}  // namespace

std::string why_rate(const step& s, const target_spec&) {
  const bool up = s.code == rule::rate_up;
  const auto n = numbers_of<rate_numbers>(s);
  if (n.period == 0) return up ? "scale-out is disabled" : "scale-in is disabled";
  return fmt::format(
      "limited to {:.0f} {} per {}: from {:.0f} at the period's start to {} {}", n.value,
      unit(n.percent != 0, n.value), in_seconds(n.period), n.start,
      up ? "at most" : "at least", s.to);
}

void rate_hold(holds& h) {
  direction_hold(h, true);
  direction_hold(h, false);
}

}  // namespace scaleit::policy
