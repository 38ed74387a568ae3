// The sentences of the rules: each step of a decision in words, with its numbers.
#pragma once

#include "messages/decision.hpp"
#include "messages/target_spec.hpp"

#include <string>

namespace scaleit::policy {

/// The sentence of a step, complete with its numbers. `shadow`: the second policy of the
/// target decided. A step points into the spec that it was decided by, so there are no
/// words without saying which.
std::string why(const step& s, const target_spec& target, bool shadow);

}  // namespace scaleit::policy
