// The specs and observations that tests start from.
#pragma once

#include "messages/observation.hpp"
#include "messages/target_spec.hpp"

#include <memory>
#include <string>

namespace scaleit::test {

/// The drop-in application: cpu at 0.80 with an absolute tolerance of 0.10.
inline target_spec app_spec(std::string name = "app",
                            std::string url = "http://localhost:8123") {
  target_spec s;
  s.name = std::move(name);
  s.status.url = url + "/app/status";
  s.metrics = {{"cpu", "/cpu/highPriority", metric_type::value, 0.8}};
  s.scale.url = url + "/app/replicas";
  s.max_replicas = bounds::replicas_max;
  s.tolerance = {0.125, 0.125};
  s.behavior = immediate_behavior();
  return s;
}

inline observation seen(int replicas, double cpu) {
  observation o;
  o.replicas = replicas;
  o.metrics = {{"cpu", cpu}};
  return o;
}

}  // namespace scaleit::test
