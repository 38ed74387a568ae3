// Whom a change of a target's spec concerns. The decider and the actuator read the spec
// anew each time; the poller has prepared its requests from it.
#pragma once

#include "messages/target_spec.hpp"
#include "policy/silence.hpp"

#include <algorithm>

namespace scaleit::actors {

/// Whether a poll asks for the same and reads the same of the answers.
inline bool polled_alike(const target_spec& a, const target_spec& b) {
  const auto alike = [](const metric_spec& x, const metric_spec& y) {
    return x.name == y.name && x.value == y.value && x.format == y.format &&
           same_source(x, y);
  };
  return a.status == b.status && std::equal(a.metrics.begin(), a.metrics.end(),
                                            b.metrics.begin(), b.metrics.end(), alike);
}

/// Whether polls fall due at the same moments, given that they are alike.
inline bool timed_alike(const target_spec& a, const target_spec& b) {
  return a.interval == b.interval &&
         (!a.status.push || policy::silence_max(a) == policy::silence_max(b));
}

}  // namespace scaleit::actors
