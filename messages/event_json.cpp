#include "messages/event_json.hpp"

#include <rapidjson/writer.h>

#include <string_view>

namespace scaleit {

namespace {

/// RapidJSON's output stream over a std::string: no copy at the end.
struct string_stream {
  using Ch = char;
  std::string& out;
  void Put(char c) { out += c; }
  void Flush() {}
};

using json_writer = rapidjson::Writer<string_stream>;

class event_writer {
 public:
  explicit event_writer(std::string& out) : stream_{out}, json_(stream_) {}

  void write(const event& e) {
    json_.StartObject();
    field("specversion", "1.0");
    field("id", std::to_string(e.sequence));
    field("source", source(e));
    field("type", type_name(e));
    field("time", to_rfc3339(e.time));
    json_.Key("data");
    json_.StartObject();
    std::visit([&](const auto& data) { members(e, data); }, e.data);
    json_.EndObject();
    json_.EndObject();
  }

 private:
  // -- values -------------------------------------------------------------------
  void text(std::string_view s) {
    json_.String(s.data(), static_cast<rapidjson::SizeType>(s.size()));
  }
  void key(std::string_view s) {
    json_.Key(s.data(), static_cast<rapidjson::SizeType>(s.size()));
  }
  void field(std::string_view name, std::string_view value) { key(name), text(value); }
  void field(std::string_view name, int value) { key(name), json_.Int(value); }
  void field(std::string_view name, double value) { key(name), json_.Double(value); }
  void took(microseconds d) { field("tookMs", to_ms(d)); }
  void duration(std::string_view name, milliseconds d) {
    field(name, to_string(microseconds{d}));
  }

  void headers(const std::vector<header>& all) {
    if (all.empty()) return;
    key("headers");
    json_.StartObject();
    for (const auto& h : all) field(h.name, "***");  // a value may be a credential
    json_.EndObject();
  }

  void pointer(std::string_view name, const std::string& p) {
    if (!p.empty()) field(name, p);
  }

  void spec(const target_spec& s) {
    key("spec");
    json_.StartObject();
    field("name", s.name);
    duration("interval", s.interval);
    key("status");
    json_.StartObject();
    field("url", s.status.url);
    duration("timeout", s.status.timeout);
    headers(s.status.headers);
    field("replicas", s.status.replicas);
    pointer("ready", s.status.ready);
    pointer("observedAt", s.status.observed_at);
    json_.EndObject();
    key("metrics");
    json_.StartArray();
    for (const auto& m : s.metrics) metric(m);
    json_.EndArray();
    key("scale");
    json_.StartObject();
    field("url", s.scale.url);
    field("method", s.scale.method);
    field("contentType", s.scale.content_type);
    field("body", s.scale.body);
    duration("timeout", s.scale.timeout);
    headers(s.scale.headers);
    json_.EndObject();
    field("minReplicas", s.min_replicas);
    field("maxReplicas", s.max_replicas);
    tolerance(s.tolerance);
    json_.EndObject();
  }

  void metric(const metric_spec& m) {
    json_.StartObject();
    field("name", m.name);
    field("value", m.value);
    field("type", m.type == metric_type::value ? "Value" : "AverageValue");
    field("target", m.target);
    json_.EndObject();
  }

  void tolerance(const tolerance_spec& t) {
    if (t.up == t.down) return field("tolerance", t.up);
    key("behavior");
    json_.StartObject();
    for (const auto& [name, value] :
         {std::pair{"scaleUp", t.up}, {"scaleDown", t.down}}) {
      key(name);
      json_.StartObject();
      field("tolerance", value);
      json_.EndObject();
    }
    json_.EndObject();
  }

  void fault(const failure& f) {
    field("error", to_string(f.kind));
    field("detail", f.detail);
    if (f.http_status != 0) field("httpStatus", f.http_status);
    took(f.took);
  }

  // -- the data of each type ------------------------------------------------------
  void members(const event&, const daemon_started& x) {
    field("version", x.version);
    field("format", x.format);
  }
  void members(const event&, const daemon_stopped& x) { field("reason", x.reason); }
  void members(const event& e, const target_added&) { spec(*e.target); }
  void members(const event& e, const target_changed&) { spec(*e.target); }
  void members(const event&, const target_removed&) {}
  void members(const event&, const status_observed& x) {
    field("replicas", x.seen.replicas);
    if (x.seen.ready) field("ready", *x.seen.ready);
    key("metrics");
    json_.StartObject();
    for (const auto& m : x.seen.metrics) field(m.name, m.value);
    json_.EndObject();
    if (!x.seen.missing.empty()) {
      key("missing");
      json_.StartArray();
      for (const auto& m : x.seen.missing) text(m.name);
      json_.EndArray();
    }
    if (x.seen.observed_at) field("observedAt", to_rfc3339(*x.seen.observed_at));
    took(x.seen.took);
  }
  void members(const event&, const status_failed& x) { fault(x.what); }
  void members(const event& e, const decision_made& x) {
    field("current", x.made.current);
    field("recommended", x.made.recommended);
    field("desired", x.made.desired);
    field("direction", to_string(x.made.towards()));
    key("steps");
    json_.StartArray();
    for (std::size_t i = 0; i < x.made.steps.size(); ++i) {
      const auto& s = x.made.steps[i];
      json_.StartObject();
      field("rule", to_string(s.code));
      field("from", s.from);
      field("to", s.to);
      field("why", x.made.words.empty() ? why(s, *e.target) : x.made.words[i]);
      json_.EndObject();
    }
    json_.EndArray();
    if (x.shadow) key("shadow"), json_.Bool(true);
  }
  void change(int from, int to) {
    field("from", from);
    field("to", to);
  }
  void members(const event&, const scale_requested& x) { change(x.from, x.to); }
  void members(const event&, const scale_applied& x) {
    change(x.from, x.to);
    took(x.took);
  }
  void members(const event&, const scale_failed& x) {
    change(x.from, x.to);
    fault(x.what);
  }
  void members(const event&, const actor_crashed& x) {
    field("actor", x.actor);
    field("reason", x.reason);
  }
  void members(const event&, const actor_restarted& x) {
    field("actor", x.actor);
    key("restarts"), json_.Uint64(x.restarts);
    field("afterMs", to_ms(x.after));
  }

  string_stream stream_;
  json_writer json_;
};

}  // namespace

void append_json(std::string& out, const event& e) { event_writer{out}.write(e); }

}  // namespace scaleit
