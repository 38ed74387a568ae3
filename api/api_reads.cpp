// Targets that are read.
#include "api/api.hpp"
#include "messages/bounds.hpp"
#include "messages/json_stream.hpp"
#include "messages/text.hpp"
#include "net/problem.hpp"
#include "record/event_json.hpp"
#include "record/step_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace scaleit::api {

namespace {

constexpr std::size_t names_at_once = 1'000;  // then the control loop has its turn

net::server_response with_etag(net::server_response r, const target_view& v) {
  r.headers.push_back({"ETag", v.etag()});
  return r;
}

std::optional<target_health> health_named(std::string_view name) {
  for (std::size_t h = 0; h < telemetry::target_healths; ++h)
    if (name_of(static_cast<target_health>(h)) == name)
      return static_cast<target_health>(h);
  return {};
}

net::server_response page_of(const listing& l) {
  std::string body = R"({"items":[)";
  const auto n = std::min(l.limit, l.found.size());
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) body += ',';
    append_json(body, l.found[i]);
  }
  body += ']';
  if (l.found.size() > n)
    body += fmt::format(R"(,"continue":"{}")",
                        l.found[n - 1].name);  // a name needs no escape
  body += '}';
  return json_answer(std::move(body));
}

net::server_response answer_of(const record::account& told, bool text) {
  if (text) return {200, "text/plain; charset=utf-8", text_of(told), {}};
  std::string body;
  append_json(body, told);
  return json_answer(std::move(body));
}

}  // namespace

void api::list(request&& r, net::responder to) {
  auto limit = read_limit(r.match, bounds::api_list_default, bounds::api_list_max);
  if (auto* no = std::get_if<net::server_response>(&limit))
    return to.send(std::move(*no));
  auto l = std::make_shared<listing>();
  l->limit = std::get<std::size_t>(limit);
  l->prefix = r.match.parameter_named("prefix").value_or("");
  l->after = r.match.parameter_named("continue").value_or("");
  if (const auto h = r.match.parameter_named("health")) {
    l->health = health_named(*h);
    if (!l->health)
      return to.send(net::problem(
          400, fmt::format("health is '{}'; accepted: unknown, ok, failing, down",
                           printable(*h, 40))));
  }
  calls_.ask(std::move(to),
             [this, l](const loop_calls::reply& reply) { continue_list(l, reply); });
}

void api::continue_list(const std::shared_ptr<listing>& l,
                        const loop_calls::reply& reply) {
  if (targets_.list(*l, names_at_once)) return reply([l] { return page_of(*l); });
  calls_.on_control_loop([this, l, reply] { continue_list(l, reply); });
}

void api::get(request&& r, net::responder to) {
  calls_.ask(std::move(to),
             [this, name = r.match.segment("name"),
              asked = preconditions::of(r)](const loop_calls::reply& reply) {
               reply([v = targets_.view(name), name, asked] {
                 if (!v) return no_such_target(name);
                 if (asked.known(v->etag())) return with_etag({304, {}, {}, {}}, *v);
                 std::string body;
                 append_json(body, *v);
                 return with_etag(json_answer(std::move(body)), *v);
               });
             });
}

void api::decisions(request&& r, net::responder to) {
  auto limit =
      read_limit(r.match, bounds::api_decisions_default, bounds::api_decisions_kept_max);
  if (auto* no = std::get_if<net::server_response>(&limit))
    return to.send(std::move(*no));
  calls_.ask(std::move(to),
             [this, name = r.match.segment("name"),
              n = std::get<std::size_t>(limit)](const loop_calls::reply& reply) {
               const bool there = targets_.view(name).has_value();
               reply([there, name, all = targets_.decisions(name, n)] {
                 if (!there) return no_such_target(name);
                 std::string body = R"({"items":[)";
                 for (const auto& e : all) {
                   if (e != all.front()) body += ',';
                   record::append_data(body, *e, true);
                 }
                 return json_answer(body + "]}");
               });
             });
}

void api::explain(request&& r, net::responder to) {
  const auto accept = r.header("Accept").value_or("");
  const bool text = accept.starts_with("text/plain");
  if (const auto at = r.match.parameter_named("at"))
    return explain_past(r.match.segment("name"), *at, text, std::move(to));
  calls_.ask(std::move(to), [this, name = r.match.segment("name"),
                             text](const loop_calls::reply& reply) {
    reply([told = targets_.explain(name), name, text] {
      return told ? answer_of(*told, text) : no_such_target(name);
    });
  });
}

void api::explain_past(const std::string& name, std::string_view at, bool text,
                       net::responder to) {
  const auto moment = parse_rfc3339(at);
  if (!moment)
    return to.send(net::problem(
        400, fmt::format("at is '{}'; accepted: RFC 3339, such as 2026-01-31T09:30:00Z",
                         printable(at, 80))));
  if (!options_.explain_past)
    return to.send(net::problem(422, "the daemon runs without a record, which at needs"));
  if (past_readings_.use_count() > static_cast<long>(bounds::api_past_max)) {
    auto later = net::problem(503, "the record is being read for others");
    later.headers.push_back({"Retry-After", "1"});
    return to.send(std::move(later));
  }
  const auto open = calls_.open(std::move(to), bounds::api_long_patience);
  if (!open) return;
  options_.explain_past(
      name, *moment,
      [reply = *open, text, place = past_readings_](api_options::past told) {
        reply([told = std::move(told), text] {
          if (const auto* why = std::get_if<std::string>(&told))
            return net::problem(422, *why);
          return answer_of(std::get<record::account>(told), text);
        });
      });
}

}  // namespace scaleit::api
