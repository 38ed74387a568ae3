#include "api/target_changes.hpp"

#include "messages/bounds.hpp"

#include <fmt/format.h>

#include <utility>

namespace scaleit::api {

void target_changes::ask(change_request r) {
  auto shared = std::make_shared<change_request>(std::move(r));
  const auto [at, is_free] = busy_.try_emplace(shared->name);
  auto& waiting = at->second;
  if (is_free)
    begin(shared);
  else if (waiting.size() < bounds::api_changes_waiting_max)
    waiting.push_back(std::move(shared));
  else
    shared->done(refusal{503, "too many changes of this target wait"});
}

void target_changes::begin(const request_ptr& r) {
  const auto* known = control_.wanted().find(r->name);
  auto decided = r->decide(known);
  if (auto* no = std::get_if<refusal>(&decided)) return finish(r, std::move(*no));
  const auto& edit = std::get<target_edit>(decided);
  const auto mine = static_cast<std::size_t>(actors::origin::api);
  const kept_target before{known ? known->wanted[mine] : nullptr,
                           known ? known->hold : actors::operator_hold{}};
  const kept_target after{edit.spec.value_or(before.spec),
                          edit.hold.value_or(before.hold)};
  const bool same_spec = before.spec == after.spec ||
                         (before.spec && after.spec && *before.spec == *after.spec);
  if (same_spec && before.hold == after.hold)
    return finish(r, actors::outcome::unchanged);
  if (!state_) return carry_out(r, edit, before);
  const bool taken = state_->keep(
      r->name, after, [this, r, edit, before](const std::optional<std::string>& error) {
        if (error)
          finish(r, refusal{507, fmt::format("it cannot be kept: {}", *error)});
        else
          carry_out(r, edit, before);
      });
  if (!taken) finish(r, refusal{503, "too many changes wait for the disk"});
}

/// What is refused after all is not to come to life at the next start.
void target_changes::carry_out(const request_ptr& r, const target_edit& e,
                               const kept_target& before) {
  const auto answered = [this, r, before](const actors::answer& a) {
    if (a.what != actors::outcome::refused) return finish(r, a.what);
    if (state_) state_->keep(r->name, before, [](const auto&) {});
    finish(r, refusal{control_.state().full() ? 409 : 503, a.why});
  };
  if (e.spec && *e.spec)
    control_.want(actors::origin::api, *e.spec, answered, r->by);
  else if (e.spec)
    control_.want_no_more(actors::origin::api, r->name, answered, r->by);
  if (!e.hold) return;
  if (e.spec)
    control_.hold(r->name, *e.hold, {}, r->by);
  else
    control_.hold(r->name, *e.hold, answered, r->by);
}

void target_changes::finish(const request_ptr& r,
                            std::variant<actors::outcome, refusal> what) {
  r->done(std::move(what));
  next(r->name);
}

void target_changes::next(const std::string& name) {
  const auto at = busy_.find(name);
  if (at == busy_.end()) return;
  if (at->second.empty()) {
    busy_.erase(at);
    return;
  }
  const auto first = std::move(at->second.front());
  at->second.pop_front();
  begin(first);
}

}  // namespace scaleit::api
