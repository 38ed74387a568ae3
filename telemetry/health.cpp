#include "telemetry/health.hpp"

#include "messages/bounds.hpp"

#include <fmt/format.h>

#include <chrono>

namespace scaleit::telemetry {

health::down_mark health::down(std::string who) {
  const std::lock_guard lock{mutex_};
  return {this, down_.insert(std::move(who))};
}

void health::down_mark::reset() noexcept {
  if (health_ == nullptr) return;
  const std::lock_guard lock{health_->mutex_};
  health_->down_.erase(at_);
  health_ = nullptr;
}

std::vector<std::string> health::complaints(std::int64_t now) const {
  std::vector<std::string> out;
  const std::chrono::nanoseconds still{now - pulse_.load(std::memory_order_relaxed)};
  if (still > bounds::loop_stalled_after)
    out.push_back(fmt::format("loop 0 has not turned for {:.1f} s",
                              std::chrono::duration<double>{still}.count()));
  if (stopping_.load(std::memory_order_relaxed)) out.emplace_back("stopping");
  if (!started_.load(std::memory_order_relaxed)) out.emplace_back("starting");
  const std::lock_guard lock{mutex_};
  for (const auto& who : down_) {
    if (out.size() >= bounds::health_lines_max) {
      out.push_back(fmt::format("... {} actors are down", down_.size()));
      break;
    }
    out.push_back(who + " is down, waiting for its restart");
  }
  return out;
}

}  // namespace scaleit::telemetry
