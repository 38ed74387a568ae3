// Polls are spread over the interval, so that ten thousand targets with one
// interval do not fire together, whatever was started, changed or replaced at once.
#pragma once

#include "messages/time.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace scaleit::actors {

/// A target's place in its interval: stable (a function of the name alone, FNV-1a),
/// uniform over names, in [0, interval).
inline std::chrono::milliseconds spread(std::string_view name,
                                        std::chrono::milliseconds interval) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  hash ^= hash >> 32;  // the low bits of short names alone are not uniform
  return std::chrono::milliseconds{hash % static_cast<std::uint64_t>(interval.count())};
}

/// The first moment after `now` that is at `place` in the interval, counted from the
/// clock's epoch: not from the start of anything, which may come again.
inline steady_time next_at(steady_time::duration place,
                           std::chrono::milliseconds interval, steady_time now) {
  const steady_time::duration length{interval};
  const auto since = (now.time_since_epoch() - place) % length;
  // A negative remainder counts from the end of the interval before.
  return now + (length - (since.count() < 0 ? since + length : since));
}

}  // namespace scaleit::actors
