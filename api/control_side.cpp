#include "api/control_side.hpp"

#include "messages/actor_names.hpp"
#include "messages/bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace scaleit::api {

control_side::control_side(actors::control_loop& control, state_writer* state,
                           time_point started)
    : control_(control),
      keeps_(state != nullptr),
      start_(fmt::format("{:x}", started.time_since_epoch().count())),
      events_(std::make_shared<event_ring>(bounds::api_events_kept)),
      queue_(control.subscribe_keeping(actor_names::api,
                                       [this](const event_ptr& e) { take(e); })),
      changes_(control, state) {}

void control_side::take(const event_ptr& e) {
  board_.take(e);
  events_->push(e);
}

void control_side::catch_up() {
  while (const auto e = queue_->pop()) {
    take(e);
    queue_->count_handled();
  }
}

target_view control_side::view_of(const std::string& name,
                                  const actors::catalog_entry& e) const {
  const auto origin = *e.owner();
  const bool outlives = keeps_ || (origin != actors::origin::api && !e.hold.any());
  const auto* status = board_.find(name);
  return {name,
          origin,
          fmt::format("{}-{}", start_, e.revision),
          e.owned(),
          e.hold,
          status ? *status : target_status{},
          control_.time(),
          outlives};
}

std::optional<target_view> control_side::view(const std::string& name) {
  catch_up();
  const auto* e = control_.wanted().find(name);
  if (!e || !e->owner()) return {};
  return view_of(name, *e);
}

std::string control_side::etag_of(const actors::catalog_entry& e) const {
  return fmt::format("\"{}-{}\"", start_, e.revision);
}

bool control_side::list(listing& l, std::size_t names_max) {
  catch_up();
  const auto& all = control_.wanted().all();
  auto at = l.after < l.prefix ? all.lower_bound(l.prefix) : all.upper_bound(l.after);
  for (; at != all.end() && at->first.starts_with(l.prefix); ++at) {
    if (l.found.size() > l.limit) return true;
    if (names_max-- == 0) return false;
    l.after = at->first;
    if (!at->second.owner()) continue;
    auto v = view_of(at->first, at->second);
    if (!l.health || v.status.does.health() == *l.health) l.found.push_back(std::move(v));
  }
  return true;
}

std::vector<event_ptr> control_side::decisions(const std::string& name,
                                               std::size_t most) {
  catch_up();
  return board_.decisions(name, most);
}

std::optional<record::account> control_side::explain(const std::string& name) {
  const auto seen = view(name);
  if (!seen) return {};
  const auto story = seen->status.explained(name);
  const auto& targets = control_.state().targets;
  const auto at = targets.find(name);
  if (at == targets.end()) return story.tell(seen->at, seen->spec.get(), nullptr);
  const auto& state = *at->second.state;
  return story.tell(seen->at, state.spec.get(), &state.history.live);
}

control_side::counts control_side::count() {
  catch_up();
  counts c{control_.wanted().running(), {}};
  std::size_t polled = 0;
  for (std::size_t h = 0; h < telemetry::target_healths; ++h)
    polled += c.by_health[h] = board_.count(static_cast<target_health>(h));
  c.by_health[static_cast<std::size_t>(target_health::unknown)] +=
      c.total - std::min(c.total, polled);
  return c;
}

}  // namespace scaleit::api
