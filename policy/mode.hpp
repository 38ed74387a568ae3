// [`paused`, `dry-run`, `pause-in`, `pause-out`] What is not to be carried out.
#pragma once

#include "policy/rule.hpp"

#include <array>

namespace scaleit::policy {

void apply_mode(evaluation& e);
void mode_hold(holds& h);

std::string why_paused(const step& s, const target_spec& spec);
std::string why_dry_run(const step& s, const target_spec& spec);
std::string why_pause_in(const step& s, const target_spec& spec);
std::string why_pause_out(const step& s, const target_spec& spec);

inline constexpr std::array mode_rows{
    rule_row{rule::paused, "paused", &why_paused},
    rule_row{rule::dry_run, "dry-run", &why_dry_run},
    rule_row{rule::pause_in, "pause-in", &why_pause_in},
    rule_row{rule::pause_out, "pause-out", &why_pause_out}};

}  // namespace scaleit::policy
