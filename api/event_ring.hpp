// The last events, for who follows them: written by the control loop, read by the thread
// of the API.
//
// One queue for all clients instead of one for each: a client is a place in it. One that
// is slower than the events is overtaken, and is told how many it missed. The loop never
// waits, and with nobody listening it pays for a place in a queue.
#pragma once

#include "messages/event.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

namespace scaleit::api {

class event_ring {
 public:
  explicit event_ring(std::size_t capacity) : capacity_(capacity) {}

  // -- the control loop ---------------------------------------------------
  void push(const event_ptr& e);

  // -- any thread ---------------------------------------------------------
  /// `wake` is called by the control loop, once, as soon as there is an event after
  /// `sequence`; it may be called at once.
  void wake_after(std::uint64_t sequence, std::function<void()> wake);
  /// Those that follow an event, at most `most`, in their order.
  std::vector<event_ptr> after(std::uint64_t sequence, std::size_t most) const;
  /// Of the newest; 0 before the first.
  std::uint64_t last() const;

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<event_ptr> events_;
  std::uint64_t last_ = 0;
  std::function<void()> wake_;
};

}  // namespace scaleit::api
