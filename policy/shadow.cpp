// [`shadow`]
// Source: our own. A policy is best tried where it can do no harm: it sees the live count
// and the live scalings, keeps its own recommendations, and is never acted on.
//
// Worked example: 10 replicas; the live policy asks for 30, the shadow with twice the
// target for 15. 30 is sent, and the shadow's 15 is recorded beside it.
#include "policy/shadow.hpp"

#include <fmt/format.h>

namespace scaleit::policy {

namespace {

/// What a step keeps.
struct shadow_numbers {
  double live;  ///< what the live policy decided
};

}  // namespace

void mark_shadow(decision& made, int live) {
  made.steps.push_back({rule::shadow, 0, made.desired, made.desired,
                        packed(shadow_numbers{static_cast<double>(live)})});
}

std::optional<int> live_answer(const decision& shadow) {
  if (shadow.steps.empty() || shadow.steps.back().code != rule::shadow) return {};
  return static_cast<int>(numbers_of<shadow_numbers>(shadow.steps.back()).live);
}

std::string why_shadow(const step& s, const target_spec&) {
  return fmt::format("a shadow, not acted on: the live policy decided {:.0f}",
                     numbers_of<shadow_numbers>(s).live);
}

}  // namespace scaleit::policy
