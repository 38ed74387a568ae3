#include "telemetry/target_series.hpp"

#include <algorithm>

namespace scaleit::telemetry {

target_series::target_series(families& all, const target_spec& spec)
    : replicas(&all.gauge("scaleit_replicas", spec.name)),
      desired(&all.gauge("scaleit_desired_replicas", spec.name)),
      healthy(&all.gauge("scaleit_target_healthy", spec.name)),
      failing(&all.gauge("scaleit_failures_in_a_row", spec.name)) {
  for (const auto& m : spec.metrics) {
    all.gauge("scaleit_metric_target", m.name, spec.name).Set(m.target);
    metrics.push_back({m.name, &all.gauge("scaleit_metric_value", m.name, spec.name)});
  }
  if (!spec.shadow.empty())
    shadow =
        shadow_series{&all.gauge("scaleit_shadow_desired_replicas", spec.name),
                      &all.counter("scaleit_shadow_decisions_total", "yes", spec.name),
                      &all.counter("scaleit_shadow_decisions_total", "no", spec.name)};
}

void target_series::remove(families& all, const std::string& target,
                           const target_spec* now) const {
  if (shadow && (now == nullptr || now->shadow.empty())) {
    all.remove_gauge("scaleit_shadow_desired_replicas", target);
    all.remove_counter("scaleit_shadow_decisions_total", "yes", target);
    all.remove_counter("scaleit_shadow_decisions_total", "no", target);
  }
  for (const auto& m : metrics) {
    if (now != nullptr &&
        std::ranges::find(now->metrics, m.name, &metric_spec::name) != now->metrics.end())
      continue;
    all.remove_gauge("scaleit_metric_value", m.name, target);
    all.remove_gauge("scaleit_metric_target", m.name, target);
  }
  if (now != nullptr) return;
  all.remove_gauge("scaleit_replicas", target);
  all.remove_gauge("scaleit_desired_replicas", target);
  all.remove_gauge("scaleit_target_healthy", target);
  all.remove_gauge("scaleit_failures_in_a_row", target);
}

}  // namespace scaleit::telemetry
