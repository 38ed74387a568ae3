// The decision: how many replicas should there be, and why.
//
// A pure function. The same code runs in the daemon, in a replay of a record,
// in a rehearsal and in tests; whoever calls it brings the time along.
#pragma once

#include "messages/decision.hpp"
#include "messages/observation.hpp"
#include "messages/target_spec.hpp"
#include "policy/memory.hpp"

namespace scaleit::policy {

struct outcome {
  decision made;
  memory next;
};

/// One evaluation: observe -> recommend -> combine -> limits. `spec` is valid (see
/// docs/concepts/policy.md); `seen` is a good reading; `now` is the record's clock.
/// Every rule that set or changed the number leaves a step, and the steps lead from
/// `recommended` to `desired` without a gap. "No change" is a decision too.
outcome decide(const target_spec& spec, memory mem, const observation& seen,
               time_point now);

}  // namespace scaleit::policy
