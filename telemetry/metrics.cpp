#include "telemetry/metrics.hpp"

#include "policy/shadow.hpp"

#include <algorithm>

namespace scaleit::telemetry {

namespace {

using prometheus::Histogram;

const Histogram::BucketBoundaries request_seconds{
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
const Histogram::BucketBoundaries lateness_seconds{0.001, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                   0.25,  0.5,   1,    2.5,   5,    10};

double seconds(microseconds d) { return std::chrono::duration<double>{d}.count(); }

/// Were there metrics to read from the status, and not one of them was there?
bool status_without_metrics(const target_spec& spec, const observation& seen) {
  const auto from_status = [](const metric_spec& m) { return m.url.empty(); };
  return std::any_of(spec.metrics.begin(), spec.metrics.end(), from_status) &&
         std::none_of(spec.metrics.begin(), spec.metrics.end(), [&](const auto& m) {
           return from_status(m) && seen.find(m.name) != nullptr;
         });
}

}  // namespace

metrics::metrics(const std::string& version)
    : registry_(std::make_shared<prometheus::Registry>()) {
  const auto counters = [&](const char* name, const char* help) {
    return &prometheus::BuildCounter().Name(name).Help(help).Register(*registry_);
  };
  const auto gauges = [&](const char* name, const char* help) {
    return &prometheus::BuildGauge().Name(name).Help(help).Register(*registry_);
  };
  const auto histogram = [&](const char* name, const char* help,
                             const Histogram::BucketBoundaries& buckets) {
    return &prometheus::BuildHistogram()
                .Name(name)
                .Help(help)
                .Register(*registry_)
                .Add({}, buckets);
  };

  heartbeat_ = &counters("autoscaler_heartbeat_total",
                         "Completed control loops: a status was read and decided on.")
                    ->Add({});
  old_failures_ =
      counters("requests_failures_total",
               "Failed requests to applications, of any kind, by method and path.");

  poll_duration_ = histogram("scaleit_poll_duration_seconds",
                             "Duration of polls, failed ones included.", request_seconds);
  put_duration_ =
      histogram("scaleit_put_duration_seconds",
                "Duration of scale requests, failed ones included.", request_seconds);
  loop_duration_ =
      histogram("scaleit_loop_duration_seconds",
                "From the begin of a poll to its decision, or to the answer to the "
                "scale request that followed.",
                request_seconds);
  poll_lateness_ = histogram("scaleit_poll_lateness_seconds",
                             "How long after it was due a poll began.", lateness_seconds);
  polls_late_ =
      &counters("scaleit_polls_late_total",
                "Polls skipped because the one before was still running, or because "
                "the loop was late by a whole interval.")
           ->Add({});

  auto* decisions = counters("scaleit_decisions_total", "Decisions, by direction.");
  decisions_ = {&decisions->Add({{"direction", "down"}}),
                &decisions->Add({{"direction", "none"}}),
                &decisions->Add({{"direction", "up"}})};
  failures_ =
      counters("scaleit_failures_total", "Failed requests, by request and error.");
  for (std::size_t i = 0; i < failure_kinds; ++i) {
    const std::string error{to_string(static_cast<failure_kind>(i))};
    status_failures_[i] = &failures_->Add({{"request", "status"}, {"error", error}});
    // A scale request's answer has no body that could be wrong.
    if (i < static_cast<std::size_t>(failure_kind::json))
      scale_failures_[i] = &failures_->Add({{"request", "scale"}, {"error", error}});
  }
  scalings_seen_ = &counters("scaleit_failed_scalings_seen_total",
                             "Scale requests that failed, and whose effect a status "
                             "shows.")
                        ->Add({});
  clock_steps_ = &counters("scaleit_clock_steps_total",
                           "Steps of the system's clock that were followed.")
                      ->Add({});
  restarts_ =
      counters("scaleit_actor_restarts_total", "Restarts of crashed actors, by actor.");
  for (const char* actor :
       {"actuator", "decider", "logger", "poller", "supervisor", "telemetry"})
    restarts_->Add({{"actor", actor}});

  replicas_ = gauges("scaleit_replicas", "Replicas the application reports.");
  desired_ = gauges("scaleit_desired_replicas", "Replicas the last decision asked for.");
  healthy_ = gauges("scaleit_target_healthy", "1 while every actor of the target is up.");
  failing_ = gauges("scaleit_failures_in_a_row",
                    "Failed polls since the target's last good one.");
  shadow_desired_ = gauges("scaleit_shadow_desired_replicas",
                           "Replicas the shadow policy's last decision asked for.");
  shadow_decisions_ = counters("scaleit_shadow_decisions_total",
                               "Decisions of the shadow policy, by whether the live one "
                               "decided the same.");
  values_ = gauges("scaleit_metric_value", "Last value of the metric.");
  value_targets_ = gauges("scaleit_metric_target", "Value at which the metric is held.");
  targets_ = &gauges("scaleit_targets", "Targets being scaled.")->Add({});
  queues_ = gauges("scaleit_queue_depth", "Entries waiting, by queue.");
  dropped_ = counters("scaleit_events_dropped_total",
                      "Events a subscriber lost because its queue was full.");
  lines_dropped_ = &counters("scaleit_log_lines_dropped_total",
                             "Log lines lost because stderr was not read.")
                        ->Add({});
  connections_ = gauges("scaleit_connections", "Connections to applications, by state.");
  loop_lag_ = &gauges("scaleit_loop_lag_seconds",
                      "How late the loop's last pulse was: time a handler kept it busy.")
                   ->Add({});
  gauges("scaleit_build_info", "Constant 1; the version is its label.")
      ->Add({{"version", version}})
      .Set(1);
}

void metrics::apply(const event& e) {
  std::visit([&](const auto& data) { apply(e, data); }, e.data);
}

// -- the loop ---------------------------------------------------------------------------

void metrics::count_polls(microseconds took, microseconds late_by,
                          std::uint32_t skipped) {
  poll_duration_->Observe(seconds(took));
  poll_lateness_->Observe(seconds(late_by));
  if (skipped > 0) polls_late_->Increment(skipped);
}

void metrics::apply(const event& e, const status_observed& x) {
  auto& s = of(e);
  count_polls(x.seen.took, x.late_by, x.ticks_skipped);
  s.replicas->Set(x.seen.replicas);
  for (const auto& m : s.metrics)
    if (const auto* sample = x.seen.find(m.name)) m.value->Set(sample->value);
  if (x.seen.missing.empty()) return s.failing->Set(0);
  count_sources(s, x.seen);
  // An answer without one usable metric is as good as none.
  x.seen.metrics.empty() ? s.failing->Increment() : s.failing->Set(0);
  if (status_without_metrics(*e.target, x.seen)) {
    s.status_failures->Increment();
    status_failures_[static_cast<std::size_t>(failure_kind::schema)]->Increment();
  }
}

void metrics::count_sources(const series& s, const observation& seen) {
  for (const auto& missing : seen.missing)
    for (const auto& m : s.metrics)
      if (missing.failed && m.failures != nullptr && m.name == missing.name) {
        m.failures->Increment();
        metric_failures_[static_cast<std::size_t>(*missing.failed)]->Increment();
      }
}

void metrics::apply(const event& e, const status_failed& x) {
  count_polls(x.what.took, x.late_by, x.ticks_skipped);
  auto& s = of(e);
  s.failing->Increment();
  s.status_failures->Increment();
  status_failures_[static_cast<std::size_t>(x.what.kind)]->Increment();
}

void metrics::apply(const event& e, const decision_made& x) {
  if (x.shadow) return compare(e, x.made);
  if (!x.on_failure) heartbeat_->Increment();
  of(e).desired->Set(x.made.desired);
  const auto towards = x.made.towards();
  const int place = static_cast<int>(towards) + 1;
  decisions_[static_cast<std::size_t>(place)]->Increment();
  if (towards == direction::none && !x.on_failure)
    loop_duration_->Observe(seconds(x.took));
}

/// The last step of a shadow's decision carries what the live policy decided.
void metrics::compare(const event& e, const decision& d) {
  const auto& s = of(e);
  if (!s.shadow || d.steps.empty()) return;
  s.shadow->desired->Set(d.desired);
  const bool agrees = d.desired == policy::live_answer(d);
  (agrees ? s.shadow->agreed : s.shadow->differed)->Increment();
}

void metrics::apply(const event&, const scale_applied& x) {
  if (x.seen) return scalings_seen_->Increment();
  put_duration_->Observe(seconds(x.took));
  loop_duration_->Observe(seconds(x.loop_took));
}

void metrics::apply(const event& e, const scale_failed& x) {
  put_duration_->Observe(seconds(x.what.took));
  loop_duration_->Observe(seconds(x.loop_took));
  of(e).scale_failures->Increment();
  scale_failures_[static_cast<std::size_t>(x.what.kind)]->Increment();
}

// -- actors -----------------------------------------------------------------------------

void metrics::apply(const event& e, const actor_crashed&) {
  if (e.target) of(e).healthy->Set(0);
}

void metrics::apply(const event& e, const actor_restarted& x) {
  if (e.target) of(e).healthy->Set(1);
  restarts_->Add({{"actor", x.actor}}).Increment();
}

// -- sampled ----------------------------------------------------------------------------

void metrics::queue_depth(const std::string& queue, std::size_t depth) {
  queues_->Add({{"queue", queue}}).Set(static_cast<double>(depth));
}

void metrics::events_dropped(const std::string& subscriber, std::uint64_t total) {
  auto& counter = dropped_->Add({{"subscriber", subscriber}});
  counter.Increment(std::max(0.0, static_cast<double>(total) - counter.Value()));
}

void metrics::log_lines_dropped(std::uint64_t total) {
  lines_dropped_->Increment(
      std::max(0.0, static_cast<double>(total) - lines_dropped_->Value()));
}

void metrics::connections(std::size_t open, std::size_t idle) {
  connections_->Add({{"state", "idle"}}).Set(static_cast<double>(idle));
  connections_->Add({{"state", "busy"}})
      .Set(static_cast<double>(open > idle ? open - idle : 0));
}

}  // namespace scaleit::telemetry
