// The operations as OpenAPI 3.1. What a TargetSpec and an event are, the schemas say that
// the binary prints; the other components stand here.
#include "api/operations.hpp"
#include "messages/json_stream.hpp"
#include "net/problem.hpp"
#include "net/reason_phrase.hpp"
#include "record/event_schema.hpp"
#include "record/step_json.hpp"
#include "spec/document_json.hpp"
#include "spec/spec_schema.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace scaleit::api {

namespace {

using record::write_name;
using record::write_text;

using component = std::pair<std::string_view, std::string_view>;

constexpr std::array components{
    component{"Problem", R"({"type":"object","description":"RFC 9457",
"required":["type","title","status","detail"],"properties":{
"type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},
"detail":{"type":"string"},
"errors":{"type":"array","items":{"type":"object","required":["path","detail"],"properties":{
"path":{"type":"string"},"line":{"type":"integer"},"column":{"type":"integer"},
"detail":{"type":"string"}}}}}})"},
    component{"Daemon", R"({"type":"object",
"required":["version","startedAt","ready","targets","record","state","config"],"properties":{
"version":{"type":"string"},"startedAt":{"type":"string","format":"date-time"},
"ready":{"type":"boolean"},
"targets":{"type":"object","required":["total","unknown","ok","failing","down"],
"additionalProperties":{"type":"integer","minimum":0}},
"record":{"type":["string","null"],"description":"Its directory"},
"state":{"type":["string","null"],"description":"Its directory"},
"config":{"type":["object","null"],"description":"The config file, when it was read last",
"required":["file","readAt","good","problems"],"properties":{"file":{"type":"string"},
"readAt":{"type":"string","format":"date-time"},"good":{"type":"boolean"},
"problems":{"type":"array","items":{"type":"string"}}}}}})"},
    component{"Target", R"({"type":"object",
"required":["name","origin","revision","spec","status"],"properties":{
"name":{"type":"string"},
"origin":{"enum":["environment","file","api","kubernetes"]},
"revision":{"type":"string","description":"Another one with each change of the spec"},
"spec":{"$ref":"#/components/schemas/ShownSpec"},
"status":{"$ref":"#/components/schemas/TargetStatus"}}})"},
    component{"ShownSpec", R"({"type":"object","required":["name"],
"description":"A TargetSpec, with *** in the place of credentials in clear text"})"},
    component{"TargetStatus",
              R"({"type":"object","required":["health","kept"],"properties":{
"health":{"enum":["unknown","ok","failing","down"]},
"replicas":{"type":"integer","minimum":0},"ready":{"type":"integer","minimum":0},
"desired":{"type":"integer","minimum":0},"recommended":{"type":"integer","minimum":0},
"direction":{"enum":["up","down","none"]},
"metrics":{"type":"object","additionalProperties":{"type":"number"}},
"why":{"type":"string"},
"observedAt":{"type":"string","format":"date-time"},
"decidedAt":{"type":"string","format":"date-time"},
"appliedAt":{"type":"string","format":"date-time"},
"failure":{"type":"object","required":["error","detail","since","count"],"properties":{
"error":{"type":"string"},"detail":{"type":"string"},
"since":{"type":"string","format":"date-time"},"count":{"type":"integer","minimum":1}}},
"paused":{"$ref":"#/components/schemas/Hold"},
"kept":{"type":"boolean","description":"It will outlive a restart"}}})"},
    component{"TargetList", R"({"type":"object","required":["items"],"properties":{
"items":{"type":"array","items":{"$ref":"#/components/schemas/Target"}},
"continue":{"type":"string","description":"There are more: to be sent to get them"}}})"},
    component{"TargetPatch", R"({"type":"object",
"description":"Keys of a TargetSpec; null takes one away"})"},
    component{"Hold", R"({"type":"object","additionalProperties":false,"properties":{
"scaleIn":{"type":"boolean"},"scaleOut":{"type":"boolean"}}})"},
    component{"Status", R"({"description":"What the spec's pointers point into"})"},
    component{"Decision", R"({"type":"object",
"required":["current","recommended","desired","direction","steps"],"properties":{
"time":{"type":"string","format":"date-time"},
"current":{"type":"integer"},"recommended":{"type":"integer"},"desired":{"type":"integer"},
"direction":{"enum":["up","down","none"]},"cause":{"type":"string"},
"shadow":{"type":"boolean"},
"steps":{"type":"array","items":{"$ref":"#/components/schemas/Step"}}}})"},
    component{"Step",
              R"({"type":"object","required":["rule","from","to","why"],"properties":{
"rule":{"type":"string"},"from":{"type":"integer"},"to":{"type":"integer"},
"why":{"type":"string"}}})"},
    component{"DecisionList", R"({"type":"object","required":["items"],"properties":{
"items":{"type":"array","items":{"$ref":"#/components/schemas/Decision"}}}})"},
    component{"Account", R"({"type":"object",
"required":["target","time","summary","observed","windows"],"properties":{
"target":{"type":"string"},"time":{"type":"string","format":"date-time"},
"summary":{"type":"string"},"observed":{"type":"string"},
"decision":{"$ref":"#/components/schemas/ExplainedDecision"},
"shadow":{"$ref":"#/components/schemas/ExplainedDecision"},
"command":{"type":"string"},"failing":{"type":"string"},"removed":{"type":"string"},
"windows":{"type":"array","items":{"type":"object","required":["what","text"],
"properties":{"what":{"type":"string"},"text":{"type":"string"}}}}}})"},
    component{"ExplainedDecision", R"({"type":"object",
"required":["time","current","recommended","desired","steps"],"properties":{
"time":{"type":"string","format":"date-time"},
"current":{"type":"integer"},"recommended":{"type":"integer"},"desired":{"type":"integer"},
"recorded":{"type":"integer"},
"steps":{"type":"array","items":{"$ref":"#/components/schemas/Step"}}}})"},
    component{"Reload", R"({"type":"object",
"required":["added","changed","removed","unchanged"],
"additionalProperties":{"type":"integer","minimum":0}})"},
    component{"Openapi", R"({"type":"object","required":["openapi","info","paths"]})"},
};

std::string reference(std::string_view name) {
  return fmt::format(R"({{"$ref":"#/components/schemas/{}"}})", name);
}

void replace_all(std::string& s, std::string_view from, std::string_view to) {
  for (auto at = s.find(from); at != std::string::npos; at = s.find(from, at + to.size()))
    s.replace(at, from.size(), to);
}

class document_writer {
 public:
  explicit document_writer(std::string& out) : stream_{out}, json_(stream_) {}

  void write(std::string_view version) {
    json_.StartObject();
    field("openapi", "3.1.0");
    key("info"), json_.StartObject();
    field("title", "ScaleIt"), field("version", version);
    json_.EndObject();
    key("paths"), paths();
    key("components"), json_.StartObject();
    key("schemas"), json_.StartObject();
    for (const auto& [name, schema] : components) key(name), raw(schema);
    specs();
    json_.EndObject();
    key("securitySchemes");
    raw(R"({"token":{"type":"http","scheme":"bearer"}})");
    json_.EndObject();
    key("security"), raw(R"([{},{"token":[]}])");
    json_.EndObject();
  }

 private:
  void key(std::string_view k) { write_name(json_, k); }
  void field(std::string_view k, std::string_view v) { key(k), write_text(json_, v); }
  void raw(std::string_view s) {
    json_.RawValue(s.data(), s.size(), rapidjson::kObjectType);
  }

  void paths() {
    json_.StartObject();
    std::vector<std::string_view> done;
    for (const auto& first : operations()) {
      if (std::ranges::find(done, first.path) != done.end()) continue;
      done.push_back(first.path);
      key(first.path), json_.StartObject();
      for (const auto& o : operations())
        if (o.path == first.path) method(o);
      json_.EndObject();
    }
    json_.EndObject();
  }

  void method(const operation& o) {
    std::string lower{o.method};
    for (auto& c : lower) c = static_cast<char>(c - 'A' + 'a');
    key(lower), json_.StartObject();
    field("operationId", o.name);
    field("summary", o.summary);
    key("parameters"), parameters(o);
    if (!o.body.types.empty()) {
      key("requestBody"), json_.StartObject();
      key("content"), contents(o.body);
      key("required"), json_.Bool(o.id != operation_id::pause_target);
      json_.EndObject();
    }
    key("responses"), responses(o);
    json_.EndObject();
  }

  void parameters(const operation& o) {
    json_.StartArray();
    if (o.path.find("{name}") != std::string_view::npos)
      parameter("name", "path", "The target's", R"({"type":"string"})");
    for (const auto& q : o.query) parameter(q.name, "query", q.about, q.schema);
    for (const auto& h : o.headers)
      if (h != "Accept")  // said by the answers
        parameter(h, "header", "RFC 9110; of events, WHATWG HTML",
                  R"({"type":"string"})");
    json_.EndArray();
  }

  void parameter(std::string_view name, std::string_view in, std::string_view about,
                 std::string_view schema) {
    json_.StartObject();
    field("name", name), field("in", in), field("description", about);
    key("required"), json_.Bool(in == "path");
    key("schema"), raw(schema);
    json_.EndObject();
  }

  void contents(const content& c) {
    json_.StartObject();
    for (const auto& type : c.types) {
      key(type), json_.StartObject();
      key("schema");
      type == "text/plain" ? raw(R"({"type":"string"})") : raw(reference(c.schema));
      json_.EndObject();
    }
    json_.EndObject();
  }

  void responses(const operation& o) {
    json_.StartObject();
    for (const auto& a : o.good) response(std::to_string(a.status), a.about, a.has);
    const content problem{{std::string{net::problem_type}}, "Problem"};
    for (const auto status : o.bad)
      response(std::to_string(status), net::reason_phrase(status), problem);
    response("default", "What is wrong with the request, or with the daemon", problem);
    json_.EndObject();
  }

  void response(std::string_view status, std::string_view about, const content& c) {
    key(status), json_.StartObject();
    field("description", about);
    if (!c.types.empty()) key("content"), contents(c);
    json_.EndObject();
  }

  /// The schemas that the binary prints.
  void specs() {
    const auto config = spec::parse_json(spec::config_schema());
    const auto* definitions = config.document->find("definitions");
    for (const auto& e : definitions->value->entries) {
      if (e.key == "config") continue;
      std::string text;
      append_json(text, *e.value);
      replace_all(text, "#/definitions/", "#/components/schemas/");
      key(e.key), raw(text);
    }
    key("TargetSpec");
    raw(R"({"allOf":[{"$ref":"#/components/schemas/target"},{"$ref":"#/components/schemas/complete"}]})");
    std::string event;
    append_json(event, *spec::parse_json(record::event_schema()).document);
    key("Event"), raw(event);
  }

  string_stream stream_;
  json_writer json_;
};

}  // namespace

std::string openapi(std::string_view version) {
  std::string out;
  document_writer{out}.write(version);
  return out;
}

}  // namespace scaleit::api
