#include "actors/actuator.hpp"

#include "actors/credentialed_request.hpp"
#include "actors/harden.hpp"
#include "messages/bounds.hpp"
#include "spec/refusal.hpp"

#include <caf/send.hpp>

#include <memory>
#include <string>
#include <utility>

namespace scaleit::actors {

namespace {

/// The body template with every `${replicas}` replaced.
std::string body_for(const scale_spec& spec, int replicas) {
  constexpr std::string_view variable = "${replicas}";
  const auto number = std::to_string(replicas);
  auto body = spec.body;
  for (auto at = body.find(variable); at != std::string::npos;
       at = body.find(variable, at + number.size()))
    body.replace(at, variable.size(), number);
  return body;
}

net::http_request scale_request(const scale_spec& spec, int replicas) {
  net::http_request r;
  r.method = spec.method == scale_method::post    ? net::verb::post
             : spec.method == scale_method::patch ? net::verb::patch
                                                  : net::verb::put;
  r.url = spec.url;
  r.headers = spec.headers;
  r.content_type = spec.content_type;
  r.body = body_for(spec, replicas);
  r.timeout = spec.timeout;
  r.keep_alive = spec.keep_alive;
  r.status_is_enough = true;
  return r;
}

}  // namespace

actuator_actor::behavior_type actuator_state::make_behavior(services* s,
                                                            target_state_ptr b) {
  with = s;
  target = std::move(b);
  harden(self);
  // What cannot be sent shows at the start, as it does of the status.
  [[maybe_unused]] const credentialed_request can_be_sent{
      scale_request(target->spec->scale, 1), with->secrets, self->clock().now()};
  // The one before this may have died with an answer waiting.
  if (target->in_flight && target->in_flight->answer)
    caf::anon_send(actuator_actor{self}, scale_answered{});
  close_what_is_open();
  return {
      [this](const set_replicas& x) {
        with->mishaps.disturb(name, [&] { on_set_replicas(x); });
      },
      [this](const scale_answered&) {
        with->mishaps.disturb(name, [&] { on_answered(); });
      },
  };
}

void actuator_state::on_set_replicas(const set_replicas& x) {
  if (target->in_flight || x.poll_began <= target->last_answer) return;
  // Decided by a spec that has been replaced: who paused it meanwhile has been answered.
  if (x.poll->target != target->spec) return;
  const auto now = self->clock().now();
  auto request = std::make_shared<credentialed_request>(
      scale_request(target->spec->scale, x.to), with->secrets, now);
  emit_and_fold(*with, *target, now, scale_requested{x.from, x.to, x.poll->sequence});
  // The target's state, not this actor, receives the answer: it outlives a crash in
  // between.
  with->client.submit(request->last(), [to = target](http_response&& r) {
    if (!to->in_flight) return;
    to->in_flight->answer = std::move(r);
    if (to->actuator) caf::anon_send(to->actuator, scale_answered{});
  });
  // After the last line that could throw: a request that was never sent must not be
  // waited for.
  target->in_flight = target_state::request{
      x.from, x.to, x.poll, std::move(request), x.poll_began, std::nullopt};
}

void actuator_state::close_what_is_open() {
  if (target->in_flight) return;
  const auto open = target->unended();
  if (!open) return;
  const auto now = self->clock().now();
  const auto age = with->events.time_at(now) - open->at;
  emit_and_fold(*with, *target, now,
                scale_failed{open->from,
                             open->to,
                             {failure_kind::connect, "a restart came before the answer"},
                             microseconds{0},
                             age <= bounds::unanswered_watch_time,
                             open->cause});
}

void actuator_state::on_answered() {
  if (!target->in_flight || !target->in_flight->answer)
    return;  // told twice, after a restart
  const auto request = std::move(*target->in_flight);
  target->in_flight.reset();
  const auto now = self->clock().now();
  target->last_answer = now;
  const auto& answer = *request.answer;
  const auto loop_took = to_micros(now - request.poll_began);
  request.sent->answered(answer);
  // What was sent may have been carried out, whatever the answer says, if there is one:
  // proxies give up on what goes on behind them, and code fails after the deed.
  if (auto f = spec::refusal(answer, request.sent->last()->source().headers)) {
    emit_and_fold(*with, *target, now,
                  scale_failed{request.from, request.to, std::move(*f), loop_took,
                               !answer.unsent, request.poll->sequence});
    return;
  }
  emit_and_fold(*with, *target, now,
                scale_applied{request.from, request.to, answer.took, loop_took,
                              request.poll, false, request.poll->sequence});
}

actuator_actor::behavior_type actuator(
    actuator_actor::stateful_pointer<actuator_state> self, services* with,
    target_state_ptr target) {
  return self->state.make_behavior(with, std::move(target));
}

}  // namespace scaleit::actors
