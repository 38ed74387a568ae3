// The actors of one target, started and stopped together or in part.
//
// Rest for one, in the order actuator, decider, poller: who depends on a restarted
// actor restarts with it and so never holds a dead handle.
#pragma once

#include "actors/ledger.hpp"
#include "actors/restart_budget.hpp"
#include "messages/protocol.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace scaleit::actors {

/// In the order of dependence: each is started with the handle of the one before it.
enum class role : std::uint8_t { actuator, decider, poller };
inline constexpr std::array all_roles{role::actuator, role::decider, role::poller};
std::string_view to_string(role r);

/// One target: what it asks for, what it remembers, and who works for it.
struct crew {
  ledger_ptr book;
  actuator_actor actuator;
  decider_actor decider;
  poller_actor poller;
  std::array<std::uint64_t, all_roles.size()> restarts{};

  restart_budget budget;
  bool waiting = false;         ///< for `restart_due`
  std::uint64_t attempt = 0;    ///< of which this is the number
  role crashed = role::poller;  ///< the lowest one that is down
  steady_time crashed_at{};
  std::string down_name;  ///< as told to health
};

}  // namespace scaleit::actors
