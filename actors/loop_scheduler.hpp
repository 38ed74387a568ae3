// A CAF scheduler whose actors, timers and sockets share one thread: the thread
// that runs a net::event_loop.
//
// CAF's own pool of workers hands every answer of a socket to another thread and
// back, which costs more than the work itself here, and its clock can deadlock
// under load (docs/internals/caf.md has the measurements). Written for CAF 0.17.6,
// which CMake pins.
#pragma once

#include "net/event_loop.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>
#include <cstddef>

namespace scaleit::actors {

/// Timers are coalesced: each fires at most this much late, and one wake-up of the
/// loop serves all that fall due in between.
inline constexpr std::chrono::milliseconds timer_grid{10};

/// Makes the next caf::actor_system built from `config` run on `loop`. The system must be
/// built, used and destroyed on the thread that runs the loop; messages may be sent from
/// any.
void run_actors_on(caf::actor_system_config& config, net::event_loop& loop);

/// Actors that have messages and wait for their turn on the loop (0 on another
/// scheduler).
std::size_t actors_ready(caf::actor_system& system);

/// After the loop was stopped: what is ready is done, so that actors that were told to
/// end do so while what they refer to is still there.
void let_actors_end(net::event_loop& loop);

}  // namespace scaleit::actors
