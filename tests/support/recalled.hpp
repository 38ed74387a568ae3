// What is known of a target without having decided it: an event, folded.
#pragma once

#include "policy/history.hpp"

#include <utility>

namespace scaleit::test {

inline void recall(const target_spec& spec, policy::history& h, time_point at,
                   event::payload data) {
  event e;
  e.time = at;
  e.data = std::move(data);
  policy::recall(spec, h, e);
}

}  // namespace scaleit::test
