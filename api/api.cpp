#include "api/api.hpp"

#include "api/bodies.hpp"
#include "api/problem_types.hpp"
#include "messages/bounds.hpp"
#include "messages/json_stream.hpp"
#include "messages/text.hpp"
#include "net/problem.hpp"
#include "record/step_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace scaleit::api {

using record::write_name;
using record::write_text;

namespace {
constexpr std::size_t unread_body = 4096;  // of who sends one where none is asked for
}  // namespace

net::server_response json_answer(std::string body, int status) {
  return {status, "application/json", std::move(body), {{"Cache-Control", "no-store"}}};
}

net::server_response no_such_target(const std::string& name) {
  return net::problem(404, fmt::format("there is no target '{}'", printable(name, 80)),
                      {}, no_such_target_type);
}

std::variant<std::size_t, net::server_response> read_limit(const net::route_match& m,
                                                           std::size_t plain,
                                                           std::size_t most) {
  const auto given = m.parameter_named("limit");
  if (!given) return plain;
  std::size_t n = 0;
  const auto [end, error] =
      std::from_chars(given->data(), given->data() + given->size(), n);
  if (error != std::errc{} || end != given->data() + given->size() || n == 0 || n > most)
    return net::problem(400, fmt::format("limit is '{}'; accepted: 1 to {}",
                                         printable(*given, 40), most));
  return n;
}

api::api(api_options o, net::event_loop& here, net::event_loop& control_loop,
         control_side& targets, const telemetry::health& health, access_control access)
    : options_(std::move(o)),
      here_(here),
      targets_(targets),
      health_(health),
      access_(std::move(access)),
      calls_(here, control_loop),
      clients_(here, targets.events(), options_.event_clients_max),
      secrets_(options_.variables) {
  add_routes();
}

void api::operator()(net::server_request&& r, net::responder to) {
  const auto from = r.remote == "unix" ? std::string{} : r.remote;
  auto checked = access_.check(r, from, std::chrono::steady_clock::now());
  if (auto* no = std::get_if<refused>(&checked)) {
    if (!no->log_line.empty()) options_.audit(no->log_line);
    return to.send(std::move(no->answer));
  }
  // Handlers read it before they return.
  asker_ = {std::get<admitted>(checked).who, from};
  router_(std::move(r), std::move(to));
}

api::handler api::handler_of(operation_id id) {
  switch (id) {
    using enum operation_id;
    case get_daemon:
      return &api::daemon;
    case list_targets:
      return &api::list;
    case get_target:
      return &api::get;
    case put_target:
      return &api::put;
    case patch_target:
      return &api::patch;
    case delete_target:
      return &api::remove;
    case pause_target:
      return &api::pause;
    case resume_target:
      return &api::resume;
    case report_status:
      return &api::report;
    case list_decisions:
      return &api::decisions;
    case explain_target:
      return &api::explain;
    case follow_events:
      return &api::events;
    case reload:
      return &api::reload;
    case get_openapi:
      return &api::describe;
  }
  return nullptr;
}

namespace {

/// Parameters of a query that nobody knows are mistakes that would go unnoticed.
std::optional<net::server_response> refuse_unknown(const operation& o,
                                                   const net::route_match& m) {
  for (const auto& p : m.query) {
    if (std::ranges::find(o.query, p.name, &query_parameter::name) != o.query.end())
      continue;
    std::string accepted;
    for (const auto& q : o.query)
      accepted += fmt::format("{}{}", accepted.empty() ? "" : ", ", q.name);
    return net::problem(
        400, fmt::format("there is no parameter '{}' here; accepted: {}",
                         printable(p.name, 80), accepted.empty() ? "none" : accepted));
  }
  return {};
}

}  // namespace

void api::add_routes() {
  router_.otherwise("not here; /openapi.json describes what is");
  for (const auto& o : operations()) {
    const auto answer = [this, &o, handle = handler_of(o.id)](request&& r,
                                                              net::responder to) {
      if (auto no = refuse_unknown(o, r.match)) return to.send(std::move(*no));
      (this->*handle)(std::move(r), std::move(to));
    };
    router_.on(std::string{o.method}, o.path, answer,
               {o.body.types, std::max(o.body_bytes_max, unread_body)});
  }
}

// -- the daemon -----------------------------------------------------------

namespace {

void write_config(json_writer& json, const config_state& c) {
  json.StartObject();
  write_name(json, "file"), write_text(json, printable(c.file));
  write_name(json, "readAt"), write_text(json, to_rfc3339(c.read));
  write_name(json, "good"), json.Bool(c.problems.empty());
  write_name(json, "problems");
  json.StartArray();
  for (const auto& p : c.problems) write_text(json, p);
  json.EndArray();
  json.EndObject();
}

}  // namespace

void api::daemon(request&&, net::responder to) {
  calls_.ask(std::move(to), [this](const loop_calls::reply& reply) {
    reply([this, n = targets_.count()] {
      std::string body;
      string_stream stream{body};
      json_writer json{stream};
      const auto field = [&](std::string_view key, const std::string& text) {
        write_name(json, key);
        text.empty() ? json.Null() : (write_text(json, text), true);
      };
      const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
      json.StartObject();
      field("version", SCALEIT_VERSION);
      field("startedAt", to_rfc3339(options_.started));
      write_name(json, "ready"), json.Bool(health_.complaints(now).empty());
      write_name(json, "targets");
      json.StartObject();
      write_name(json, "total"), json.Uint64(n.total);
      for (std::size_t h = 0; h < telemetry::target_healths; ++h)
        write_name(json, name_of(static_cast<target_health>(h))),
            json.Uint64(n.by_health[h]);
      json.EndObject();
      field("record", options_.record);
      field("state", options_.state);
      write_name(json, "config");
      options_.config ? write_config(json, *options_.config) : (void)json.Null();
      json.EndObject();
      stream.Flush();
      return json_answer(std::move(body));
    });
  });
}

void api::describe(request&&, net::responder to) {
  to.send(json_answer(openapi(SCALEIT_VERSION)));
}

void api::reload(request&&, net::responder to) {
  if (!options_.reload)
    return to.send(net::problem(422, "the daemon was started without a config file"));
  options_.audit(fmt::format("reload by {}", asker_.text()));
  const auto open = calls_.open(std::move(to), bounds::api_long_patience);
  if (!open) return;
  options_.reload(
      "asked for by " + asker_.text(), [reply = *open](const reload_result& x) {
        reply([x] {
          if (x.problems.empty())
            return json_answer(
                fmt::format(R"({{"added":{},"changed":{},"removed":{},"unchanged":{}}})",
                            x.added, x.changed, x.removed, x.unchanged));
          spec::problem_list all;
          for (const auto& line : x.problems) all.add({{}, {}, line});
          return refusal_of(all);
        });
      });
}

void api::events(request&& r, net::responder to) {
  event_filter filter;
  for (const auto& p : r.match.query) {
    if (p.name == "target") {
      filter.targets.insert(p.value);
      continue;
    }
    const auto kind = kind_named(p.value);
    if (kind == unknown_kind)
      return to.send(net::problem(
          400, fmt::format("there is no type '{}' of events; accepted: such as {}",
                           printable(p.value, 80), scale_applied::type)));
    filter.kinds.insert(kind);
  }
  std::optional<std::uint64_t> last;
  if (const auto id = r.header("Last-Event-ID"); id && !id->empty()) {
    std::uint64_t n = 0;
    const auto [end, error] = std::from_chars(id->data(), id->data() + id->size(), n);
    if (error != std::errc{} || end != id->data() + id->size())
      return to.send(net::problem(
          400, fmt::format("Last-Event-ID is '{}', no event's id", printable(*id, 40))));
    last = n;
  }
  if (clients_.full()) {
    auto refusal = net::problem(
        503, fmt::format("{} clients follow events already", clients_.size()));
    refusal.headers.push_back({"Retry-After", "10"});
    return to.send(std::move(refusal));
  }
  clients_.add(std::move(to), std::move(filter), last);
}

}  // namespace scaleit::api
