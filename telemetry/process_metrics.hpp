// The process_* families that every Prometheus client library offers, read from
// /proc at each scrape.
#pragma once

#include <prometheus/collectable.h>

#include <string>
#include <vector>

namespace scaleit::telemetry {

class process_metrics : public prometheus::Collectable {
 public:
  /// `proc`: where proc(5) is mounted.
  explicit process_metrics(std::string proc = "/proc");

  /// CPU seconds, resident and virtual memory, open and possible descriptors, start
  /// time (seconds since 1970) and threads. What cannot be read is left out.
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::string proc_;
  double boot_time_seconds_ = 0;  // since 1970; 0: unknown
};

}  // namespace scaleit::telemetry
