// What the rules take from an observation: the values that can be used, and how many
// replicas carry the load.
#pragma once

#include "messages/observation.hpp"
#include "messages/target_spec.hpp"
#include "policy/memory.hpp"

#include <cmath>
#include <optional>

namespace scaleit::policy {

/// Older than maxAge by its own time: nothing in it is usable.
inline bool stale(const target_spec& spec, const observation& seen, time_point now) {
  return spec.max_age.count() > 0 && seen.observed_at &&
         now - *seen.observed_at > spec.max_age;
}

/// The value of a metric; nothing when it is missing, which NaN, infinite and negative
/// ones are.
inline std::optional<double> usable(const observation& seen, const metric_spec& metric) {
  const auto* sample = seen.find(metric.name);
  if (sample == nullptr || !std::isfinite(sample->value) || sample->value < 0) return {};
  return sample->value;
}

/// The value is of partial data: the whole may be more.
inline bool is_partial(const observation& seen, const metric_spec& metric) {
  const auto* sample = seen.find(metric.name);
  return sample != nullptr && sample->partial;
}

/// The replicas that carry the load: those reported ready or, with a warm-up and nothing
/// reported, those that have been there for longer than it, at the memory's clock.
inline int serving(const target_spec& spec, const memory& m, const observation& seen) {
  if (seen.ready) return *seen.ready;
  if (spec.warmup.count() == 0) return seen.replicas;
  const auto added = m.applied.within(scalings::warmup()).added;
  return added >= seen.replicas ? 0 : seen.replicas - static_cast<int>(added);
}

/// A metric's total: value x ready (at least 1) for `Value`, the value itself otherwise.
inline double load(const metric_spec& metric, double value, int serving) {
  return metric.type == metric_type::value ? value * std::max(1, serving) : value;
}

}  // namespace scaleit::policy
