// What `/readyz` knows: written by the control loop, read by the thread that
// serves health, so that a stalled loop can be told from a healthy one.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace scaleit::telemetry {

class health {
 public:
  /// `who` waits for a restart (false) or is up (true): `checkout/poller`, `telemetry`.
  void mark(const std::string& who, bool up);
  /// The supervisor has started everything it was first asked for.
  void started() { started_.store(true, std::memory_order_relaxed); }
  void stopping() { stopping_.store(true, std::memory_order_relaxed); }
  /// The loop turned at this steady time (nanoseconds since the clock's epoch).
  void pulse(std::int64_t at) { pulse_.store(at, std::memory_order_relaxed); }

  /// Why the daemon is not ready; empty when it is. At most a handful of names.
  std::vector<std::string> complaints(std::int64_t now) const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> down_;
  std::atomic<bool> started_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<std::int64_t> pulse_{0};
};

}  // namespace scaleit::telemetry
