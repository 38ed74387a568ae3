// The two times of the program.
//
// `time_point` is the time of the record: UTC, whole microseconds, so that an
// event written, read back and replayed carries the very same value. Decisions
// see only this one. `steady_time` measures durations and drives timers.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace scaleit {

using time_point = std::chrono::sys_time<std::chrono::microseconds>;
using steady_time = std::chrono::steady_clock::time_point;
using std::chrono::microseconds;
using std::chrono::milliseconds;

/// RFC 3339 in UTC with six decimals: `2026-01-31T09:30:00.000000Z`.
std::string to_rfc3339(time_point t);

/// The reverse; accepts any offset and up to nine decimals (cut to six).
std::optional<time_point> parse_rfc3339(std::string_view s);

/// Milliseconds with a fraction, the unit of `tookMs` in events.
constexpr double to_ms(microseconds d) { return static_cast<double>(d.count()) / 1000.0; }

/// Seconds with a fraction, the unit of metrics and of sentences.
constexpr double to_seconds(microseconds d) {
  return static_cast<double>(d.count()) / 1e6;
}

/// A measured duration in the record's unit, cut to it.
constexpr microseconds to_micros(steady_time::duration d) {
  return std::chrono::duration_cast<microseconds>(d);
}

/// `1.5s`, `250ms`, `1m30s`: Go's way of writing durations, shortest exact form.
std::string to_string(microseconds d);

}  // namespace scaleit
