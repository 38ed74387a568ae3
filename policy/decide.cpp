#include "policy/decide.hpp"

#include "policy/evaluation.hpp"
#include "policy/rules.hpp"

#include <utility>

namespace scaleit::policy {

namespace {

/// From the recommendation to the answer.
void finish(evaluation& e) {
  e.made.recommended = e.number;
  if (!switched_off(e)) {
    stabilize(e);
    guard(e);
    limit_rate(e);
    limit_flaps(e);
    to_or_from_zero(e);
    bound(e);
  }
  apply_mode(e);
  e.made.desired = e.number;
  recall_decision(e.spec, e.mem, e.made, e.now);
}

evaluation begin(const target_spec& spec, memory& mem, const observation* seen,
                 time_point now, decision& made, int current) {
  made.current = current;
  return {spec, mem, seen, now, made, current, current, current};
}

}  // namespace

outcome decide(const target_spec& spec, memory mem, const observation& seen,
               time_point now) {
  outcome out{{}, std::move(mem)};
  recall_observed(spec, out.next, seen, now);
  auto e = begin(spec, out.next, &seen, now, out.made, seen.replicas);
  combine(e);
  finish(e);
  return out;
}

failed_outcome decide_on_failure(const target_spec& spec, memory mem, time_point now) {
  failed_outcome out{{}, std::move(mem)};
  recall_failed(spec, out.next, now);
  if (!out.next.replicas) return out;  // never seen: there is nothing to go by
  decision made;
  auto as_if = assumed(spec, out.next);
  auto e = begin(spec, as_if ? *as_if : out.next, nullptr, now, made, *out.next.replicas);
  if (as_if) e.basis = as_if->unanswered->to;
  fall_back(e);
  finish(e);
  if (as_if) recall_decision(spec, out.next, made, now);
  out.made = std::move(made);
  return out;
}

}  // namespace scaleit::policy
