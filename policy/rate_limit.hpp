// [`rate-up`, `rate-down`] HPA's scaling policies. What they count is
// policy/scalings.hpp.
#pragma once

#include "policy/rule.hpp"

#include <array>

namespace scaleit::policy {

void limit_rate(evaluation& e);
void rate_hold(holds& h);

std::string why_rate(const step& s, const target_spec& spec);

inline constexpr std::array rate_rows{rule_row{rule::rate_up, "rate-up", &why_rate},
                                      rule_row{rule::rate_down, "rate-down", &why_rate}};

}  // namespace scaleit::policy
