// The actors of one target, started and stopped together or in part.
//
// Rest for one, in the order actuator, decider, poller: who depends on a restarted
// actor restarts with it and so never holds a dead handle.
#pragma once

#include "actors/back_off.hpp"
#include "actors/orders.hpp"
#include "actors/target_state.hpp"
#include "messages/protocol.hpp"

#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <string_view>

namespace scaleit::actors {

/// In the order of dependence: each is started with the handle of the one before it.
enum class role : std::uint8_t { actuator, decider, poller };
inline constexpr std::array all_roles{role::actuator, role::decider, role::poller};
std::string_view to_string(role r);

/// One target: what it asks for, what it remembers, and who works for it.
struct target_actors {
  target_state_ptr state;
  actuator_actor actuator;
  decider_actor decider;
  poller_actor poller;
  std::array<std::uint64_t, all_roles.size()> restarts{};

  back_off down;
  role crashed = role::poller;  ///< the lowest one that is down, while it waits

  std::uint64_t number = 0;  ///< in the order in which targets came
  bool announced = false;    ///< `target.added` was emitted
  target_ptr polled_by;      ///< the spec from which the poller was made

  // -- its removal --------------------------------------------------------
  bool leaving = false;  ///< as soon as no scale request is in flight
  /// Orders that found it leaving; the first: the removal. No deque: an empty one takes
  /// half a kilobyte.
  std::list<order> waiting;
};

}  // namespace scaleit::actors
