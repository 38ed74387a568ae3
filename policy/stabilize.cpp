// [`stabilize-up`, `stabilize-down`]
// Source: Kubernetes HPA v2, `stabilizeRecommendationWithBehaviors`: up = the smallest
// recommendation of the up window, down = the largest of the down window; the count is
// raised to `up` if it is below, else lowered to `down` if it is above. Two windows as
// one envelope never turn a scale-in into a scale-out, which one of HPA's older versions
// did.
//
// Worked example: 10 replicas, down window 300 s. 10 was recommended 299 s ago, now
// 4: 10. Two seconds later: 4.
#include "policy/stabilize.hpp"

#include "policy/evaluation.hpp"
#include "policy/holds.hpp"
#include "policy/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace scaleit::policy {

namespace {

/// What a step keeps.
struct stabilize_numbers {
  double recommended;  ///< the one that holds
  double age;          ///< of that, in seconds; 0: a new target's, which begins with it
  double window;       ///< seconds
};

/// The best recommendation of a window and when it was made; this one included.
template <class Window, class Better>
sample<int> best_of(const evaluation& e, Window& past, microseconds length,
                    Better better) {
  sample<int> best{e.now, e.number};
  past.forget(e.now - length);
  if (length.count() > 0 && !e.mem.recommended.any && better(e.current, best.value))
    best.value = e.current;  // a new target: as if this had been recommended just before
  if (!past.empty() && better(past.best().value, best.value)) best = past.best();
  return best;
}

/// One more recommendation.
void add(recommendations& r, const behavior_spec& windows, int count, time_point at) {
  const auto down = windows.down.stabilization_window;
  const auto up = windows.up.stabilization_window;
  if (down.count() > 0) {
    r.highest.add(at, count);
    r.highest.forget(at - down);
  }
  if (up.count() > 0) {
    r.lowest.add(at, count);
    r.lowest.forget(at - up);
  }
}

}  // namespace

// -- what it remembers ----------------------------------------------------

void recommendations::watch(const behavior_spec& windows, const decision& made,
                            bool failing, time_point at) {
  // The first decision of a new target took the count it found for a recommendation, too.
  // That mattered if it was held there, and then its steps say so.
  if (!any)
    for (const auto& s : made.steps)
      if (s.code == rule::stabilize_up || s.code == rule::stabilize_down)
        add(*this, windows, s.to, at);
  // To hold while polls fail is no recommendation: if it were, bad weather now and then
  // would fill every window with the count there is.
  if (failing && !made.steps.empty() && made.steps.front().code == rule::hold) return;
  any = true;
  add(*this, windows, made.recommended, at);
}

void recommendations::shift(microseconds by) {
  highest.shift(by);
  lowest.shift(by);
}

// -- how it moves the number ----------------------------------------------

void stabilize(evaluation& e) {
  const auto& b = e.spec.behavior;
  const auto hold = [&](const sample<int>& by, int to, rule code,
                        std::chrono::seconds length) {
    e.step_to(to, code,
              stabilize_numbers{static_cast<double>(by.value), to_seconds(e.now - by.at),
                                static_cast<double>(length.count())});
  };
  if (e.number > e.current) {
    const auto up =
        best_of(e, e.mem.recommended.lowest, b.up.stabilization_window, std::less<>{});
    const int to = std::max(e.current, up.value);
    if (to != e.number) hold(up, to, rule::stabilize_up, b.up.stabilization_window);
  } else if (e.number < e.current) {
    const auto down = best_of(e, e.mem.recommended.highest, b.down.stabilization_window,
                              std::greater<>{});
    const int to = std::min(e.current, down.value);
    if (to != e.number) hold(down, to, rule::stabilize_down, b.down.stabilization_window);
  }
}

// -- what it says ---------------------------------------------------------

std::string why_stabilize(const step& s, const target_spec&) {
  const auto n = numbers_of<stabilize_numbers>(s);
  const auto window = fmt::format("held by the {:.0f} s window", n.window);
  if (n.age <= 0)
    return fmt::format("{}: a new target begins with the {} it has", window, s.to);
  return fmt::format("{}: {}{:.0f} was wanted {} ago", window,
                     s.code == rule::stabilize_up ? "only " : "", n.recommended,
                     in_seconds(n.age));
}

namespace {

template <class Window>
void window_hold(holds& h, const char* what, Window& w, std::chrono::seconds length,
                 const char* limit) {
  if (length.count() == 0) return;
  w.forget(h.now - length);
  const auto span = holds::span(length);
  if (w.empty()) return h.say(what, fmt::format("of {}: empty", span));
  const auto& best = w.best();
  h.say(what, fmt::format("of {}: {} was recommended {}, so {} {}; {}", span, best.value,
                          h.ago(best.at), limit, best.value, h.left(best.at, length)));
}

}  // namespace

void stabilize_hold(holds& h) {
  const auto& b = h.spec.behavior;
  window_hold(h, "up window", h.mem.recommended.lowest, b.up.stabilization_window,
              "not above");
  window_hold(h, "down window", h.mem.recommended.highest, b.down.stabilization_window,
              "not below");
}

}  // namespace scaleit::policy
