// [`paused`, `dry-run`, `pause-in`, `pause-out`]
// Source: KEDA's paused, paused-scale-in and paused-scale-out; Nomad's dry-run.
//
// Worked example: 10 replicas, 12 wanted. Paused: 10. DryRun: 12, and nothing is sent.
// pause.scaleOut: 10; 8 wanted then: 8.
#include "policy/mode.hpp"

#include "policy/evaluation.hpp"
#include "policy/holds.hpp"

#include <fmt/format.h>

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

// -- what it says ---------------------------------------------------------

std::string why_paused(const step& s, const target_spec&) {
  return fmt::format("paused: held at {}", s.to);
}

std::string why_dry_run(const step&, const target_spec&) {
  return "dry run: nothing is sent";
}

std::string why_pause_in(const step& s, const target_spec&) {
  return fmt::format("scale-in is paused: held at {}", s.to);
}

std::string why_pause_out(const step& s, const target_spec&) {
  return fmt::format("scale-out is paused: held at {}", s.to);
}

void mode_hold(holds& h) {
  if (h.spec.mode == scaling_mode::paused) h.say("mode", "paused: nothing is sent");
  if (h.spec.mode == scaling_mode::dry_run) h.say("mode", "dry run: nothing is sent");
  if (h.spec.pause.scale_in) h.say("mode", "scale-in is paused");
  if (h.spec.pause.scale_out) h.say("mode", "scale-out is paused");
}

}  // namespace scaleit::policy
