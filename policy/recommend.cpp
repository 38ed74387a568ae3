// [`target`, `tolerance`, `unready`]
// Source: Kubernetes HPA v2, "Algorithm details", and KEP-4951 for the two tolerances.
// For replicas that are not ready, HPA's replica calculator: they count as idle on the
// way up, and not at all on the way down.
//
// Worked examples: 10 replicas, cpu 0.95, target 0.80, tolerance 0.125.
// 0.95 / 0.80 = 1.1875 > 1.125, so ceil(10 x 0.95 / 0.80) = ceil(11.875) = 12.
// With 9 of the 10 ready: 1.1875 x 9 / 10 = 1.06875, within the tolerance: hold.
#include "policy/recommend.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "policy/evaluation.hpp"
#include "policy/holds.hpp"
#include "policy/panic.hpp"
#include "policy/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace scaleit::policy {

namespace {

/// Binary fractions are not decimal ones: 0.9 / 0.8 must count as 1.125.
constexpr double epsilon = 1e-9;

bool is_whole(double x) {
  return std::abs(x - std::round(x)) <= epsilon * std::max(1.0, std::abs(x));
}

double allowed(const tolerance_spec& t, double ratio) {
  return ratio < 1 ? t.down : t.up;
}

// -- what a step keeps ----------------------------------------------------

struct target_numbers {
  double value;  ///< of one replica
  double target;
  double exact;  ///< replicas, before they are rounded
};

struct tolerance_numbers {
  double value;    ///< of one replica, or the ratio of an expression
  double target;   ///< 0: of an expression, whose target is 1
  double allowed;  ///< part of the target
};

struct unready_numbers {
  double value;
  double target;
  double ready;
};

}  // namespace

bool within(const tolerance_spec& t, double ratio) {
  return ratio >= 1 - t.down - epsilon && ratio <= 1 + t.up + epsilon;
}

int replicas_for(double x) {
  if (!(x > 0)) return 0;
  if (x >= bounds::replicas_max) return bounds::replicas_max;
  return static_cast<int>(is_whole(x) ? std::round(x) : std::ceil(x));
}

int whole_replicas_below(double x) {
  if (!(x > 0)) return 0;
  if (x >= bounds::replicas_max) return bounds::replicas_max;
  return static_cast<int>(is_whole(x) ? std::round(x) : std::floor(x));
}

step recommend(const target_spec& spec, std::size_t index, double value, int current,
               int serving) {
  const auto& metric = spec.metrics[index];
  const bool total = metric.type == metric_type::average_value;
  const double per_replica = total && current > 0 ? value / current : value;
  const double ratio = per_replica / metric.target;
  step s{rule::tolerance, static_cast<std::uint8_t>(index), current, current, {}};
  if (current > 0 && within(spec.tolerance, ratio)) {
    s.numbers = packed(
        tolerance_numbers{per_replica, metric.target, allowed(spec.tolerance, ratio)});
    return s;
  }
  if (!total && serving < current) {
    s.code = rule::unready;
    s.numbers =
        packed(unready_numbers{value, metric.target, static_cast<double>(serving)});
    const int wanted = replicas_for(serving * value / metric.target);
    const double of_all = ratio * serving / current;
    if (ratio < 1)
      s.to = std::min(wanted, current);
    else if (of_all > 1 && !within(spec.tolerance, of_all))
      s.to = wanted;  // = ceil(current x of_all)
    return s;
  }
  const double exact =
      total || current == 0 ? value / metric.target : current * value / metric.target;
  s.code = rule::target;
  s.to = replicas_for(exact);
  s.numbers = packed(target_numbers{per_replica, metric.target, exact});
  return s;
}

void tolerate(evaluation& e, double ratio) {
  e.step_to(e.current, rule::tolerance,
            tolerance_numbers{ratio, 0, allowed(e.spec.tolerance, ratio)});
}

// -- what it says ---------------------------------------------------------

std::string why_target(const step& s, const target_spec& spec) {
  if (spec.panic) return why_average(s, spec);
  const auto n = numbers_of<target_numbers>(s);
  if (s.from == 0)
    return fmt::format("{} {} at {} each: {}", metric_of(s, spec), format_value(n.value),
                       format_value(n.target), rounding(n.exact, s.to));
  return fmt::format("{} {} is {}: {}", metric_of(s, spec), format_value(n.value),
                     distance(n.value, n.target), rounding(n.exact, s.to));
}

std::string why_tolerance(const step& s, const target_spec& spec) {
  const auto n = numbers_of<tolerance_numbers>(s);
  const auto limit = fmt::format("{:.4g} % allowed", n.allowed * 100);
  if (n.target == 0)
    return fmt::format("within tolerance: the expression yields {}, {}, {}",
                       format_value(n.value), distance(n.value, 1), limit);
  return fmt::format("within tolerance: {} {} is {}, {}", metric_of(s, spec),
                     format_value(n.value), distance(n.value, n.target), limit);
}

std::string why_unready(const step& s, const target_spec& spec) {
  const auto n = numbers_of<unready_numbers>(s);
  const auto what =
      fmt::format("{} {} is {} with {:.0f} of {} ready", metric_of(s, spec),
                  format_value(n.value), distance(n.value, n.target), n.ready, s.from);
  if (n.value < n.target)
    return fmt::format("{}: {}", what, rounding(n.ready * n.value / n.target, s.to));
  if (s.to == s.from)
    return fmt::format("{}; were the others idle it would be {}: no scale-out", what,
                       format_value(n.value * n.ready / s.from));
  return fmt::format("{}, the others counted as idle: {}", what,
                     rounding(n.ready * n.value / n.target, s.to));
}

void warmup_hold(holds& h) {
  const auto warmup = h.spec.warmup;
  if (warmup.count() == 0) return;
  h.mem.applied.advance(h.spec, h.now);
  const auto added = h.mem.applied.within(scalings::warmup()).added;
  h.say("warm-up",
        fmt::format("{} {} added within {}", added,
                    added == 1 ? "replica was" : "replicas were", holds::span(warmup)));
}

}  // namespace scaleit::policy
