// How many targets are started in one go.
//
// Few, so that those that are there already are polled meanwhile. But on a loop that is
// behind, whose turns come late since the machine is too slow for all its polls, a few a
// turn would never come to an end: then a start may take a quarter of the time.
#pragma once

#include "messages/bounds.hpp"
#include "messages/time.hpp"

#include <algorithm>

namespace scaleit::actors {

class start_batches {
 public:
  void begin(steady_time now) { last_ = now; }
  /// Others have had theirs.
  void turn(steady_time now) {
    time_ = std::min((now - last_) / 4, steady_time::duration{bounds::loop_turn_time});
    last_ = now;
    started_ = 0;
  }
  /// Whether there is to be one more; then it is counted.
  bool more(steady_time now) {
    if (started_ >= bounds::starts_batch && now - last_ >= time_) return false;
    return started_++ < batch_max;
  }

 private:
  static constexpr int batch_max = 16 * bounds::starts_batch;

  steady_time last_{};  ///< the last turn's begin
  steady_time::duration time_{};
  int started_ = 0;
};

}  // namespace scaleit::actors
