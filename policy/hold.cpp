// [`hold`]
// Source: Kubernetes HPA v2, which leaves the count alone when no metric can be read.
//
// Worked example: 10 replicas, and the poll fails, or cpu, the only metric, is NaN: 10.
#include "policy/hold.hpp"

#include "policy/evaluation.hpp"
#include "policy/wording.hpp"

#include <fmt/format.h>

namespace scaleit::policy {

namespace {

/// What a step keeps: of these, what there is.
struct hold_numbers {
  double missing = 0;    ///< one bit for each metric
  double no_number = 0;  ///< 1: it is the expression that yields none
  double failures = 0;   ///< polls in a row
};

}  // namespace

void hold_without_metric(evaluation& e, double missing) {
  e.step_to(e.current, rule::hold, hold_numbers{.missing = missing});
}

void hold_without_number(evaluation& e) {
  e.step_to(e.current, rule::hold, hold_numbers{.no_number = 1});
}

void hold_while_failing(evaluation& e) {
  const auto failures = static_cast<double>(e.mem.failures_in_a_row);
  e.step_to(e.current, rule::hold, hold_numbers{.failures = failures});
}

std::string why_hold(const step& s, const target_spec& spec) {
  const auto n = numbers_of<hold_numbers>(s);
  if (n.failures == 1) return fmt::format("the poll failed: held at {}", s.to);
  if (n.failures > 1)
    return fmt::format("{:.0f} polls in a row have failed: held at {}", n.failures, s.to);
  if (n.no_number != 0)
    return fmt::format("the expression yields no number: held at {}", s.to);
  if (n.missing == 0) return fmt::format("no usable metric: held at {}", s.to);
  return fmt::format("no usable metric ({}): held at {}", metrics_of(n.missing, spec),
                     s.to);
}

}  // namespace scaleit::policy
