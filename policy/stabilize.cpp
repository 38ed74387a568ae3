// [`stabilize-up`, `stabilize-down`]
// Source: Kubernetes HPA v2, `stabilizeRecommendationWithBehaviors`: up = the smallest
// recommendation of the up window, down = the largest of the down window; the count is
// raised to `up` if it is below, else lowered to `down` if it is above. Two windows as
// one envelope never turn a scale-in into a scale-out, which one of HPA's older versions
// did.
//
// Worked example: 10 replicas, down window 300 s. 10 was recommended 299 s ago, now
// 4: 10. Two seconds later: 4.
#include "policy/rules.hpp"

#include <algorithm>

namespace scaleit::policy {

namespace {

/// The best recommendation of a window and when it was made; this one included.
template <class Window, class Better>
sample<int> best_of(const evaluation& e, Window& past, microseconds length,
                    Better better) {
  sample<int> best{e.now, e.number};
  past.forget(e.now - length);
  if (length.count() > 0 && !e.mem.has_recommended && better(e.current, best.value))
    best.value = e.current;  // a new target: as if this had been recommended just before
  if (!past.empty() && better(past.best().value, best.value)) best = past.best();
  return best;
}

}  // namespace

void stabilize(evaluation& e) {
  const auto& b = e.spec.behavior;
  const auto hold = [&](const sample<int>& by, int to, rule code,
                        std::chrono::seconds length) {
    e.step_to(to, code,
              {static_cast<double>(by.value), seconds(e.now - by.at),
               static_cast<double>(length.count())});
  };
  if (e.number > e.current) {
    const auto up =
        best_of(e, e.mem.recommended_min, b.up.stabilization_window, std::less<>{});
    const int to = std::max(e.current, up.value);
    if (to != e.number) hold(up, to, rule::stabilize_up, b.up.stabilization_window);
  } else if (e.number < e.current) {
    const auto down =
        best_of(e, e.mem.recommended_max, b.down.stabilization_window, std::greater<>{});
    const int to = std::min(e.current, down.value);
    if (to != e.number) hold(down, to, rule::stabilize_down, b.down.stabilization_window);
  }
}

}  // namespace scaleit::policy
