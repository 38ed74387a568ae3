#include "actors/control_state.hpp"

#include <fmt/format.h>

namespace scaleit::actors {

std::string control_state::full_sentence() const {
  return fmt::format("there are {} targets already, and that is the most", targets_max);
}

target_actors& control_state::create(const target_ptr& spec) {
  auto state = std::make_shared<target_state>();
  state->spec = spec;
  if (auto known = before.extract(spec->name)) {
    state->history = std::move(known.mapped().history);
    policy::recall_changed(*known.mapped().spec, *spec, state->history);
  }
  auto& c = targets[spec->name];
  c.number = ++numbers;
  c.state = std::move(state);
  return c;
}

}  // namespace scaleit::actors
