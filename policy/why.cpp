// The sentences of the rules. Each reads well on its own: the person who asks
// "why 7?" sees the numbers, not the name of a variable.
#include "policy/why.hpp"

#include "messages/text.hpp"
#include "policy/history.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace scaleit::policy {

namespace {

/// A number of digits after the point, halves away from zero: 3.75 is 3.8, although the
/// double that stands for it is a little less.
std::string rounded(double x, int digits) {
  return fmt::format("{:.{}f}", x + std::copysign(1e-9 * std::max(1.0, std::abs(x)), x),
                     digits);
}

/// `18.8 % above 0.80`, `3.1 % below 30.00`, `at 0.80`.
std::string distance(double value, double target) {
  const double percent = (value / target - 1) * 100;
  if (std::abs(percent) < 0.05) return "at " + format_value(target);
  return fmt::format("{} % {} {}", rounded(std::abs(percent), 1),
                     percent > 0 ? "above" : "below", format_value(target));
}

/// `140 s`, `2.5 s`
std::string secs(double s) {
  const bool whole = s >= 100 || std::abs(s - std::round(s)) < 0.05;
  return rounded(s, whole ? 0 : 1) + " s";
}

/// `11.88 is rounded up to 12`, `exactly 7`, `2500000 is limited to 1000000`
std::string rounding(double exact, int to) {
  if (std::abs(exact - to) <= 1e-9 * std::max(1.0, exact))
    return fmt::format("exactly {}", to);
  if (exact > to) return fmt::format("{} is limited to {}", format_value(exact), to);
  auto shown = format_value(exact);
  // As many digits as it takes to see that it is not a whole number.
  for (int digits = 3; finite_number(shown) == std::round(exact) && digits <= 9; ++digits)
    shown = fmt::format("{:.{}f}", exact, digits);
  return fmt::format("{} is rounded up to {}", shown, to);
}

struct sentence {
  const step& s;
  const target_spec& spec;
  const std::array<double, 4>& n = s.numbers;

  const std::string& metric() const { return spec.metrics.at(s.metric).name; }

  /// The metrics whose bits are set.
  std::string names(double mask) const {
    std::string all;
    for (std::size_t i = 0; i < spec.metrics.size(); ++i)
      if (static_cast<std::uint64_t>(mask) >> i & 1)
        all += (all.empty() ? "" : ", ") + spec.metrics[i].name;
    return all.empty() ? "none" : all;
  }

  std::string target() const {
    if (spec.panic) return averages();
    if (s.from == 0)
      return fmt::format("{} {} at {} each: {}", metric(), format_value(n[0]),
                         format_value(n[1]), rounding(n[2], s.to));
    return fmt::format("{} {} is {}: {}", metric(), format_value(n[0]),
                       distance(n[0], n[1]), rounding(n[2], s.to));
  }

  /// With Knative's windows; what the formula wants may be more or less than is allowed.
  std::string averages() const {
    const auto what = fmt::format(
        "{} load averages {} over {}: at {} each, ", metric(), format_value(n[0]),
        secs(static_cast<double>(spec.panic->stable_window.count()) / 1e6),
        format_value(n[1]));
    if (s.to - n[2] >= 1)
      return what + fmt::format("{}, but not below {} at once", format_value(n[2]), s.to);
    if (n[2] - s.to > 1e-9 * n[2])
      return what + fmt::format("{}, but not above {} at once", format_value(n[2]), s.to);
    return what + rounding(n[2], s.to);
  }

  std::string tolerance() const {
    const auto allowed = fmt::format("{:.4g} % allowed", n[2] * 100);
    if (n[1] == 0)
      return fmt::format("within tolerance: the expression yields {}, {}, {}",
                         format_value(n[0]), distance(n[0], 1), allowed);
    return fmt::format("within tolerance: {} {} is {}, {}", metric(), format_value(n[0]),
                       distance(n[0], n[1]), allowed);
  }

  std::string unready() const {
    const double value = n[0], target = n[1], ready = n[2];
    const auto what =
        fmt::format("{} {} is {} with {:.0f} of {} ready", metric(), format_value(value),
                    distance(value, target), ready, s.from);
    if (value < target)
      return fmt::format("{}: {}", what, rounding(ready * value / target, s.to));
    if (s.to == s.from)
      return fmt::format("{}; were the others idle it would be {}: no scale-out", what,
                         format_value(value * ready / s.from));
    return fmt::format("{}, the others counted as idle: {}", what,
                       rounding(ready * value / target, s.to));
  }

  std::string panic() const {
    const auto burst = n[2] < 0.05 ? std::string{"which is a burst"}
                                   : "the last burst was " + secs(n[2]) + " ago";
    return fmt::format(
        "panic: {} load averages {} over {}, {}; until {} after a burst the highest wish "
        "counts, {}",
        metric(), format_value(n[0]),
        secs(static_cast<double>(spec.panic ? spec.panic->panic_window().count() : 0) /
             1e6),
        burst, secs(n[3]), s.to);
  }

  std::string combine() const {
    switch (spec.combine.kind) {
      case combine_kind::max:
        return fmt::format("{} asks for the most of {:.0f} metrics", metric(), n[0]);
      case combine_kind::min:
        return fmt::format("{} asks for the least of {:.0f} metrics", metric(), n[0]);
      case combine_kind::average:
        return fmt::format("the average of {:.0f} metrics: {}", n[0],
                           rounding(n[1], s.to));
      case combine_kind::expression:
        break;
    }
    return fmt::format("the expression yields {}: {}", format_value(n[0]),
                       rounding(n[1], s.to));
  }

  std::string missing() const {
    if (n[0] == 0) return fmt::format("{}: no scale-in on partial data", names(n[1]));
    const auto all = names(n[0]);
    const bool several = all.find(',') != std::string::npos;
    const auto what = all + (several ? " are missing" : " is missing");
    if (spec.combine.kind == combine_kind::max)
      return fmt::format("{}: no scale-in without {}", what, several ? "them" : "it");
    return fmt::format("{}: held at {}", what, s.to);
  }

  std::string hold() const {
    if (n[2] == 1) return fmt::format("the poll failed: held at {}", s.to);
    if (n[2] > 1)
      return fmt::format("{:.0f} polls in a row have failed: held at {}", n[2], s.to);
    if (n[1] != 0)
      return fmt::format("the expression yields no number: held at {}", s.to);
    return n[0] == 0
               ? fmt::format("no usable metric: held at {}", s.to)
               : fmt::format("no usable metric ({}): held at {}", names(n[0]), s.to);
  }

  std::string fallback() const {
    const auto failed =
        fmt::format("{:.0f} {} failed, more than {:.0f}", n[0],
                    n[0] == 1 ? "poll in a row has" : "polls in a row have", n[1]);
    if (n[2] == s.to) return fmt::format("{}: falling back to {}", failed, s.to);
    return fmt::format("{}: keeping {}, the fallback being {:.0f}", failed, s.to, n[2]);
  }

  std::string stabilize() const {
    const auto window = fmt::format("held by the {:.0f} s window", n[2]);
    if (n[1] <= 0)
      return fmt::format("{}: a new target begins with the {} it has", window, s.to);
    return fmt::format("{}: {}{:.0f} was wanted {} ago", window,
                       s.code == rule::stabilize_up ? "only " : "", n[0], secs(n[1]));
  }

  std::string guard() const {
    return fmt::format(
        "{} load fell from {} to {}{}, which may be an outage: no scale-in for {} more, "
        "or until it is back",
        metric(), format_value(n[0]), format_value(n[1]),
        n[2] < 0.05 ? "" : ", " + secs(n[2]) + " ago", secs(n[3] - n[2]));
  }

  std::string rate() const {
    const bool up = s.code == rule::rate_up;
    if (n[2] == 0) return up ? "scale-out is disabled" : "scale-in is disabled";
    return fmt::format(
        "limited to {:.0f} {} per {}: from {:.0f} at the period's start to {} {}", n[0],
        n[1] != 0   ? "%"
        : n[0] == 1 ? "pod"
                    : "pods",
        secs(n[2]), n[3], up ? "at most" : "at least", s.to);
  }

  std::string flaps() const {
    return fmt::format(
        "the budget of {:.0f} {} within {} is spent: scale-in waits {} more", n[0],
        n[0] == 1 ? "reversal" : "reversals", secs(n[1]), secs(n[2]));
  }

  std::string idle() const {
    if (n[2] != 0) return "nothing is above its activation value: stays at 0";
    if (s.to == 0)
      return fmt::format("idle for {}, the cooldown is {}: to zero", secs(n[0]),
                         secs(n[1]));
    return fmt::format("idle for {} of the cooldown's {}: not yet to zero", secs(n[0]),
                       secs(n[1]));
  }

  std::string scheduled() const {
    const auto& by = spec.schedules.at(static_cast<std::size_t>(n[0]));
    const auto schedule = fmt::format("the schedule '{}' ({}, for {})", by.cron,
                                      by.timezone, to_string(by.duration));
    if (s.code == rule::schedule_min) {
      if (by.min_replicas && *by.min_replicas > s.to)
        return fmt::format("raised to the maximum of {} by {}, which asks for {}", s.to,
                           schedule, *by.min_replicas);
      return fmt::format("raised to {} by {}", s.to, schedule);
    }
    if (by.max_replicas && *by.max_replicas < s.to && s.to == spec.min_replicas)
      return fmt::format("lowered to the minimum of {} by {}, which allows {}", s.to,
                         schedule, *by.max_replicas);
    if (by.max_replicas && *by.max_replicas < s.to)
      return fmt::format("lowered to {}, the floor, which wins over the {} of {}", s.to,
                         *by.max_replicas, schedule);
    return fmt::format("lowered to {} by {}", s.to, schedule);
  }
};

}  // namespace

std::string why(const step& s, const target_spec& target, bool shadow) {
  const auto* second = shadow ? shadow_of(target) : nullptr;
  const sentence x{s, second ? *second : target};
  switch (s.code) {
    case rule::target:
      return x.target();
    case rule::tolerance:
      return x.tolerance();
    case rule::unready:
      return x.unready();
    case rule::panic:
      return x.panic();
    case rule::combine:
      return x.combine();
    case rule::missing_metric:
      return x.missing();
    case rule::stale:
      return fmt::format("observed {} ago; older than {} is not used", secs(x.n[0]),
                         secs(x.n[1]));
    case rule::hold:
      return x.hold();
    case rule::fallback:
      return x.fallback();
    case rule::stabilize_up:
    case rule::stabilize_down:
      return x.stabilize();
    case rule::outage_guard:
      return x.guard();
    case rule::rate_up:
    case rule::rate_down:
      return x.rate();
    case rule::flap_budget:
      return x.flaps();
    case rule::switched_off:
      return fmt::format("0 replicas while the minimum is {:.0f}: switched off by hand",
                         x.n[0]);
    case rule::activate:
      return fmt::format("{} {} is above its activation value {}: awake", x.metric(),
                         format_value(x.n[0]), format_value(x.n[1]));
    case rule::idle:
      return x.idle();
    case rule::schedule_min:
    case rule::schedule_max:
      return x.scheduled();
    case rule::min:
      return fmt::format("raised to the minimum of {}", s.to);
    case rule::max:
      return fmt::format("lowered to the maximum of {}", s.to);
    case rule::paused:
      return fmt::format("paused: held at {}", s.to);
    case rule::dry_run:
      return "dry run: nothing is sent";
    case rule::pause_in:
      return fmt::format("scale-in is paused: held at {}", s.to);
    case rule::pause_out:
      return fmt::format("scale-out is paused: held at {}", s.to);
    case rule::shadow:
      return fmt::format("a shadow, not acted on: the live policy decided {:.0f}",
                         x.n[0]);
  }
  return {};
}

}  // namespace scaleit::policy
