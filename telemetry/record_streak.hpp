// What people are told of the record's troubles.
#pragma once

#include "messages/log_line.hpp"
#include "messages/time.hpp"
#include "record/recorder.hpp"

#include <cstdint>
#include <optional>

namespace scaleit::telemetry {

/// One line when the record begins to fail or to lose events, and one when that is over.
class record_streak {
 public:
  std::optional<log_line> tell(const record::record_state& s, steady_time now);

 private:
  bool failing_ = false;
  steady_time since_{};
  std::uint64_t dropped_before_ = 0;  ///< the streak
  std::uint64_t dropped_ = 0;
};

}  // namespace scaleit::telemetry
