#include "api/event_ring.hpp"

#include <algorithm>
#include <utility>

namespace scaleit::api {

void event_ring::push(const event_ptr& e) {
  std::function<void()> wake;
  event_ptr oldest;  // ends outside of the lock
  {
    const std::lock_guard lock{mutex_};
    if (events_.size() >= capacity_) {
      oldest = std::move(events_.front());
      events_.pop_front();
    }
    events_.push_back(e);
    last_ = e->sequence;
    wake = std::exchange(wake_, nullptr);
  }
  if (wake) wake();
}

void event_ring::wake_after(std::uint64_t sequence, std::function<void()> wake) {
  {
    const std::lock_guard lock{mutex_};
    if (last_ <= sequence) {
      wake_ = std::move(wake);
      return;
    }
  }
  wake();
}

std::vector<event_ptr> event_ring::after(std::uint64_t sequence, std::size_t most) const {
  const std::lock_guard lock{mutex_};
  const auto first = std::ranges::upper_bound(events_, sequence, {},
                                              [](const auto& e) { return e->sequence; });
  const auto n =
      std::min<std::size_t>(most, static_cast<std::size_t>(events_.end() - first));
  return {first, first + static_cast<std::ptrdiff_t>(n)};
}

std::uint64_t event_ring::last() const {
  const std::lock_guard lock{mutex_};
  return last_;
}

}  // namespace scaleit::api
