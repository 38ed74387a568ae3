// How many polls may be out of turn: who adds or changes one target wants to see what
// comes of it at once; who adds ten thousand must not have ten thousand polls at once.
#pragma once

#include "messages/bounds.hpp"
#include "messages/time.hpp"

#include <algorithm>
#include <chrono>

namespace scaleit::actors {

/// bounds::prompt_polls_max in any bounds::prompt_polls_period, evenly refilled.
class prompt_polls {
 public:
  /// True if one more may be made now; it then counts.
  bool take(steady_time now) {
    constexpr auto each =
        steady_time::duration{bounds::prompt_polls_period} / bounds::prompt_polls_max;
    // Each poll pushes the moment at which the allowance is full again back by `each`.
    const auto full_at = std::max(full_at_, now) + each;
    if (full_at - now > each * bounds::prompt_polls_max) return false;
    full_at_ = full_at;
    return true;
  }

 private:
  steady_time full_at_{};
};

}  // namespace scaleit::actors
