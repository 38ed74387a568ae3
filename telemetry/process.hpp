// What every Prometheus client library tells of its process, read from /proc at each
// scrape.
#pragma once

#include "telemetry/families.hpp"

#include <string>

namespace scaleit::telemetry {

class process {
 public:
  /// `proc`: where proc(5) is mounted.
  explicit process(std::string proc = "/proc");

  /// CPU seconds, resident and virtual memory, open and possible descriptors, start
  /// time (seconds since 1970) and threads. What cannot be read is left out.
  void sample(families& into) const;

 private:
  std::string proc_;
  double boot_time_seconds_ = 0;  // since 1970; 0: unknown
};

}  // namespace scaleit::telemetry
