// How long a target whose status is reported may be silent.
//
// Who reports rarely says so with maxAge, the same setting that judges a sample by its
// own time: what was told so long ago tells nothing any more.
#pragma once

#include "messages/bounds.hpp"
#include "messages/target_spec.hpp"
#include "messages/time.hpp"

namespace scaleit::policy {

inline microseconds silence_max(const target_spec& spec) {
  return spec.max_age.count() > 0 ? spec.max_age
                                  : microseconds{spec.interval} * bounds::push_intervals;
}

}  // namespace scaleit::policy
