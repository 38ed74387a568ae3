// [`combine`, `missing-metric`, `stale`] The wishes of all metrics as one recommendation.
#pragma once

#include "policy/rule.hpp"

#include <array>

namespace scaleit::policy {

void combine(evaluation& e);

std::string why_combine(const step& s, const target_spec& spec);
std::string why_missing(const step& s, const target_spec& spec);
std::string why_stale(const step& s, const target_spec& spec);

inline constexpr std::array combine_rows{
    rule_row{rule::combine, "combine", &why_combine},
    rule_row{rule::missing_metric, "missing-metric", &why_missing},
    rule_row{rule::stale, "stale", &why_stale}};

}  // namespace scaleit::policy
