// How long to wait before a crashed actor is started again.
//
// The first crash is answered at once. An actor that crashes again before it has
// done anything useful waits, from 10 ms doubling up to 30 s; useful work clears
// that. Nothing is given up for good. (Erlang's restart intensity ends the
// supervisor instead; here a broken target must not take the daemon along.)
#pragma once

#include "messages/bounds.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace scaleit::actors {

class restart_budget {
 public:
  /// The delay before the next start. `progress` is a count of useful work that only
  /// grows: completed loops of a target, events handled by a subscriber.
  std::chrono::milliseconds on_crash(std::uint64_t progress) {
    if (crashes_ == 0 || progress != progress_) {
      crashes_ = 0;
      next_ = bounds::restart_delay_min;
    }
    progress_ = progress;
    if (crashes_++ == 0) return std::chrono::milliseconds{0};
    const auto delay = next_;
    next_ = std::min<std::chrono::milliseconds>(next_ * 2, bounds::restart_delay_max);
    return delay;
  }

 private:
  std::uint64_t progress_ = 0;
  std::uint64_t crashes_ = 0;
  std::chrono::milliseconds next_ = bounds::restart_delay_min;
};

}  // namespace scaleit::actors
