#include "actors/subscriber_keeper.hpp"

#include "actors/harden.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace scaleit::actors {

void subscriber_keeper::take_over() {
  for (auto& s : all_) {
    if (s.down.waiting)
      restart(s);
    else if (s.reader)
      watch(s);
    else
      start(s);
  }
}

bool subscriber_keeper::on_down(const caf::down_msg& x) {
  const auto found = watched_.find(x.source.id());
  if (found == watched_.end()) return false;
  const auto name = std::move(found->second);
  watched_.erase(found);
  if (auto* s = find(name)) crashed(*s, reason_text(x.reason));
  return true;
}

void subscriber_keeper::on_restart_due(const subscriber_restart_due& x) {
  auto* s = find(x.subscriber);
  if (s != nullptr && s->down.waiting && s->down.attempt == x.attempt) restart(*s);
}

/// What waits is read here and now: nobody else would. One that waits for its restart
/// waits no longer: there is a last event to read.
void subscriber_keeper::stop() {
  watched_.clear();
  for (auto& s : all_) {
    s.down.waiting.reset();
    auto reader = s.reader ? std::exchange(s.reader, nullptr) : s.spawn(self_->system());
    caf::anon_send(reader, events_ready{});
    caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);
  }
}

subscriber* subscriber_keeper::find(const std::string& name) {
  const auto found = std::find_if(all_.begin(), all_.end(),
                                  [&](const subscriber& s) { return s.name == name; });
  return found == all_.end() ? nullptr : &*found;
}

/// One that is dead already is told of at once.
void subscriber_keeper::watch(const subscriber& s) {
  watched_.insert_or_assign(s.reader.id(), s.name);
  self_->monitor(s.reader.address());
}

void subscriber_keeper::start(subscriber& s) {
  try {
    s.reader = s.spawn(self_->system());
  } catch (const std::exception& e) {
    return crashed(s, e.what());
  }
  watch(s);
  s.events->attach(s.reader);
}

void subscriber_keeper::restart(subscriber& s) {
  s.down.waiting.reset();
  events_.emit(
      now(), nullptr,
      actor_restarted{s.name, ++s.restarts, to_micros(now() - s.down.crashed_at)});
  start(s);
}

void subscriber_keeper::crashed(subscriber& s, std::string reason) {
  s.events->attach({});
  s.reader = nullptr;
  events_.emit(now(), nullptr, actor_crashed{s.name, std::move(reason)});
  wait_or_restart(
      self_, s.down, health_, s.name, s.events->handled(),
      [&](std::uint64_t attempt) {
        return subscriber_restart_due{s.name, attempt};
      },
      [&] { restart(s); });
}

}  // namespace scaleit::actors
