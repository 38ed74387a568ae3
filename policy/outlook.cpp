#include "policy/outlook.hpp"

#include "policy/holds.hpp"
#include "policy/rules.hpp"

#include <fmt/format.h>

#include <utility>

namespace scaleit::policy {

namespace {

void request_hold(holds& h) {
  const auto& u = h.mem.unanswered;
  if (!u) return;
  h.say("scale request",
        fmt::format("{} -> {} failed {}, and {}", u->from, u->to, h.ago(u->at),
                    u->counts ? "counts until a status tells" : "does not show yet"));
}

}  // namespace

std::vector<hold> outlook(const target_spec& spec, memory m, time_point now) {
  if (auto as_if = assumed(spec, m)) m = std::move(*as_if);
  holds h{spec, m, now};
  fallback_hold(h);
  request_hold(h);
  stabilize_hold(h);
  rate_hold(h);
  warmup_hold(h);
  for (std::size_t i = 0; i < m.metrics.size(); ++i) {
    panic_hold(h, i);
    guard_hold(h, i);
  }
  flap_hold(h);
  zero_hold(h);
  schedule_hold(h);
  mode_hold(h);
  return std::move(h.all);
}

}  // namespace scaleit::policy
