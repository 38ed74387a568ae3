// The one way to publish: producers emit, subscribers read their own queue.
//
// A subscriber that is slow or dead never slows the control loop: its queue is
// bounded, and what does not fit is dropped and counted. The queue lives outside
// the actor that reads it, so a crash loses no event that was waiting.
#pragma once

#include "messages/event.hpp"
#include "messages/protocol.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace scaleit::actors {

/// One reader's queue. Single-threaded but for the counters, which metrics read.
class subscription {
 public:
  subscription(std::string name, std::size_t capacity)
      : name_(std::move(name)), capacity_(capacity) {}

  const std::string& name() const { return name_; }

  /// Who reads from now on (null while it is being restarted); wakes it if events wait.
  void attach(subscriber_actor reader);

  void push(const event_ptr& e);

  /// The next event, or null when none waits. Popped before it is handled, so that one
  /// its reader cannot bear is not met again.
  event_ptr pop();
  /// The reader has handled what it popped.
  void count_handled() { handled_.fetch_add(1, std::memory_order_relaxed); }
  bool empty() const { return queue_.empty(); }
  /// Puts the reader's next `events_ready` into its mailbox, if events wait and none is
  /// there.
  void wake();
  /// The reader calls this first when it handles `events_ready`.
  void woken() { awake_ = false; }

  std::uint64_t handled() const { return handled_.load(std::memory_order_relaxed); }
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
  std::size_t depth() const { return depth_.load(std::memory_order_relaxed); }

 private:
  const std::string name_;
  const std::size_t capacity_;
  std::deque<event_ptr> queue_;
  subscriber_actor reader_;
  bool awake_ = false;
  std::atomic<std::uint64_t> handled_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::size_t> depth_{0};
};

class publisher {
 public:
  /// `wall` is the time of the record at the steady instant `at`.
  publisher(steady_time at, time_point wall) : offset_(wall - to_micros(at)) {}

  /// Stamps the event and hands it to every subscriber. The event's time is the time of
  /// the record, a function of `at`, so that tests own it.
  event_ptr emit(steady_time at, target_ptr target, event::payload data);

  /// The same at a time of the record that is known: of a decision, that of its poll,
  /// which is all that a replay knows.
  event_ptr emit(time_point time, target_ptr target, event::payload data);

  /// The time of the record at `at`.
  time_point time_at(steady_time at) const { return to_micros(at) + offset_; }

  /// The system's clock was set (by more than a slew): from now on `at` is `wall`. An
  /// event, and whatever is stamped from here on tells by how much in all, so that every
  /// memory moves along before it folds it.
  event_ptr reanchor(steady_time at, time_point wall);

  /// The next event's sequence number is `last` + 1. Before the first event.
  void continue_after(std::uint64_t last) { sequence_ = last; }

  std::shared_ptr<subscription> subscribe(std::string name, std::size_t capacity);
  const std::vector<std::shared_ptr<subscription>>& subscriptions() const {
    return readers_;
  }

 private:
  static time_point to_micros(steady_time t) {
    return time_point{std::chrono::duration_cast<microseconds>(t.time_since_epoch())};
  }

  microseconds offset_;
  microseconds stepped_{0};  ///< since the start
  std::uint64_t sequence_ = 0;
  std::vector<std::shared_ptr<subscription>> readers_;
};

}  // namespace scaleit::actors
