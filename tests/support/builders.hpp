// The specs and observations that tests start from.
#pragma once

#include "messages/observation.hpp"
#include "messages/target_spec.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace scaleit::test {

inline target_ptr shared(target_spec s) {
  return std::make_shared<target_spec>(std::move(s));
}

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

/// The same by any name, told apart by its maximum.
inline target_ptr target_of_at_most(const std::string& name, int max = 100) {
  auto s = app_spec(name);
  s.max_replicas = max;
  return std::make_shared<const target_spec>(std::move(s));
}

/// Three metrics, every rule on, and windows of an hour: as much as a decision can cost.
inline target_spec every_rule() {
  using std::chrono::hours;
  using std::chrono::seconds;
  auto s = app_spec();
  s.metrics = {{"cpu", "/cpu", metric_type::value, 0.8},
               {"queue", "/queue", metric_type::average_value, 30},
               {"a-metric-with-a-long-name", "/rate", metric_type::average_value, 100}};
  s.min_replicas = 0;
  s.max_replicas = 1000;
  s.tolerance = {0.1, 0.1};
  s.max_age = hours{1};
  s.warmup = hours{1};
  const std::vector<scaling_policy> slow{{policy_type::pods, 40, seconds{1800}},
                                         {policy_type::percent, 300, seconds{1800}},
                                         {policy_type::pods, 4, seconds{15}}};
  s.behavior = {{seconds{3600}, select_policy::max, slow},
                {seconds{3600}, select_policy::max, slow}};
  s.fallback = fallback_spec{3, 6, fallback_behavior::fixed};
  s.panic = panic_spec{hours{1}, 10, 200, 1000, 2};
  s.guard = guard_spec{50, hours{1}, hours{1}};
  s.flap_budget = flap_budget_spec{20, hours{1}};
  s.schedules = {{"0 8 * * 1-5", "Europe/Berlin", hours{10}, 2, 900}};
  s.zero = zero_spec{{{"queue", 0}}, hours{1}};
  return s;
}

inline observation seen(int replicas, double cpu) {
  observation o;
  o.replicas = replicas;
  o.metrics = {{"cpu", cpu}};
  return o;
}

}  // namespace scaleit::test
