// What a target's decisions remember from one evaluation to the next.
//
// The memory is a fold over the target's recorded events: `recall` over the
// events of a record gives the very memory the daemon had, which is how it
// survives a crash and a restart. Nothing else keeps history.
#pragma once

#include "messages/event.hpp"

#include <cstdint>
#include <optional>

namespace scaleit::policy {

struct memory {
  struct scaling {
    time_point at{};
    int from = 0;
    int to = 0;
    bool operator==(const scaling&) const = default;
  };

  std::uint32_t failures_in_a_row = 0;  ///< failed polls since the last good one
  std::optional<int> recommended;       ///< by the last decision
  std::optional<scaling> applied;       ///< the last one that took effect
  bool operator==(const memory&) const = default;
};

/// Folds one event of the target into the memory; events that do not concern
/// decisions change nothing.
void recall(memory& m, const event& e);

}  // namespace scaleit::policy
