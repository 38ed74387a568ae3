// A recorded load: requests per second over time, read from CSV.
#pragma once

#include "messages/time.hpp"

#include <cstdint>
#include <istream>
#include <string_view>
#include <vector>

namespace scaleit::simulation {

/// A row is the mean of the time from it to the next row and holds for that
/// time, so that the sum of requests is that of the recording. The last row
/// lasts as long as the one before it; then the trace begins again.
class trace {
 public:
  struct row {
    microseconds at;             ///< since the first row
    double requests_per_second;  ///< finite, not negative
  };

  /// `rows` is not empty, begins at 0 and strictly rises in time.
  explicit trace(std::vector<row> rows);

  /// A pure function; negative times count as 0.
  double at(microseconds elapsed) const;
  microseconds length() const { return length_; }
  const std::vector<row>& rows() const { return rows_; }

 private:
  std::vector<row> rows_;
  microseconds length_{0};
};

/// Reads CSV with the header `seconds,requests_per_second` (numbers) or
/// `timestamp,value` (`2014-04-10 00:04:00`, or RFC 3339; UTC unless it says
/// otherwise). A byte order mark, CRLF, spaces around fields and empty lines are
/// accepted. Throws std::invalid_argument with one printable sentence that
/// begins with `name` and the line's number; at most bounds::trace_rows_max rows of
/// at most bounds::trace_line_bytes_max bytes.
trace read_trace(std::istream& in, std::string_view name);

}  // namespace scaleit::simulation
