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
  /// True: one more may be made now.
  bool take(steady_time now) {
    constexpr auto each =
        steady_time::duration{bounds::prompt_polls_period} / bounds::prompt_polls_max;
    // The moment when all that were made are forgotten moves on by one.
    const auto forgotten = std::max(forgotten_, now) + each;
    if (forgotten - now > each * bounds::prompt_polls_max) return false;
    forgotten_ = forgotten;
    return true;
  }

 private:
  steady_time forgotten_{};
};

}  // namespace scaleit::actors
