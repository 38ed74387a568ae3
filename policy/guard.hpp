// [`outage-guard`] No scale-in while load that vanished at once may be an outage.
#pragma once

#include "policy/rule.hpp"
#include "policy/windows.hpp"

#include <array>
#include <functional>
#include <optional>

namespace scaleit::policy {

/// What it remembers of one metric.
struct guard_memory {
  extreme_window<double, std::greater<>> peak;
  std::optional<time_point> dropped;  ///< when the load vanished, while that holds
  double load_before = 0;
  double load_now = 0;
  bool operator==(const guard_memory&) const = default;

  void watch(const guard_spec& spec, double load, time_point at);
  void shift(microseconds by);
  bool holds_at(time_point now, const guard_spec& spec) const;
};

void guard(evaluation& e);
void guard_hold(holds& h);

std::string why_guard(const step& s, const target_spec& spec);

inline constexpr std::array guard_rows{
    rule_row{rule::outage_guard, "outage-guard", &why_guard}};

}  // namespace scaleit::policy
