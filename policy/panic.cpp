// [`panic`]
// Source: Knative's KPA, pkg/autoscaler/scaling: a stable window that decides, and a
// short panic window that decides while load at least doubles.
//
// Worked example: target 10, 2 ready, loads of 20 for a minute, then 100. The stable
// window of 60 s holds 29 samples of 20 and one of 100: mean 22.7, wish 3. The panic
// window of 6 s holds 20, 20, 100: mean 46.7, wish 5. 5 / 2 = 2.5 reaches 200 %: panic, 5
// replicas, and never fewer until 60 s have passed without another such moment.
#include "policy/rules.hpp"

#include <algorithm>

namespace scaleit::policy {

namespace {

double mean(const sum_window& w) {
  return w.count() == 0 ? 0.0 : w.sum() / static_cast<double>(w.count());
}

}  // namespace

void watch_panic(const target_spec& spec, std::size_t metric, metric_memory& m,
                 double load, int serving, time_point at) {
  const auto& rule = *spec.panic;
  m.stable.add(at, load);
  m.stable.forget(at - rule.stable_window);
  m.burst.add(at, load);
  m.burst.forget(at - rule.panic_window());

  const int ready = std::max(1, serving);
  const int least = whole_replicas_below(ready / rule.max_scale_down_rate);
  const int most = replicas_for(rule.max_scale_up_rate * ready);
  const double target = spec.metrics[metric].target;
  const int burst_wish = replicas_for(mean(m.burst) / target);
  m.stable_wish = std::clamp(replicas_for(mean(m.stable) / target), least, most);
  m.burst_wish = std::clamp(burst_wish, least, most);

  if (static_cast<double>(burst_wish) / ready >= rule.threshold_percent / 100) {
    m.panicked = at;
  } else if (m.panicked && at - *m.panicked > rule.stable_window) {
    m.panicked.reset();
    m.highest = 0;
  }
  if (m.panicked) m.highest = std::max({m.highest, m.stable_wish, m.burst_wish});
}

step panic_wish(const target_spec& spec, std::size_t metric, const metric_memory& m,
                int current, time_point now) {
  step s{rule::target, static_cast<std::uint8_t>(metric), current, m.stable_wish, {}};
  s.numbers = {mean(m.stable), spec.metrics[metric].target,
               mean(m.stable) / spec.metrics[metric].target};
  if (!m.panicked) return s;
  s.code = rule::panic;
  s.to = m.highest;
  s.numbers = {mean(m.burst), static_cast<double>(std::max(m.stable_wish, m.burst_wish)),
               seconds(now - *m.panicked), seconds(spec.panic->stable_window)};
  return s;
}

}  // namespace scaleit::policy
