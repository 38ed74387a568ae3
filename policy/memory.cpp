#include "policy/memory.hpp"

namespace scaleit::policy {

void recall(memory& m, const event& e) {
  if (e.as<status_observed>()) {
    m.failures_in_a_row = 0;
  } else if (e.as<status_failed>()) {
    ++m.failures_in_a_row;
  } else if (const auto* d = e.as<decision_made>()) {
    m.recommended = d->made.recommended;
  } else if (const auto* s = e.as<scale_applied>()) {
    m.applied = memory::scaling{e.time, s->from, s->to};
  }
}

}  // namespace scaleit::policy
