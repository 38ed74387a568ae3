// What a target has of its own in /metrics: series that come and go with it.
//
// With tens of thousands of targets these are nearly all there is to scrape and to
// store. So a target can be without them, and whatever is counted over all targets does
// not go through here.
#pragma once

#include "messages/target_spec.hpp"
#include "telemetry/families.hpp"

#include <optional>
#include <string>
#include <vector>

namespace scaleit::telemetry {

struct target_series {
  struct metric {
    std::string name;
    prometheus::Gauge* value;
  };
  struct shadow_series {
    prometheus::Gauge* desired;
    prometheus::Counter* agreed;
    prometheus::Counter* differed;
  };

  /// Those that are there already are kept, with their values.
  target_series(families& all, const target_spec& spec);
  /// Removes what the target no longer has by its new spec; without one, everything.
  void remove(families& all, const std::string& target, const target_spec* now) const;

  prometheus::Gauge* replicas;
  prometheus::Gauge* desired;
  prometheus::Gauge* healthy;
  prometheus::Gauge* failing;
  std::vector<metric> metrics;
  std::optional<shadow_series> shadow;
};

}  // namespace scaleit::telemetry
