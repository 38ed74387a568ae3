// The two memories of a target, its own and its shadow's, and one evaluation of both.
//
// What the decider, a replay and an explanation have in common, so that they cannot
// differ: which events count for which memory, and in which order.
#pragma once

#include "policy/decide.hpp"
#include "policy/shadow.hpp"

#include <optional>

namespace scaleit::policy {

struct history {
  memory live;
  memory shadow;            ///< untouched unless the spec has one
  microseconds stepped{0};  ///< the steps of the clock that both have followed
  bool operator==(const history&) const = default;
};

/// What came of a poll; nothing if it failed and none has ever succeeded.
struct verdict {
  std::optional<decision> live;
  std::optional<decision> shadow;
  std::optional<scaling> effect;  ///< that the poll shows, of a request that had failed
};

/// Folds a good reading into both memories, decides, and folds the decisions.
verdict evaluate(const target_spec& spec, history& h, const observation& seen,
                 time_point now);
/// The same for a failed poll.
verdict evaluate_failure(const target_spec& spec, history& h, time_point now);

// -- the fold, without deciding: what was decided is known ----------------
/// `stepped`: all steps of the clock so far; what is remembered moves by those that are
/// new to it.
void follow_clock(history& h, microseconds stepped);
/// An event of the target, by its type; the clock's steps before it have been followed.
void recall(const target_spec& spec, history& h, const event& e);

/// Folds a change of the spec.
void recall_changed(const target_spec& before, const target_spec& after, history& h);

/// What is known of a target from before the daemon's start.
struct remembered {
  target_ptr spec;
  policy::history history;
};

}  // namespace scaleit::policy
