#include "record/replayer.hpp"

#include "messages/actor_names.hpp"

#include <algorithm>
#include <utility>

namespace scaleit::record {

std::optional<std::size_t> replayed::differs_at() const {
  if (!made || !recorded || recorded->steps.empty()) return {};
  const auto same = [](const step& a, const step& b) {
    return a.code == b.code && a.from == b.from && a.to == b.to;
  };
  const auto& ours = made->steps;
  const auto& theirs = recorded->steps;
  const auto [at, there] =
      std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end(), same);
  if (at == ours.end() && there == theirs.end()) return {};
  return static_cast<std::size_t>(at - ours.begin());
}

replayer::entry& replayer::of(std::string_view name) {
  if (last_ != nullptr && last_->first == name) return *last_;
  auto at = targets_.find(name);
  if (at == targets_.end()) {
    at = targets_.try_emplace(std::string{name}).first;
    if (options_.spec_for) at->second.spec = options_.spec_for(name);
  }
  return *(last_ = &*at);
}

const replayer::target* replayer::find(std::string_view name) const {
  const auto at = targets_.find(name);
  return at == targets_.end() ? nullptr : &at->second;
}

void replayer::feed(const recorded_event& e) {
  if (!e.known) return;
  // A clock that is set back later does not take it away again.
  if (options_.from && e.time >= *options_.from) options_.from.reset();
  if (e.name.empty()) return feed_daemon(e);
  auto& t = of(e.name);
  if (e.restated() && is_known(t, e)) return;
  if (t.second.shadow && !e.as<decision_made>()) tell_shadow(t, nullptr);
  switch (e.kind()) {
    case kind_of<target_added>:
    case kind_of<target_changed>:
      return take_spec(t, e);
    case kind_of<target_removed>:
      part(t);
      t.second.remembers = {};
      return;
    case kind_of<status_observed>:
    case kind_of<status_failed>:
      return take_poll(t, e);
    case kind_of<decision_made>:
      return take_decision(t, e);
    case kind_of<scale_requested>:
    case kind_of<scale_applied>:
    case kind_of<scale_failed>:
      return take_news(t, e);
    case kind_of<actor_crashed>: {
      // The decider is gone, and the poll in its mailbox with it (rest for one).
      const auto& actor = e.as<actor_crashed>()->actor;
      if (actor == actor_names::decider || actor == actor_names::actuator) lose(t);
      return;
    }
    default:
      return;
  }
}

void replayer::feed_daemon(const recorded_event& e) {
  // Each memory follows with the next event that it folds.
  if (const auto* c = e.as<clock_stepped>()) stepped_ += c->by;
  if (e.as<daemon_started>())
    for (auto& t : targets_) part(t);
  // Its death takes nobody along; in old records it did.
  if (const auto* c = e.as<actor_crashed>(); c && c->actor == actor_names::supervisor)
    for (auto& t : targets_) t.second.in_doubt = t.second.polled;
}

void replayer::finish() {
  for (auto& t : targets_) {
    t.second.in_doubt ? part(t) : decide_on(t, nullptr);
    tell_shadow(t, nullptr);
    policy::follow_clock(t.second.remembers, stepped_);
  }
}

/// Whether a repeated event, at the head of a segment, says nothing new. Then nobody was
/// replaced, and a poll goes on waiting for its decision.
bool replayer::is_known(const entry& t, const recorded_event& e) const {
  if (options_.spec_for && options_.spec_for(e.name)) return true;
  if (!t.second.spec || !options_.parse_spec) return false;
  const auto spec = options_.parse_spec(e.name, e.spec);
  return spec && *spec == *t.second.spec;
}

void replayer::take_spec(entry& t, const recorded_event& e) {
  if (options_.spec_for && options_.spec_for(e.name)) return part(t);
  auto spec = options_.parse_spec ? options_.parse_spec(e.name, e.spec) : nullptr;
  // Old records say now and then who their targets are, although nothing has changed.
  if (spec && t.second.spec && *spec == *t.second.spec) return;
  part(t);
  if (!spec) return;
  if (t.second.spec) policy::recall_changed(*t.second.spec, *spec, t.second.remembers);
  t.second.spec = std::move(spec);
}

void replayer::take_poll(entry& t, const recorded_event& e) {
  auto& x = t.second;
  x.in_doubt ? part(t) : decide_on(t, nullptr);
  tell_shadow(t, nullptr);
  if (!x.spec && options_.assume_spec) x.spec = options_.assume_spec(t.first);
  if (!x.spec) {
    ++without_spec_;
    return;
  }
  policy::follow_clock(x.remembers, stepped_);
  if (options_.from) return policy::recall(*x.spec, x.remembers, e);
  x.polled = true;
  x.in_doubt = false;
  x.poll = e;
}

void replayer::take_news(entry& t, const recorded_event& e) {
  auto& x = t.second;
  if (x.polled) {
    x.since.push_back(e);
    x.since.back().stepped = stepped_;
  } else if (x.spec) {
    policy::follow_clock(x.remembers, stepped_);
    policy::recall(*x.spec, x.remembers, e);
  }
}

/// By what it says; old records do not say, so there it is the one that comes next.
bool replayer::answers(const decision_made& d, const target& x) {
  return x.polled && (d.cause == 0 || x.poll.sequence == 0 || d.cause == x.poll.sequence);
}

void replayer::take_decision(entry& t, const recorded_event& e) {
  auto& x = t.second;
  const auto& told = *e.as<decision_made>();
  x.has_decisions = true;
  // After a failed poll the shadow may have decided alone: it has a fallback of its own.
  if (told.shadow && answers(told, x)) decide_on(t, nullptr);
  if (told.shadow && x.shadow) return tell_shadow(t, &told.made);
  if (x.shadow) tell_shadow(t, nullptr);
  if (!told.shadow && answers(told, x)) return decide_on(t, &told.made);
  // Its poll is not in the record, or is not to be decided on again: the decision counts
  // as it was recorded.
  const bool counts = !told.shadow || options_.from;
  if (x.spec && counts) policy::recall(*x.spec, x.remembers, e);
}

void replayer::decide_on(entry& t, const decision* recorded) {
  auto& x = t.second;
  if (!std::exchange(x.polled, false)) return;
  const auto* read = x.poll.as<status_observed>();
  auto v = read ? policy::evaluate(*x.spec, x.remembers, read->seen, x.poll.time)
                : policy::evaluate_failure(*x.spec, x.remembers, x.poll.time);
  follow(t);
  if (options_.decided && (v.live || recorded))
    options_.decided(
        {t.first, x.poll.time, *x.spec, v.live ? &*v.live : nullptr, recorded});
  x.shadow = std::move(v.shadow);
}

void replayer::part(entry& t) {
  t.second.has_decisions ? lose(t) : decide_on(t, nullptr);
}

void replayer::lose(entry& t) {
  auto& x = t.second;
  if (!std::exchange(x.polled, false)) return;
  policy::recall(*x.spec, x.remembers, x.poll);
  follow(t);
}

/// What happened while the poll waited comes after it.
void replayer::follow(entry& t) {
  auto& x = t.second;
  for (const auto& e : x.since) {
    policy::follow_clock(x.remembers, e.stepped);
    policy::recall(*x.spec, x.remembers, e);
  }
  x.since.clear();
}

void replayer::tell_shadow(entry& t, const decision* recorded) {
  auto& x = t.second;
  if (!x.shadow) return;
  const auto made = std::exchange(x.shadow, std::nullopt);
  if (options_.decided)
    options_.decided({t.first, x.poll.time, *x.spec, &*made, recorded, true});
}

}  // namespace scaleit::record
