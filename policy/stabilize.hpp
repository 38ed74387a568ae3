// [`stabilize-up`, `stabilize-down`] HPA's windows: what was recommended holds for a
// while.
#pragma once

#include "policy/rule.hpp"
#include "policy/windows.hpp"

#include <array>
#include <functional>

namespace scaleit::policy {

/// What it remembers.
struct recommendations {
  bool any = false;  ///< ever: a new target's first window begins differently
  extreme_window<int, std::greater<>> highest;  ///< within the down window
  extreme_window<int, std::less<>> lowest;      ///< within the up window
  bool operator==(const recommendations&) const = default;

  /// A decision was made; `failing`: of a poll that failed.
  void watch(const behavior_spec& windows, const decision& made, bool failing,
             time_point at);
  void shift(microseconds by);
};

void stabilize(evaluation& e);
void stabilize_hold(holds& h);

std::string why_stabilize(const step& s, const target_spec& spec);

inline constexpr std::array stabilize_rows{
    rule_row{rule::stabilize_up, "stabilize-up", &why_stabilize},
    rule_row{rule::stabilize_down, "stabilize-down", &why_stabilize}};

}  // namespace scaleit::policy
