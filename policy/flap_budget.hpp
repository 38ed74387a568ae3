// [`flap-budget`] So many changes of direction in a period, and then a scale-in waits.
#pragma once

#include "policy/rule.hpp"
#include "policy/windows.hpp"

#include <array>
#include <optional>

namespace scaleit::policy {

/// What it remembers.
struct reversals {
  int last_direction = 0;    ///< of the last applied scaling: 1, -1, or 0 for none
  ring<time_point> times{};  ///< the last ones, as many as the budget has
  bool operator==(const reversals&) const = default;

  /// The count changed.
  void watch(const std::optional<flap_budget_spec>& spec, int from, int to,
             time_point at);
  void shift(microseconds by);
};

void limit_flaps(evaluation& e);
void flap_hold(holds& h);

std::string why_flaps(const step& s, const target_spec& spec);

inline constexpr std::array flap_rows{
    rule_row{rule::flap_budget, "flap-budget", &why_flaps}};

}  // namespace scaleit::policy
