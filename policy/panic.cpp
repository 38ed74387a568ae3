// [`panic`]
// Source: Knative's KPA, pkg/autoscaler/scaling: a stable window that decides, and a
// short panic window that decides while load at least doubles.
//
// Worked example: target 10, 2 ready, loads of 20 for a minute, then 100. The stable
// window of 60 s holds 29 samples of 20 and one of 100: mean 22.7, wish 3. The panic
// window of 6 s holds 20, 20, 100: mean 46.7, wish 5. 5 / 2 = 2.5 reaches 200 %: panic, 5
// replicas, and never fewer until 60 s have passed without another such moment.
#include "policy/panic.hpp"

#include "messages/text.hpp"
#include "policy/holds.hpp"
#include "policy/recommend.hpp"
#include "policy/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace scaleit::policy {

namespace {

/// What a step of `target` keeps with these windows.
struct average_numbers {
  double average;  ///< of the stable window
  double target;
  double exact;  ///< replicas, before they are rounded
};

/// What a step of `panic` keeps.
struct panic_numbers {
  double average;  ///< of the panic window
  double wish;     ///< of the last observation
  double since;    ///< seconds since the last burst
  double lasts;    ///< seconds after it
};

double mean(const sum_window& w) {
  return w.count() == 0 ? 0.0 : w.sum() / static_cast<double>(w.count());
}

}  // namespace

void panic_memory::watch(const panic_spec& spec, double target, double load, int serving,
                         time_point at) {
  stable.add(at, load);
  stable.forget(at - spec.stable_window);
  burst.add(at, load);
  burst.forget(at - spec.panic_window());

  const int ready = std::max(1, serving);
  const int least = whole_replicas_below(ready / spec.max_scale_down_rate);
  const int most = replicas_for(spec.max_scale_up_rate * ready);
  const int wish = replicas_for(mean(burst) / target);
  stable_wish = std::clamp(replicas_for(mean(stable) / target), least, most);
  burst_wish = std::clamp(wish, least, most);

  if (static_cast<double>(wish) / ready >= spec.threshold_percent / 100) {
    panicked = at;
  } else if (panicked && at - *panicked > spec.stable_window) {
    panicked.reset();
    highest = 0;
  }
  if (panicked) highest = std::max({highest, stable_wish, burst_wish});
}

void panic_memory::shift(microseconds by) {
  stable.shift(by);
  burst.shift(by);
  if (panicked) *panicked += by;
}

step panic_wish(const target_spec& spec, std::size_t metric, const panic_memory& m,
                int current, time_point now) {
  step s{rule::target, static_cast<std::uint8_t>(metric), current, m.stable_wish, {}};
  if (!m.panicked) {
    const double target = spec.metrics[metric].target;
    s.numbers = packed(average_numbers{mean(m.stable), target, mean(m.stable) / target});
    return s;
  }
  s.code = rule::panic;
  s.to = m.highest;
  s.numbers = packed(panic_numbers{
      mean(m.burst), static_cast<double>(std::max(m.stable_wish, m.burst_wish)),
      to_seconds(now - *m.panicked), to_seconds(spec.panic->stable_window)});
  return s;
}

// -- what it says ---------------------------------------------------------

/// What the formula wants may be more or less than is allowed.
std::string why_average(const step& s, const target_spec& spec) {
  const auto n = numbers_of<average_numbers>(s);
  const auto what = fmt::format("{} load averages {} over {}: at {} each, ",
                                metric_of(s, spec), format_value(n.average),
                                in_seconds(to_seconds(spec.panic->stable_window)),
                                format_value(n.target));
  if (s.to - n.exact >= 1)
    return what +
           fmt::format("{}, but not below {} at once", format_value(n.exact), s.to);
  if (n.exact - s.to > 1e-9 * n.exact)
    return what +
           fmt::format("{}, but not above {} at once", format_value(n.exact), s.to);
  return what + rounding(n.exact, s.to);
}

std::string why_panic(const step& s, const target_spec& spec) {
  const auto n = numbers_of<panic_numbers>(s);
  const auto window = spec.panic ? spec.panic->panic_window() : microseconds{0};
  return fmt::format(
      "panic: {} load averages {} over {}, {}; until {} after a burst the highest wish "
      "counts, {}",
      metric_of(s, spec), format_value(n.average), in_seconds(to_seconds(window)),
      n.since < 0.05 ? std::string{"which is a burst"}
                     : "the last burst was " + in_seconds(n.since) + " ago",
      in_seconds(n.lasts), s.to);
}

namespace {

void panic_hold_of(holds& h, std::size_t metric) {
  const auto& m = h.mem.metrics[metric].panic;
  const auto& name = h.spec.metrics[metric].name;
  const auto lasts = h.spec.panic->stable_window;
  if (m.panicked && h.now - *m.panicked <= lasts)
    h.say("panic",
          fmt::format("{}: since a burst {}, not below {}; {}", name, h.ago(*m.panicked),
                      m.highest, h.left(*m.panicked, lasts)));
  else
    h.say("panic", fmt::format("{}: calm", name));
}

}  // namespace

void panic_hold(holds& h) {
  if (!h.spec.panic) return;
  for (std::size_t i = 0; i < h.mem.metrics.size(); ++i) panic_hold_of(h, i);
}

}  // namespace scaleit::policy
