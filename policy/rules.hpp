// The rules, one file each, in the order in which `decide` applies them. Each works on
// one evaluation: it may move the number, and then leaves a step that says why.
#pragma once

#include "messages/decision.hpp"
#include "messages/observation.hpp"
#include "messages/target_spec.hpp"
#include "policy/memory.hpp"

#include <initializer_list>

namespace scaleit::policy {

/// One evaluation under way.
struct evaluation {
  const target_spec& spec;
  memory& mem;
  const observation* seen;  ///< null: the poll failed
  time_point now;
  decision& made;
  int current = 0;
  int basis = 0;               ///< of rates: `current`, or what may have come of it
  int number = 0;              ///< where the chain of steps stands
  bool scale_in_held = false;  ///< by the guard or the flap budget: not to zero either

  void step_to(int to, rule code, std::initializer_list<double> numbers = {},
               std::size_t metric = 0);
};

/// ceil(x), where a value within 1e-9 (relative) of a whole number is that number:
/// 10 x 0.56 / 0.8 is 7, not 8. 0 .. bounds::replicas_max.
int replicas_for(double x);
/// floor(x), likewise.
int whole_replicas_below(double x);
/// 1 - down <= ratio <= 1 + up, both included.
bool within(const tolerance_spec& t, double ratio);
double seconds(microseconds d);

// -- recommend, combine
// -------------------------------------------------------------------
/// What one metric asks for by HPA's formula [`target`, `tolerance`, `unready`], with the
/// step from `current` to it.
step recommend(const target_spec& spec, std::size_t metric, double value, int current,
               int serving);
/// What one metric asks for by Knative's windows [`panic`], as last watched.
step panic_wish(const target_spec& spec, std::size_t metric, const metric_memory& m,
                int current, time_point now);
/// All metrics as one recommendation [`combine`, `missing-metric`, `hold`, `stale`].
void combine(evaluation& e);
/// The recommendation while polls fail [`fallback`, `hold`].
void fall_back(evaluation& e);

// -- hold
// ------------------------------------------------------------------------------------
/// HPA's windows [`stabilize-up`, `stabilize-down`].
void stabilize(evaluation& e);
/// [`outage-guard`]
void guard(evaluation& e);
/// HPA's scaling policies [`rate-up`, `rate-down`].
void limit_rate(evaluation& e);
/// [`flap-budget`]
void limit_flaps(evaluation& e);

// -- bounds and mode
// -------------------------------------------------------------------------
/// 0 replicas while the minimum is above 0 [`switched-off`]: whether that is so.
bool switched_off(evaluation& e);
/// Out of zero and back to it [`activate`, `idle`].
void to_or_from_zero(evaluation& e);
/// [`schedule-min`, `schedule-max`, `min`, `max`]
void bound(evaluation& e);
/// [`paused`, `dry-run`, `pause-in`, `pause-out`]
void apply_mode(evaluation& e);

// -- what observations leave in the memory
// ---------------------------------------------------
void watch_panic(const target_spec& spec, std::size_t metric, metric_memory& m,
                 double load, int serving, time_point at);
void watch_guard(const guard_spec& spec, metric_memory& m, double load, time_point at);
void watch_idle(const target_spec& spec, memory& m, const observation& seen,
                time_point at);

}  // namespace scaleit::policy
