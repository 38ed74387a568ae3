// Durations as people write them: on the command line, in the environment, in
// specs. One reader for all of them, so that `1m30s` means the same everywhere.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace scaleit {

/// Reads a duration written as Go's time.ParseDuration takes it (`1m30s`,
/// `250ms`, `1.5h`; units ns, us, µs, ms, s, m, h), or a plain number of seconds
/// (`5`, `0.25`). What is below a microsecond is cut off.
///
/// Answers nothing for anything else: signs, spaces, an empty text, an unknown
/// unit, or more than 2^63 nanoseconds (about 292 years).
std::optional<std::chrono::microseconds> parse_duration(std::string_view text);

}  // namespace scaleit
