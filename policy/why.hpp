// The sentences of the rules: each step of a decision in words, with its numbers.
#pragma once

#include "messages/decision.hpp"
#include "messages/target_spec.hpp"

#include <string>

namespace scaleit::policy {

/// The sentence of a step, complete with its numbers; `spec` is what was decided by.
std::string why(const step& s, const target_spec& spec);

}  // namespace scaleit::policy
