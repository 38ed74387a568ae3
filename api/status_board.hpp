// What was told last of each target: a fold over its events, which answers what an
// operator asks first.
//
// On the control loop. A target that an event was lost of (a full queue is counted) is
// told rightly again with its next poll.
#pragma once

#include "messages/event.hpp"
#include "record/explanation.hpp"
#include "telemetry/target_condition.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace scaleit::api {

using telemetry::target_health;

/// Of one target; a pointer is null if there is none yet.
struct target_status {
  telemetry::target_condition does;
  event_ptr observed;  ///< the last answer
  event_ptr failed;    ///< the last poll, if it came to nothing
  event_ptr decision;  ///< the last live one
  event_ptr shadow;
  event_ptr applied;  ///< the last change that took effect
  event_ptr request;  ///< the last news of a scale request

  /// For whoever explains: fed with all of it, in the order of time.
  record::explanation explained(const std::string& name) const;
};

class status_board {
 public:
  void take(const event_ptr& e);

  /// Null: nothing is known of it.
  const target_status* find(std::string_view name) const;
  /// The last live decisions, the newest first, at most `most`.
  std::vector<event_ptr> decisions(std::string_view name, std::size_t most) const;
  /// How many targets, by health; those that are not polled yet are not counted in.
  std::size_t count(target_health h) const {
    return counts_[static_cast<std::size_t>(h)];
  }

 private:
  struct row {
    target_status status;
    std::vector<event_ptr> decisions;  ///< the newest last
  };
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const {
      return std::hash<std::string_view>{}(s);
    }
  };

  void fold(row& r, const event_ptr& e);
  void keep(row& r, const event_ptr& decision);
  std::size_t& counted(target_health h) { return counts_[static_cast<std::size_t>(h)]; }

  std::unordered_map<std::string, row, hash, std::equal_to<>> rows_;
  std::array<std::size_t, telemetry::target_healths> counts_{};
};

}  // namespace scaleit::api
