// [`shadow`] A second policy for the same observations: its spec, and what marks its
// decisions.
#pragma once

#include "policy/rule.hpp"

#include <array>
#include <optional>

namespace scaleit::policy {

/// The spec of the shadow, or null.
inline const target_spec* shadow_of(const target_spec& spec) {
  return spec.shadow.empty() ? nullptr : &spec.shadow.front();
}

/// The last step of a shadow's decision says what it is, and what was done instead.
void mark_shadow(decision& made, int live);
/// What the live policy decided, of a decision that is marked so.
std::optional<int> live_answer(const decision& shadow);

std::string why_shadow(const step& s, const target_spec& spec);

inline constexpr std::array shadow_rows{rule_row{rule::shadow, "shadow", &why_shadow}};

}  // namespace scaleit::policy
