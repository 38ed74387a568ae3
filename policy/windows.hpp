// What was within the last while: sliding windows over time.
//
// A window of an hour must cost what a window of a minute costs, so none of them is ever
// walked through. The largest and the smallest are kept as monotonic queues, the sum as
// two stacks in one ring (Tangwongsan et al., "General Incremental Sliding-Window
// Aggregation", 2015), which only ever adds: nothing is subtracted, so nothing drifts,
// and the same samples give the same sum to the last bit. All are amortised constant time
// per sample, keep their capacity, and hold at most bounds::window_samples_max entries.
#pragma once

#include "messages/bounds.hpp"
#include "messages/time.hpp"

#include <boost/circular_buffer.hpp>

#include <algorithm>
#include <cstddef>

namespace scaleit::policy {

template <class T>
struct sample {
  time_point at{};
  T value{};
  bool operator==(const sample&) const = default;
};

template <class T>
using ring = boost::circular_buffer<T>;

/// Room for one more: grows by doubling up to the bound, then the oldest goes.
template <class T>
void make_room(ring<T>& r) {
  if (!r.full()) return;
  if (r.capacity() < bounds::window_samples_max)
    r.set_capacity(std::min<std::size_t>(bounds::window_samples_max,
                                         std::max<std::size_t>(4, 2 * r.capacity())));
  else
    r.pop_front();
}

/// The best value of a window, `Better` being std::greater or std::less. An entry that a
/// later one equals or beats can never be the answer again and is not kept.
template <class T, class Better>
class extreme_window {
 public:
  /// Usually the newest; one that comes late is put where its time belongs.
  void add(time_point at, T value) {
    auto place = entries_.end();
    while (place != entries_.begin() && (place - 1)->at > at) --place;
    if (place != entries_.end() && !Better{}(value, place->value)) return;
    auto first = place;
    while (first != entries_.begin() && !Better{}((first - 1)->value, value)) --first;
    place = entries_.erase(first, place);
    const bool last = place == entries_.end();
    const auto index = place - entries_.begin();
    // A full window loses its oldest entry, and everything moves up.
    const std::ptrdiff_t gone = entries_.size() >= bounds::window_samples_max ? 1 : 0;
    if (gone > index) return;  // it would be the oldest
    make_room(entries_);
    if (last)
      entries_.push_back({at, value});
    else
      entries_.insert(entries_.begin() + (index - gone), {at, value});
  }

  /// Forgets what is not strictly newer than `cutoff`.
  void forget(time_point cutoff) {
    while (!entries_.empty() && entries_.front().at <= cutoff) entries_.pop_front();
  }

  void shift(microseconds by) {
    for (auto& e : entries_) e.at += by;
  }

  bool empty() const { return entries_.empty(); }
  /// The best of what is left, and of equals the newest.
  const sample<T>& best() const { return entries_.front(); }
  std::size_t size() const { return entries_.size(); }
  bool operator==(const extreme_window&) const = default;

 private:
  ring<sample<T>> entries_;
};

/// The sum and the count of a window. Samples come in the order of their times.
///
/// The front half holds, in each entry, the sum of itself and all after it up to `mid_`;
/// the back half holds plain values and `back_` their sum.
class sum_window {
 public:
  void add(time_point at, double value) {
    if (entries_.full() && entries_.capacity() >= bounds::window_samples_max)
      drop_front();
    make_room(entries_);
    entries_.push_back({at, value});
    back_ += value;
  }

  void forget(time_point cutoff) {
    while (!entries_.empty() && entries_.front().at <= cutoff) drop_front();
  }

  void shift(microseconds by) {
    for (auto& e : entries_) e.at += by;
  }

  std::size_t count() const { return entries_.size(); }
  double sum() const { return (mid_ > 0 ? entries_.front().value : 0.0) + back_; }
  bool operator==(const sum_window&) const = default;

 private:
  void drop_front() {
    if (mid_ == 0) {
      double sum = 0;
      for (auto e = entries_.rbegin(); e != entries_.rend(); ++e)
        e->value = sum += e->value;
      mid_ = entries_.size();
      back_ = 0;
    }
    entries_.pop_front();
    --mid_;
  }

  ring<sample<double>> entries_;
  std::size_t mid_ = 0;
  double back_ = 0;
};

}  // namespace scaleit::policy
