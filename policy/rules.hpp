// The rules, one file each, in the order in which `decide` applies them.
#pragma once

#include "messages/decision.hpp"
#include "messages/observation.hpp"
#include "messages/target_spec.hpp"

namespace scaleit::policy {

/// ceil(x), where a value within 1e-9 (relative) of a whole number is that number:
/// 10 x 0.56 / 0.8 is 7, not 8. At most bounds::replicas_max.
int replicas_for(double x);

/// What one metric asks for, by HPA's formula [`target`, `tolerance`]. `step` is always
/// filled. From 0 replicas: ceil(value / target), without a tolerance.
int recommend(const metric_spec& metric, const tolerance_spec& tolerance, double value,
              int current, step& why);

/// All metrics of the spec as one recommendation: the largest [`combine`]; with a metric
/// missing never below the current count [`missing-metric`]; with none usable the current
/// count [`hold`]. Appends the steps of the metric that decided.
int combine(const target_spec& spec, const observation& seen, decision& d);

/// minReplicas and maxReplicas [`min`, `max`], whatever the metrics say; 0 replicas while
/// the minimum is above 0 means switched off by hand: hold, as HPA does [`switched-off`].
int limit(const target_spec& spec, int current, int wanted, decision& d);

}  // namespace scaleit::policy
