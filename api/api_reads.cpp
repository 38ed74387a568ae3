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
  for (std::size_t h = 0; h < target_healths; ++h)
    if (to_string(static_cast<target_health>(h)) == name)
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

void api::continue_list(const std::shared_ptr<listing>& l, loop_calls::reply reply) {
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
  if (r.match.parameter_named("at"))
    return to.send(net::problem(422,
                                "only the present is explained here; scaleit explain "
                                "--record explains a moment of a record"));
  calls_.ask(std::move(to), [this, name = r.match.segment("name"),
                             text](const loop_calls::reply& reply) {
    reply([told = targets_.explain(name), name, text]() -> net::server_response {
      if (!told) return no_such_target(name);
      if (text) return {200, "text/plain; charset=utf-8", text_of(*told), {}};
      std::string body;
      append_json(body, *told);
      return json_answer(std::move(body));
    });
  });
}

}  // namespace scaleit::api
