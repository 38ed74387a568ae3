#include "actors/control_state.hpp"

namespace scaleit::actors {

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
