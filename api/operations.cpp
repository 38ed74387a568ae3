#include "api/operations.hpp"

#include "api/bodies.hpp"
#include "messages/bounds.hpp"

namespace scaleit::api {

namespace {

using enum operation_id;

constexpr std::string_view text_schema = R"({"type":"string"})";
constexpr std::size_t small_body = 4096;

content json(std::string_view schema) { return {{"application/json"}, schema}; }

good_answer ok(std::string_view about, std::string_view schema) {
  return {200, about, json(schema)};
}

std::vector<operation> of_targets() {
  const content spec{spec_types(), "TargetSpec"};
  const content patch{patch_types(), "TargetPatch"};
  constexpr auto whole = bounds::api_body_bytes_max;
  return {
      {list_targets,
       "listTargets",
       "GET",
       "/api/v1/targets",
       "Targets in the order of their names",
       {{"prefix", "Only those whose name begins so", text_schema},
        {"health", "Only those",
         R"({"type":"string","enum":["unknown","ok","failing","down"]})"},
        {"limit", "How many at most",
         R"({"type":"integer","minimum":1,"maximum":1000,"default":100})"},
        {"continue", "From the answer before: the next ones", text_schema}},
       {},
       {},
       0,
       {ok("A page of them", "TargetList")},
       {}},
      {get_target,
       "getTarget",
       "GET",
       "/api/v1/targets/{name}",
       "One target",
       {},
       {"If-None-Match"},
       {},
       0,
       {ok("The target; its ETag is that of its spec", "Target"),
        {304, "It is what If-None-Match names", {}}},
       {404}},
      {put_target,
       "putTarget",
       "PUT",
       "/api/v1/targets/{name}",
       "Creates a target, or replaces its spec",
       {},
       {"If-Match", "If-None-Match"},
       spec,
       whole,
       {{201, "It is new", json("Target")}, ok("It was there before", "Target")},
       {409, 412, 422, 507}},
      {patch_target,
       "patchTarget",
       "PATCH",
       "/api/v1/targets/{name}",
       "Changes some settings of a spec: a JSON Merge Patch (RFC 7396)",
       {},
       {"If-Match", "If-None-Match"},
       patch,
       whole,
       {ok("The changed target", "Target")},
       {404, 409, 412, 422, 507}},
      {delete_target,
       "deleteTarget",
       "DELETE",
       "/api/v1/targets/{name}",
       "Stops a target and forgets it",
       {},
       {"If-Match", "If-None-Match"},
       {},
       0,
       {{204, "It is gone", {}}},
       {404, 409, 412, 507}},
      {pause_target,
       "pauseTarget",
       "POST",
       "/api/v1/targets/{name}/pause",
       "An operator's hold, over whatever the spec says; in both directions, unless the "
       "body names them",
       {},
       {},
       json("Hold"),
       small_body,
       {ok("The paused target", "Target")},
       {404, 422, 507}},
      {resume_target,
       "resumeTarget",
       "POST",
       "/api/v1/targets/{name}/resume",
       "Takes the operator's hold away",
       {},
       {},
       {},
       0,
       {ok("The target", "Target")},
       {404, 507}},
      {report_status,
       "reportStatus",
       "POST",
       "/api/v1/targets/{name}/status",
       "The application's status, as its status URL would answer it: a poll that is "
       "pushed, and decided on at once",
       {},
       {},
       json("Status"),
       bounds::response_body_bytes_max,
       {ok("The decision", "Decision")},
       {404, 422}},
      {list_decisions,
       "listDecisions",
       "GET",
       "/api/v1/targets/{name}/decisions",
       "The last decisions, the newest first",
       {{"limit", "How many at most",
         R"({"type":"integer","minimum":1,"maximum":100,"default":20})"}},
       {},
       {},
       0,
       {ok("Those that are still known", "DecisionList")},
       {404}},
      {explain_target,
       "explainTarget",
       "GET",
       "/api/v1/targets/{name}/explain",
       "Why the target has the replicas it has",
       {{"at", "A moment of the record", R"({"type":"string","format":"date-time"})"}},
       {"Accept"},
       {},
       0,
       {{200,
         "The account, or its text for Accept: text/plain",
         {{"application/json", "text/plain"}, "Account"}}},
       {404, 422}},
  };
}

std::vector<operation> of_the_daemon() {
  return {
      {get_daemon,
       "getDaemon",
       "GET",
       "/api/v1",
       "The daemon",
       {},
       {},
       {},
       0,
       {ok("What it is and how it is", "Daemon")},
       {}},
      {follow_events,
       "followEvents",
       "GET",
       "/api/v1/events",
       "Events as they happen, as Server-Sent Events; goes on after Last-Event-ID",
       {{"target", "Only of these targets",
         R"({"type":"array","items":{"type":"string"}})"},
        {"type", "Only of these types", R"({"type":"array","items":{"type":"string"}})"}},
       {"Last-Event-ID"},
       {},
       0,
       {{200, "`data:` holds an event each", {{"text/event-stream"}, "Event"}}},
       {}},
      {reload,
       "reload",
       "POST",
       "/api/v1/reload",
       "Reads the config file again",
       {},
       {},
       {},
       0,
       {ok("How many targets that concerned", "Reload")},
       {422}},
      {get_openapi,
       "getOpenapi",
       "GET",
       "/openapi.json",
       "This document",
       {},
       {},
       {},
       0,
       {ok("OpenAPI 3.1", "Openapi")},
       {}},
  };
}

}  // namespace

const std::vector<operation>& operations() {
  static const auto all = [] {
    auto some = of_the_daemon();
    auto rest = of_targets();
    some.insert(some.end(), rest.begin(), rest.end());
    return some;
  }();
  return all;
}

}  // namespace scaleit::api
