// The room `policy`: how an observation becomes a number of replicas, and the sentence
// that says why. It has no clock and no output, and of the outside it reads the time
// zone database alone.
//
// It includes `messages` alone. This header is the way in; history.hpp is for callers
// who also keep a target's memory and its shadow's. Read decide.cpp for the order of the
// rules, then any rule: each is one file that begins with its source and a worked
// example (recommend.cpp first). What they remember meets in memory.hpp, their codes and
// sentences in rules.hpp.
//
// The decision: how many replicas should there be, and why.
//
// Pure functions. The same code runs in the daemon, in a replay of a record, in an
// explanation and in tests; whoever calls it brings the time along.
//
// observe -> recommend | panic -> combine | fallback -> stabilize -> guard -> rate limit
// -> flap budget -> zero -> schedules and bounds -> mode
#pragma once

#include "messages/decision.hpp"
#include "messages/observation.hpp"
#include "messages/target_spec.hpp"
#include "policy/memory.hpp"

#include <optional>

namespace scaleit::policy {

struct outcome {
  decision made;
  memory next;
};

/// One evaluation. `spec` is valid (docs/concepts/policy.md); `seen` is a good reading;
/// `now` is the record's clock. Every rule that set or changed the number leaves a step,
/// and the steps lead from `current` by `recommended` to `desired` without a gap. "No
/// change" is a decision too. `mem` is consumed: pass a copy to keep it.
outcome decide(const target_spec& spec, memory mem, const observation& seen,
               time_point now);

struct failed_outcome {
  std::optional<decision> made;  ///< nothing if no status was ever read
  memory next;
};

/// The same for a poll that failed, on the count that was last known.
failed_outcome decide_on_failure(const target_spec& spec, memory mem, time_point now);

/// Whether the decision is to be carried out: it changes the count, and the mode allows.
inline bool is_command(const target_spec& spec, const decision& d) {
  return d.changes() && spec.mode == scaling_mode::active;
}

}  // namespace scaleit::policy
