// [`switched-off`, `schedule-min`, `schedule-max`, `min`, `max`] No count outside of the
// bounds, which the schedules narrow; but 0 by hand is 0.
#pragma once

#include "policy/rule.hpp"

#include <array>

namespace scaleit::policy {

/// 0 replicas while the minimum is above 0 [`switched-off`]: whether that is so.
bool switched_off(evaluation& e);
void bound(evaluation& e);
void schedule_hold(holds& h);

std::string why_switched_off(const step& s, const target_spec& spec);
std::string why_schedule_min(const step& s, const target_spec& spec);
std::string why_schedule_max(const step& s, const target_spec& spec);
std::string why_min(const step& s, const target_spec& spec);
std::string why_max(const step& s, const target_spec& spec);

inline constexpr std::array switched_off_rows{
    rule_row{rule::switched_off, "switched-off", &why_switched_off}};
inline constexpr std::array bounds_rows{
    rule_row{rule::schedule_min, "schedule-min", &why_schedule_min},
    rule_row{rule::schedule_max, "schedule-max", &why_schedule_max},
    rule_row{rule::min, "min", &why_min}, rule_row{rule::max, "max", &why_max}};

}  // namespace scaleit::policy
