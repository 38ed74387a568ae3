// The rules in words: their public names, and each step of a decision as a sentence with
// its numbers.
#pragma once

#include "messages/decision.hpp"
#include "messages/target_spec.hpp"

#include <string>
#include <string_view>

namespace scaleit {

std::string_view to_string(rule r);
/// By its public name; unknown_rule if it is none.
rule rule_of(std::string_view code);

}  // namespace scaleit

namespace scaleit::policy {

/// The sentence of a step, complete with its numbers. `shadow`: the second policy of the
/// target decided. A step points into the spec that it was decided by, so there are no
/// words without saying which.
std::string why(const step& s, const target_spec& target, bool shadow);

}  // namespace scaleit::policy
