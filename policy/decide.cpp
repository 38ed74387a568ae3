#include "policy/decide.hpp"

#include "policy/rules.hpp"

#include <utility>

namespace scaleit::policy {

outcome decide(const target_spec& spec, memory mem, const observation& seen, time_point) {
  outcome out{{}, std::move(mem)};
  decision& d = out.made;
  d.current = seen.replicas;
  d.recommended = combine(spec, seen, d);
  d.desired = limit(spec, d.current, d.recommended, d);
  out.next.failures_in_a_row = 0;
  out.next.recommended = d.recommended;
  return out;
}

}  // namespace scaleit::policy
