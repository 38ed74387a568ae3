// How a target does, folded from its events: what the metrics count is what the API
// shows.
#pragma once

#include "messages/event.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace scaleit::telemetry {

enum class target_health : std::uint8_t {
  unknown,  ///< not polled yet
  ok,
  failing,  ///< the last poll failed, or its answer had no usable metric
  down,     ///< an actor waits for its restart
};
inline constexpr std::size_t target_healths =
    static_cast<std::size_t>(target_health::down) + 1;
std::string_view name_of(target_health h);

/// Why a poll came to nothing. An answer without one usable metric is as good as none.
/// Nothing for one that did not fail, and for what is no poll.
std::optional<failure> poll_failure(const event& e);

class target_condition {
 public:
  void take(const event& e);

  target_health health() const;
  bool polled() const { return polled_; }
  bool down() const { return down_; }
  std::uint32_t failures() const { return failures_; }  ///< polls in a row
  /// When the first of those was; of no meaning without one.
  time_point failing_since() const { return failing_since_; }

 private:
  time_point failing_since_{};
  std::uint32_t failures_ = 0;
  bool polled_ = false;
  bool down_ = false;
};

}  // namespace scaleit::telemetry
