// The metrics of the record; there only with a record.
#pragma once

#include "record/recorder.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace scaleit::telemetry {

class record_metrics {
 public:
  explicit record_metrics(prometheus::Registry& registry);
  /// Sampled: the totals are those since the daemon's start.
  void show(const record::record_state& s);

 private:
  prometheus::Gauge* up_;
  prometheus::Counter* bytes_;
  prometheus::Counter* dropped_;
  prometheus::Counter* errors_;
};

}  // namespace scaleit::telemetry
