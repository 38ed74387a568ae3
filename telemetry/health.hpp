// What `/readyz` knows: written by the control loop, read by the thread that
// serves health, so that a stalled loop can be told from a healthy one.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace scaleit::telemetry {

class health {
 public:
  /// Somebody is down for as long as this lives: whoever forgets the one forgets the
  /// other. Must not outlive the health it came from.
  class down_mark {
   public:
    down_mark() = default;
    down_mark(down_mark&& other) noexcept
        : health_(std::exchange(other.health_, nullptr)), at_(other.at_) {}
    down_mark& operator=(down_mark&& other) noexcept {
      std::swap(health_, other.health_);
      std::swap(at_, other.at_);
      other.reset();
      return *this;
    }
    ~down_mark() { reset(); }

    explicit operator bool() const { return health_ != nullptr; }
    void reset() noexcept;

   private:
    friend class health;
    down_mark(health* of, std::multiset<std::string>::iterator at)
        : health_(of), at_(at) {}
    health* health_ = nullptr;
    std::multiset<std::string>::iterator at_{};
  };

  /// `who` waits for a restart: `checkout/poller`, `telemetry`.
  [[nodiscard]] down_mark down(std::string who);
  /// The supervisor has started everything it was first asked for.
  void started() { started_.store(true, std::memory_order_relaxed); }
  void stopping() { stopping_.store(true, std::memory_order_relaxed); }
  /// The loop turned at this steady time (nanoseconds since the clock's epoch).
  void pulse(std::int64_t at) { pulse_.store(at, std::memory_order_relaxed); }

  /// Why the daemon is not ready; empty when it is. At most a handful of names.
  std::vector<std::string> complaints(std::int64_t now) const;

 private:
  mutable std::mutex mutex_;
  std::multiset<std::string> down_;
  std::atomic<bool> started_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<std::int64_t> pulse_{0};
};

}  // namespace scaleit::telemetry
