// [`hold`] The count stays as it is, since there is nothing to go by.
//
// This is a rule of the chain. What a person is told of all that holds a target (struct
// hold, the functions panic_hold(), guard_hold(), ...) is in policy/outlook.hpp and
// policy/holds.hpp.
#pragma once

#include "policy/rule.hpp"

#include <array>

namespace scaleit::policy {

/// No metric is usable; of those that are missing, one bit each.
void hold_without_metric(evaluation& e, double missing);
/// The expression yields none.
void hold_without_number(evaluation& e);
void hold_while_failing(evaluation& e);

std::string why_hold(const step& s, const target_spec& spec);

inline constexpr std::array hold_rows{rule_row{rule::hold, "hold", &why_hold}};

}  // namespace scaleit::policy
