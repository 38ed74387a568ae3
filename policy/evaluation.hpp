// One evaluation under way: what the rules work on, one after the other. Each may move
// the number, and then leaves a step that says why.
#pragma once

#include "messages/decision.hpp"
#include "messages/observation.hpp"
#include "messages/target_spec.hpp"
#include "policy/memory.hpp"
#include "policy/rule.hpp"

namespace scaleit::policy {

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

  /// A step that leads from where the chain stands.
  void take(const step& s) {
    made.steps.push_back(s);
    number = s.to;
  }
  void step_to(int to, rule code) { take({code, 0, number, to, {}}); }
  template <named_numbers T>
  void step_to(int to, rule code, const T& numbers, std::size_t metric = 0) {
    take({code, static_cast<std::uint8_t>(metric), number, to, packed(numbers)});
  }
};

}  // namespace scaleit::policy
