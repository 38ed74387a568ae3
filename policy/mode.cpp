// [`paused`, `dry-run`, `pause-in`, `pause-out`]
// Source: KEDA's paused, paused-scale-in and paused-scale-out; Nomad's dry-run.
//
// Worked example: 10 replicas, 12 wanted. Paused: 10. DryRun: 12, and nothing is sent.
// pause.scaleOut: 10; 8 wanted then: 8.
#include "policy/rules.hpp"

namespace scaleit::policy {

void apply_mode(evaluation& e) {
  switch (e.spec.mode) {
    case scaling_mode::paused:
      return e.step_to(e.current, rule::paused);
    case scaling_mode::dry_run:
      e.step_to(e.number, rule::dry_run);
      break;
    case scaling_mode::active:
      break;
  }
  if (e.number < e.current && e.spec.pause.scale_in)
    e.step_to(e.current, rule::pause_in);
  else if (e.number > e.current && e.spec.pause.scale_out)
    e.step_to(e.current, rule::pause_out);
}

}  // namespace scaleit::policy
