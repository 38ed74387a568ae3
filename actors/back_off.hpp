// One who crashed and is to be started again: at once, or after a while during which
// health says so. The same for a target's actors, a subscriber and the supervisor.
#pragma once

#include "actors/restart_budget.hpp"
#include "messages/time.hpp"
#include "telemetry/health.hpp"

#include <cstdint>
#include <string>

namespace scaleit::actors {

struct back_off {
  restart_budget budget;
  std::uint64_t attempt = 0;  ///< the number of the last wait: those before are void
  steady_time crashed_at{};   ///< the first crash since it last worked
  telemetry::health::down_mark
      waiting;  ///< set while it waits, which is what makes health say so
};

/// Notes a crash; answers how long to wait, during which health knows `who` is down.
/// `progress` is a count of useful work (actors/restart_budget.hpp).
inline std::chrono::milliseconds crashed(back_off& b, steady_time now,
                                         telemetry::health& health,
                                         const std::string& who, std::uint64_t progress) {
  const auto delay = b.budget.on_crash(progress);
  if (!b.waiting) b.crashed_at = now;
  ++b.attempt;
  if (delay.count() > 0 || b.waiting) b.waiting = health.down(who);
  return delay;
}

/// Restarts now, or sends `self` what `due` makes of the attempt when the wait is over.
template <class Self, class Due, class Restart>
void wait_or_restart(Self* self, back_off& b, telemetry::health& health,
                     const std::string& who, std::uint64_t progress, Due due,
                     Restart restart) {
  const auto delay = crashed(b, self->clock().now(), health, who, progress);
  if (!b.waiting) return restart();
  self->delayed_send(self, delay, due(b.attempt));
}

}  // namespace scaleit::actors
