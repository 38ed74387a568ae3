#include "actors/control_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace scaleit::actors {

std::string control_state::full_sentence() const {
  return fmt::format("there are {} targets already, and that is the most", targets_max);
}

std::vector<std::string> control_state::names_latest_first() const {
  std::vector<std::pair<std::uint64_t, const std::string*>> order;
  order.reserve(targets.size());
  for (const auto& [name, c] : targets) order.emplace_back(c.number, &name);
  std::sort(order.begin(), order.end(), std::greater<>{});
  std::vector<std::string> names;
  names.reserve(order.size());
  for (const auto& [number, name] : order) names.push_back(*name);
  return names;
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
