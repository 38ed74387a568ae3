// `--chaos ACTOR=RATE,...`: which actors are made to crash, and how often.
#pragma once

#include "actors/chaos.hpp"

#include <map>
#include <string>
#include <string_view>

namespace scaleit::main {

using chaos_rates = std::map<std::string, double, std::less<>>;

/// Throws input_error for an unknown actor or a rate that is not from 0 to 1.
chaos_rates parse_chaos(std::string_view text);

/// Draws a crash with the actor's rate for each message it handles, half of them before
/// and half after the handling.
actors::chaos make_chaos(const chaos_rates& rates);

}  // namespace scaleit::main
