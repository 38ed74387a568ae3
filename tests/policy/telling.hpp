// A target told poll by poll: what was seen, when, and what was done about it; what was
// decided comes back. For tests that read as the stories they are about.
#pragma once

#include "policy/decide.hpp"
#include "policy/why.hpp"
#include "tests/support/builders.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace scaleit::test {

/// Seconds since the story began; whole days, hours and minutes come as their product.
inline time_point at(double seconds) {
  return time_point{microseconds{std::llround(seconds * 1e6)}};
}

/// A target that wants what its metric says: a total with a target of 1 and no tolerance,
/// no window, no limit, no bound but the largest.
inline target_spec wishes() {
  target_spec s;
  s.name = "app";
  s.metrics = {{"wish", "/wish", metric_type::average_value, 1}};
  s.min_replicas = 0;
  s.max_replicas = bounds::replicas_max;
  s.tolerance = {0, 0};
  s.behavior = immediate_behavior();
  return s;
}

inline observation wished(int replicas, double wish) {
  observation o;
  o.replicas = replicas;
  o.metrics = {{"wish", wish}};
  return o;
}

class telling {
 public:
  explicit telling(target_spec s) : spec(std::move(s)) {}

  /// The count that is decided on a reading.
  int poll(double seconds, const observation& seen) {
    auto out = policy::decide(spec, std::move(mem), seen, at(seconds));
    mem = std::move(out.next);
    last = std::move(out.made);
    return last.desired;
  }
  int poll(double seconds, int replicas, double wish) {
    return poll(seconds, wished(replicas, wish));
  }
  /// What a failed poll leads to, if to anything.
  std::optional<int> fail(double seconds) {
    auto out = policy::decide_on_failure(spec, std::move(mem), at(seconds));
    mem = std::move(out.next);
    if (!out.made) return {};
    last = std::move(*out.made);
    return last.desired;
  }
  void applied(double seconds, int from, int to) {
    policy::recall_applied(spec, mem, from, to, at(seconds));
  }

  bool has(rule code) const {
    return std::any_of(last.steps.begin(), last.steps.end(),
                       [&](const step& s) { return s.code == code; });
  }
  /// The sentence of the last step of a rule; empty when it left none.
  std::string said(rule code) const {
    std::string sentence;
    for (const auto& s : last.steps)
      if (s.code == code) sentence = policy::why(s, spec);
    return sentence;
  }

  target_spec spec;
  policy::memory mem;
  decision last;
};

}  // namespace scaleit::test
