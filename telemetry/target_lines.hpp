// How many lines of the log are about targets that come, change or go.
//
// A person reads a few a second. Fifty thousand at a start, at a reload or from a client
// that adds them one by one are noise, and more than the log can write in time: then the
// lines that matter are lost with them. So there are so many a second, and one more with
// the numbers of those that were left out.
#pragma once

#include "messages/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace scaleit::telemetry {

class target_lines {
 public:
  enum class kind : std::uint8_t { added, changed, removed };

  /// Whether this one has a line of its own; else it is counted. Ask for summary()
  /// before.
  bool take(kind what, time_point now);

  /// Of those that were left out, once their second is over; empty: there is nothing to
  /// tell. `and 4900 more targets added, 3 removed`
  std::string summary(time_point now);
  /// The same, whether or not it is over.
  std::string rest();

 private:
  bool over(time_point now) const;

  time_point begin_{};  ///< of the second
  int told_ = 0;        ///< in it
  std::array<std::size_t, 3> left_out_{};
};

}  // namespace scaleit::telemetry
