// The phrases that the sentences of the rules share. Each sentence reads well on its own:
// who asks "why 7?" sees the numbers, not the name of a variable.
#pragma once

#include "messages/decision.hpp"
#include "messages/target_spec.hpp"

#include <string>

namespace scaleit::policy {

/// The metric of a step.
const std::string& metric_of(const step& s, const target_spec& spec);

/// The metrics whose bits are set in `mask`: `cpu, queue`, or `none`.
std::string metrics_of(double mask, const target_spec& spec);

/// `18.8 % above 0.80`, `3.1 % below 30.00`, `at 0.80`.
std::string distance(double value, double target);

/// `140 s`, `2.5 s`
std::string in_seconds(double s);

/// `11.88 is rounded up to 12`, `exactly 7`, `2500000 is limited to 1000000`
std::string rounding(double exact, int to);

}  // namespace scaleit::policy
