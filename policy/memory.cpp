#include "policy/memory.hpp"

#include "messages/bounds.hpp"
#include "policy/load.hpp"

#include <algorithm>

namespace scaleit::policy {

void metric_memory::shift(microseconds by) {
  panic.shift(by);
  guard.shift(by);
}

void memory::shift(microseconds by) {
  clock += by;
  if (requested) requested->at += by;
  if (unanswered) unanswered->at += by;
  recommended.shift(by);
  applied.shift(by);
  reversed.shift(by);
  idle.shift(by);
  for (auto& m : metrics) m.shift(by);
}

namespace {

/// Every poll, good or not, moves the memory's clock.
void tick(const target_spec& spec, memory& m, time_point at) {
  if (at < m.clock) m.shift(at - m.clock);
  m.clock = at;
  m.applied.advance(spec, at);
}

void count_scaling(const target_spec& spec, memory& m, int from, int to, time_point at) {
  if (from == to) return;
  m.applied.add(spec, at, to - from);
  m.reversed.watch(spec.flap_budget, from, to, at);
}

/// What a status says of the request that failed. One that shows its effect tells,
/// whenever it was read; that there is none tells only one that was asked for after the
/// request had ended.
void look_for_effect(const target_spec& spec, memory& m, const observation& seen,
                     time_point at) {
  if (!m.unanswered || m.requested) return;  // what the next one does is not told apart
  const auto age = at - m.unanswered->at;
  if (!m.unanswered->counts && age > bounds::unanswered_watch_time)
    return m.unanswered.reset();
  if (const auto effect = effect_seen(m, seen)) {
    count_scaling(spec, m, effect->from, effect->to, at);
    m.unanswered->from = effect->to;
    m.unanswered->counts = false;
    if (m.unanswered->from == m.unanswered->to) m.unanswered.reset();
  } else if (age > seen.took) {
    m.unanswered->counts = false;
    if (seen.replicas != m.unanswered->from) m.unanswered.reset();  // somebody else
  }
}

}  // namespace

std::optional<scaling> effect_seen(const memory& m, const observation& seen) {
  if (!m.unanswered || m.requested) return {};
  const auto& u = *m.unanswered;
  const auto [least, most] = std::minmax(u.from, u.to);
  const int there = std::clamp(seen.replicas, least, most);
  if (there == u.from) return {};
  return scaling{u.from, there};
}

std::optional<memory> assumed(const target_spec& spec, const memory& m) {
  if (!m.unanswered || !m.unanswered->counts) return {};
  auto then = m;
  const auto& u = *m.unanswered;
  count_scaling(spec, then, u.from, u.to, u.at);
  then.applied.advance(spec, m.clock);
  return then;
}

void recall_stepped(memory& m, microseconds by) { m.shift(by); }

void recall_observed(const target_spec& spec, memory& m, const observation& seen,
                     time_point at) {
  tick(spec, m, at);
  m.failures_in_a_row = 0;
  look_for_effect(spec, m, seen, at);
  m.replicas = seen.replicas;
  if (stale(spec, seen, at)) return;
  m.idle.watch(spec, seen, at);
  if (!spec.panic && !spec.guard) return;
  m.metrics.resize(spec.metrics.size());
  const int carrying = serving(spec, m, seen);
  for (std::size_t i = 0; i < spec.metrics.size(); ++i) {
    const auto value = usable(seen, spec.metrics[i]);
    if (!value || is_partial(seen, spec.metrics[i])) continue;  // no drop, no average
    const auto& metric = spec.metrics[i];
    const double total = load(metric, *value, carrying);
    if (spec.panic)
      m.metrics[i].panic.watch(*spec.panic, metric.target, total, carrying, at);
    if (spec.guard) m.metrics[i].guard.watch(*spec.guard, total, at);
  }
}

void recall_failed(const target_spec& spec, memory& m, time_point at) {
  tick(spec, m, at);
  ++m.failures_in_a_row;
}

void recall_decision(const target_spec& spec, memory& m, const decision& made,
                     time_point at) {
  m.recommended.watch(spec.behavior, made, m.failures_in_a_row > 0, at);
}

void recall_applied(const target_spec& spec, memory& m, int from, int to, time_point at) {
  m.replicas = to;
  m.requested.reset();
  m.unanswered.reset();
  count_scaling(spec, m, from, to, at);
}

void recall_request(const target_spec& spec, memory& m, const scaling_news& news) {
  switch (news.what) {
    case request_is::sent:
      m.requested = sent_request{news.from, news.to, news.at, news.cause};
      return;
    case request_is::applied:
      return recall_applied(spec, m, news.from, news.to, news.at);
    case request_is::unanswered:
      m.unanswered = unanswered_request{news.from, news.to, news.at};
      [[fallthrough]];
    case request_is::refused:
      m.requested.reset();
  }
}

std::optional<scaling_news> news_of(const event& e) {
  if (const auto* r = e.as<scale_requested>())
    return scaling_news{request_is::sent, r->from, r->to, e.time, r->cause};
  if (const auto* f = e.as<scale_failed>())
    return scaling_news{f->uncertain ? request_is::unanswered : request_is::refused,
                        f->from, f->to, e.time, f->cause};
  const auto* a = e.as<scale_applied>();
  if (!a || a->seen) return {};
  return scaling_news{request_is::applied, a->from, a->to, e.time, a->cause};
}

namespace {

bool decide_alike(const target_spec& a, const target_spec& b) {
  const auto alike = [](const metric_spec& x, const metric_spec& y) {
    return x.name == y.name && x.type == y.type && x.target == y.target;
  };
  return static_cast<const policy_spec&>(a) == static_cast<const policy_spec&>(b) &&
         std::equal(a.metrics.begin(), a.metrics.end(), b.metrics.begin(),
                    b.metrics.end(), alike);
}

}  // namespace

void recall_changed(const target_spec& before, const target_spec& after, memory& m) {
  if (decide_alike(before, after)) return;
  m.metrics.clear();
  m.applied.restart();
  m.idle = {};
  m.cached = {};
}

void recall(const target_spec& spec, memory& m, const event& e, bool shadow) {
  if (const auto* o = e.as<status_observed>())
    recall_observed(spec, m, o->seen, e.time);
  else if (e.as<status_failed>())
    recall_failed(spec, m, e.time);
  else if (const auto* d = e.as<decision_made>(); d && d->shadow == shadow)
    recall_decision(spec, m, d->made, e.time);
  else if (const auto news = news_of(e))
    recall_request(spec, m, *news);
}

}  // namespace scaleit::policy
