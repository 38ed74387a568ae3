#include "telemetry/from_events.hpp"

#include "messages/actor_names.hpp"
#include "policy/shadow.hpp"

#include <algorithm>

namespace scaleit::telemetry {

namespace {

/// Were there metrics to read from the status, and not one of them was there?
bool status_without_metrics(const target_spec& spec, const observation& seen) {
  const auto from_status = [](const metric_spec& m) { return m.url.empty(); };
  return std::any_of(spec.metrics.begin(), spec.metrics.end(), from_status) &&
         std::none_of(spec.metrics.begin(), spec.metrics.end(), [&](const auto& m) {
           return from_status(m) && seen.find(m.name) != nullptr;
         });
}

}  // namespace

from_events::from_events(families& into, const std::string& version,
                         spec::per_target_series per_target)
    : all_(into),
      per_target_(per_target),
      showing_(per_target != spec::per_target_series::never),
      heartbeat_(into.counter("autoscaler_heartbeat_total")),
      poll_duration_(into.histogram("scaleit_poll_duration_seconds")),
      put_duration_(into.histogram("scaleit_put_duration_seconds")),
      loop_duration_(into.histogram("scaleit_loop_duration_seconds")),
      poll_lateness_(into.histogram("scaleit_poll_lateness_seconds")),
      polls_late_(into.counter("scaleit_polls_late_total")),
      ratio_(into.histogram("scaleit_metric_target_ratio")),
      decisions_{&into.counter("scaleit_decisions_total", "down"),
                 &into.counter("scaleit_decisions_total", "none"),
                 &into.counter("scaleit_decisions_total", "up")} {
  for (std::size_t h = 0; h < target_healths; ++h)
    healths_[h] = &into.gauge("scaleit_targets", name_of(static_cast<target_health>(h)));
  for (std::size_t i = 0; i < failure_kinds; ++i) {
    const auto error = to_string(static_cast<failure_kind>(i));
    status_failures_[i] = &into.counter("scaleit_failures_total", error, "status");
    // A scale request's answer has no body that could be wrong.
    if (i < static_cast<std::size_t>(failure_kind::json))
      scale_failures_[i] = &into.counter("scaleit_failures_total", error, "scale");
  }
  into.counter("scaleit_failed_scalings_seen_total");
  into.counter("scaleit_clock_steps_total");
  namespace names = actor_names;
  for (const char* actor : {names::actuator, names::decider, names::logger, names::poller,
                            names::supervisor, names::telemetry})
    into.counter("scaleit_actor_restarts_total", actor);
  into.gauge("scaleit_build_info", version).Set(1);
}

void from_events::apply(const event& e) {
  std::visit([&](const auto& data) { apply(e, data); }, e.data);
  if (!showing_) hide_some(1);
}

// -- the loop ------------------------------------------------------------

/// `late_by`: nothing for what was reported, which is due at no time. It took no request
/// either, unless metrics are read elsewhere.
void from_events::count_polls(microseconds took, std::optional<microseconds> late_by,
                              std::uint32_t skipped) {
  if (took.count() > 0) poll_duration_.Observe(to_seconds(took));
  if (late_by) poll_lateness_.Observe(to_seconds(*late_by));
  if (skipped > 0) polls_late_.Increment(skipped);
}

void from_events::apply(const event& e, const status_observed& x) {
  auto& t = of(e);
  const bool reported = e.target->status.push || x.seen.took.count() == 0;
  count_polls(x.seen.took, reported ? std::nullopt : std::optional{x.late_by},
              x.ticks_skipped);
  t.replicas = x.seen.replicas;
  if (t.own) t.own->replicas->Set(t.replicas);
  count_metrics(t, e, x.seen);
  if (!x.seen.missing.empty()) {
    count_sources(t, x.seen);
    if (status_without_metrics(*e.target, x.seen))
      count_status_failure(t, failure_kind::schema);
  }
  follow(t, e);
}

/// Silence is no request that failed, and one who reports is not asked at all.
void from_events::count_status_failure(const target& t, failure_kind kind) {
  if (t.status_failures != nullptr && kind != failure_kind::stale)
    t.status_failures->Increment();
  status_failures_[static_cast<std::size_t>(kind)]->Increment();
}

void from_events::count_metrics(const target& t, const event& e,
                                const observation& seen) {
  if (t.own)
    for (const auto& m : t.own->metrics)
      if (const auto* sample = seen.find(m.name)) m.value->Set(sample->value);
  for (const auto& m : e.target->metrics)
    if (const auto* sample = seen.find(m.name); sample != nullptr && m.target > 0)
      ratio_.Observe(sample->value / m.target);
}

void from_events::count_sources(const target& t, const observation& seen) {
  for (const auto& missing : seen.missing)
    for (const auto& s : t.sources)
      if (missing.failed && s.metric == missing.name) {
        s.failures->Increment();
        metric_failures_[static_cast<std::size_t>(*missing.failed)]->Increment();
      }
}

void from_events::apply(const event& e, const status_failed& x) {
  count_polls(x.what.took, x.late_by, x.ticks_skipped);
  auto& t = of(e);
  count_status_failure(t, x.what.kind);
  follow(t, e);
}

void from_events::apply(const event& e, const decision_made& x) {
  if (x.shadow) return compare(e, x.made);
  if (!x.on_failure) heartbeat_.Increment();
  auto& t = of(e);
  t.desired = x.made.desired;
  if (t.own) t.own->desired->Set(t.desired);
  const auto towards = x.made.towards();
  const int place = static_cast<int>(towards) + 1;
  decisions_[static_cast<std::size_t>(place)]->Increment();
  if (towards == direction::none && !x.on_failure)
    loop_duration_.Observe(to_seconds(x.took));
}

/// The last step of a shadow's decision carries what the live policy decided.
void from_events::compare(const event& e, const decision& d) {
  const auto& own = of(e).own;
  if (!own || !own->shadow || d.steps.empty()) return;
  own->shadow->desired->Set(d.desired);
  const bool agrees = d.desired == policy::live_answer(d);
  (agrees ? own->shadow->agreed : own->shadow->differed)->Increment();
}

void from_events::apply(const event&, const scale_applied& x) {
  if (x.seen) return all_.counter("scaleit_failed_scalings_seen_total").Increment();
  put_duration_.Observe(to_seconds(x.took));
  loop_duration_.Observe(to_seconds(x.loop_took));
}

void from_events::apply(const event& e, const scale_failed& x) {
  put_duration_.Observe(to_seconds(x.what.took));
  loop_duration_.Observe(to_seconds(x.loop_took));
  of(e).scale_failures->Increment();
  scale_failures_[static_cast<std::size_t>(x.what.kind)]->Increment();
}

void from_events::apply(const event&, const clock_stepped&) {
  all_.counter("scaleit_clock_steps_total").Increment();
}

// -- actors --------------------------------------------------------------

void from_events::apply(const event& e, const actor_crashed&) {
  if (e.target) follow(of(e), e);
}

void from_events::apply(const event& e, const actor_restarted& x) {
  if (e.target) follow(of(e), e);
  all_.counter("scaleit_actor_restarts_total", x.actor).Increment();
}

}  // namespace scaleit::telemetry
