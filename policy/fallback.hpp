// [`fallback`] What counts while polls fail.
#pragma once

#include "policy/rule.hpp"

#include <array>

namespace scaleit::policy {

void fall_back(evaluation& e);
void fallback_hold(holds& h);

std::string why_fallback(const step& s, const target_spec& spec);

inline constexpr std::array fallback_rows{
    rule_row{rule::fallback, "fallback", &why_fallback}};

}  // namespace scaleit::policy
