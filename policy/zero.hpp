// [`activate`, `idle`] Out of zero and back to it.
#pragma once

#include "messages/observation.hpp"
#include "policy/rule.hpp"

#include <array>
#include <optional>

namespace scaleit::policy {

/// What it remembers.
struct idleness {
  std::optional<time_point> since;  ///< all activation metrics at or below theirs
  bool operator==(const idleness&) const = default;

  void watch(const target_spec& spec, const observation& seen, time_point at);
  void shift(microseconds by);
};

void to_or_from_zero(evaluation& e);
void zero_hold(holds& h);

std::string why_activate(const step& s, const target_spec& spec);
std::string why_idle(const step& s, const target_spec& spec);

inline constexpr std::array zero_rows{rule_row{rule::activate, "activate", &why_activate},
                                      rule_row{rule::idle, "idle", &why_idle}};

}  // namespace scaleit::policy
