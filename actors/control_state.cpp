#include "actors/control_state.hpp"

namespace scaleit::actors {

target_actors& control_state::enlist(const target_ptr& spec) {
  auto& c = targets[spec->name];
  if (c.state) return c;
  auto state = std::make_shared<target_state>();
  state->spec = spec;
  if (auto known = before.extract(spec->name)) {
    state->history = std::move(known.mapped().history);
    policy::recall_changed(*known.mapped().spec, *spec, state->history);
  }
  c.number = ++numbers;
  c.state = std::move(state);
  return c;
}

}  // namespace scaleit::actors
