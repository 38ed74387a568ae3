#include "policy/history.hpp"

#include <utility>

namespace scaleit::policy {

verdict evaluate(const target_spec& spec, history& h, const observation& seen,
                 time_point now) {
  verdict v;
  v.effect = effect_seen(h.live, seen);
  auto out = decide(spec, std::move(h.live), seen, now);
  h.live = std::move(out.next);
  if (const auto* second = shadow_of(spec)) {
    auto other = decide(*second, std::move(h.shadow), seen, now);
    h.shadow = std::move(other.next);
    mark_shadow(other.made, out.made.desired);
    v.shadow = std::move(other.made);
  }
  v.live = std::move(out.made);
  return v;
}

verdict evaluate_failure(const target_spec& spec, history& h, time_point now) {
  verdict v;
  auto out = decide_on_failure(spec, std::move(h.live), now);
  h.live = std::move(out.next);
  v.live = std::move(out.made);
  if (const auto* second = shadow_of(spec)) {
    auto other = decide_on_failure(*second, std::move(h.shadow), now);
    h.shadow = std::move(other.next);
    v.shadow = std::move(other.made);
    if (v.shadow) mark_shadow(*v.shadow, v.live ? v.live->desired : v.shadow->current);
  }
  return v;
}

void follow_clock(history& h, microseconds stepped) {
  if (stepped == h.stepped) return;
  recall_stepped(h.live, stepped - h.stepped);
  recall_stepped(h.shadow, stepped - h.stepped);
  h.stepped = stepped;
}

void recall_changed(const target_spec& before, const target_spec& after, history& h) {
  recall_changed(before, after, h.live);
  const auto* old = shadow_of(before);
  const auto* now = shadow_of(after);
  if (old && now)
    recall_changed(*old, *now, h.shadow);
  else
    h.shadow = {};
}

void recall(const target_spec& spec, history& h, const event& e) {
  recall(spec, h.live, e, false);
  if (const auto* second = shadow_of(spec)) recall(*second, h.shadow, e, true);
}

}  // namespace scaleit::policy
