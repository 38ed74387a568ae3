// What holds a target at a moment, and how long that will last: every window, budget and
// cooldown with the time it has left.
//
// A struct hold is one such line, for people. What the rules fill is policy/holds.hpp;
// policy/hold.hpp is something else: the rule that keeps the count.
#pragma once

#include "policy/memory.hpp"

#include <string>
#include <vector>

namespace scaleit::policy {

struct hold {
  std::string what;  ///< `down window`, `outage guard`
  std::string text;  ///< one sentence with its numbers
  bool operator==(const hold&) const = default;
};

/// Only of what is configured; `m` is looked at as it would be at `now`, without a poll.
std::vector<hold> outlook(const target_spec& spec, memory m, time_point now);

}  // namespace scaleit::policy
