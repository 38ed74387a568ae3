#include "record/replayer.hpp"

#include "policy/why.hpp"

#include <utility>

namespace scaleit::record {

namespace {

/// Of a recorded decision, what the memory needs: the number, and whether it was held.
decision as_decision(const recorded_event& e) {
  decision d;
  d.current = e.current;
  d.recommended = e.recommended;
  d.desired = e.desired;
  for (const auto& s : e.steps)
    for (const auto code : {rule::hold, rule::stabilize_up, rule::stabilize_down})
      if (s.rule == to_string(code)) d.steps.push_back({code, 0, s.from, s.to, {}});
  return d;
}

/// As policy::news_of().
std::optional<policy::scaling_news> news_of(const recorded_event& e) {
  using policy::request_is;
  if (e.kind == event_kind::scale_applied && e.shown) return {};
  const auto what = e.kind == event_kind::scale_requested ? request_is::sent
                    : e.kind == event_kind::scale_applied ? request_is::applied
                    : e.uncertain                         ? request_is::unanswered
                                                          : request_is::refused;
  return policy::scaling_news{what, e.from, e.to, e.time};
}

}  // namespace

std::optional<std::size_t> replayed::differs_at() const {
  if (!made || !recorded || recorded->steps.empty()) return {};
  const auto& theirs = recorded->steps;
  for (std::size_t i = 0; i < made->steps.size(); ++i) {
    if (i >= theirs.size()) return i;
    const auto& s = made->steps[i];
    if (to_string(s.code) != theirs[i].rule || s.from != theirs[i].from ||
        s.to != theirs[i].to)
      return i;
  }
  if (theirs.size() > made->steps.size()) return made->steps.size();
  return {};
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
  if (e.target.empty()) return feed_daemon(e);
  auto& t = of(e.target);
  if (e.restated && is_known(t, e)) return;
  if (t.second.shadow && e.kind != event_kind::decision_made) tell_shadow(t, nullptr);
  switch (e.kind) {
    case event_kind::target_added:
    case event_kind::target_changed:
      return take_spec(t, e);
    case event_kind::target_removed:
      part(t);
      t.second.remembers = {};
      return;
    case event_kind::status_observed:
    case event_kind::status_failed:
      return take_poll(t, e);
    case event_kind::decision_made:
      return take_decision(t, e);
    case event_kind::scale_requested:
    case event_kind::scale_applied:
    case event_kind::scale_failed:
      if (const auto news = news_of(e)) take_news(t, *news);
      return;
    case event_kind::actor_crashed:
      // Who was to decide is gone, and the message with it (rest for one).
      if (e.actor == "decider" || e.actor == "actuator") lose(t);
      return;
    default:
      return;
  }
}

void replayer::feed_daemon(const recorded_event& e) {
  // Each memory follows with the next event that it folds.
  if (e.kind == event_kind::clock_stepped) stepped_ += e.by;
  if (e.kind == event_kind::daemon_started)
    for (auto& t : targets_) part(t);
  // Its death takes nobody along; in old records it did.
  if (e.kind == event_kind::actor_crashed && e.actor == "supervisor")
    for (auto& t : targets_) t.second.in_doubt = t.second.polled;
}

void replayer::finish() {
  for (auto& t : targets_) {
    t.second.in_doubt ? part(t) : decide_on(t, nullptr);
    tell_shadow(t, nullptr);
    policy::follow_clock(t.second.remembers, stepped_);
  }
}

/// Of what a segment of a record repeats: whether it is as it was. Nobody was replaced
/// then, so a poll goes on waiting for its decision.
bool replayer::is_known(const entry& t, const recorded_event& e) const {
  if (options_.spec_for && options_.spec_for(e.target)) return true;
  if (!t.second.spec || !options_.parse_spec) return false;
  const auto spec = options_.parse_spec(e.target, e.spec);
  return spec && *spec == *t.second.spec;
}

void replayer::take_spec(entry& t, const recorded_event& e) {
  if (options_.spec_for && options_.spec_for(e.target)) return part(t);
  auto spec = options_.parse_spec ? options_.parse_spec(e.target, e.spec) : nullptr;
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
  const bool failed = e.kind == event_kind::status_failed;
  if (options_.from && e.time < *options_.from) {
    if (failed)
      policy::recall_failed(*x.spec, x.remembers, e.time);
    else
      policy::recall_observed(*x.spec, x.remembers, e.seen, e.time);
    return;
  }
  x.polled = true;
  x.in_doubt = false;
  x.failed = failed;
  x.polled_at = e.time;
  if (!failed) x.seen = e.seen;
}

void replayer::take_news(entry& t, const policy::scaling_news& news) {
  auto& x = t.second;
  if (x.polled) return x.since.push_back({news, stepped_});
  if (!x.spec) return;
  policy::follow_clock(x.remembers, stepped_);
  policy::recall_request(*x.spec, x.remembers, news);
}

void replayer::take_decision(entry& t, const recorded_event& e) {
  auto& x = t.second;
  x.has_decisions = true;
  // Of a failed poll the shadow may have decided alone: its fallback is its own.
  if (e.shadow && x.polled) decide_on(t, nullptr);
  if (e.shadow && x.shadow) return tell_shadow(t, &e);
  if (x.shadow) tell_shadow(t, nullptr);
  if (!e.shadow && x.polled) return decide_on(t, &e);
  // Of a poll that is not here, or not to be decided on again: it counts as it was.
  const bool counts = !e.shadow || (options_.from && e.time < *options_.from);
  if (x.spec && counts)
    policy::recall_decision(*x.spec, x.remembers, as_decision(e), e.shadow, e.time);
}

void replayer::decide_on(entry& t, const recorded_event* recorded) {
  auto& x = t.second;
  if (!std::exchange(x.polled, false)) return;
  auto v = x.failed ? policy::evaluate_failure(*x.spec, x.remembers, x.polled_at)
                    : policy::evaluate(*x.spec, x.remembers, x.seen, x.polled_at);
  follow(t);
  if (options_.decided && (v.live || recorded))
    options_.decided(
        {t.first, x.polled_at, *x.spec, v.live ? &*v.live : nullptr, recorded});
  x.shadow = std::move(v.shadow);
  x.shadow_at = x.polled_at;
}

void replayer::part(entry& t) {
  t.second.has_decisions ? lose(t) : decide_on(t, nullptr);
}

void replayer::lose(entry& t) {
  auto& x = t.second;
  if (!std::exchange(x.polled, false)) return;
  if (x.failed)
    policy::recall_failed(*x.spec, x.remembers, x.polled_at);
  else
    policy::recall_observed(*x.spec, x.remembers, x.seen, x.polled_at);
  follow(t);
}

/// What happened while the poll waited comes after it.
void replayer::follow(entry& t) {
  auto& x = t.second;
  for (const auto& l : x.since) {
    policy::follow_clock(x.remembers, l.stepped);
    policy::recall_request(*x.spec, x.remembers, l.news);
  }
  x.since.clear();
}

void replayer::tell_shadow(entry& t, const recorded_event* recorded) {
  auto& x = t.second;
  if (!x.shadow) return;
  const auto made = std::exchange(x.shadow, std::nullopt);
  if (options_.decided)
    options_.decided({t.first, x.shadow_at, *x.spec, &*made, recorded, true});
}

}  // namespace scaleit::record
