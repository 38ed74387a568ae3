// [`target`, `tolerance`, `unready`] What one metric asks for by HPA's formula, and the
// arithmetic of whole replicas, which the other rules share.
#pragma once

#include "policy/rule.hpp"

#include <array>

namespace scaleit::policy {

/// ceil(x), where a value within 1e-9 (relative) of a whole number is that number:
/// 10 x 0.56 / 0.8 is 7, not 8. 0 .. bounds::replicas_max.
int replicas_for(double x);
/// floor(x), likewise.
int whole_replicas_below(double x);
/// 1 - down <= ratio <= 1 + up, both included.
bool within(const tolerance_spec& t, double ratio);

/// With the step from `current` to it.
step recommend(const target_spec& spec, std::size_t metric, double value, int current,
               int serving);
/// The ratio that an expression yields is within the tolerance.
void tolerate(evaluation& e, double ratio);
/// How much of the warm-up is to come.
void warmup_hold(holds& h);

std::string why_target(const step& s, const target_spec& spec);
std::string why_tolerance(const step& s, const target_spec& spec);
std::string why_unready(const step& s, const target_spec& spec);

inline constexpr std::array recommend_rows{
    rule_row{rule::target, "target", &why_target},
    rule_row{rule::tolerance, "tolerance", &why_tolerance},
    rule_row{rule::unready, "unready", &why_unready}};

}  // namespace scaleit::policy
