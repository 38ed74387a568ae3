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
  request_hold(h);
  for (const auto tell : rule_holds) tell(h);
  return std::move(h.all);
}

}  // namespace scaleit::policy
