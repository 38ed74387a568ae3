#include "record/event_json.hpp"

#include "messages/json_stream.hpp"
#include "policy/why.hpp"
#include "spec/spec_writer.hpp"

#include <algorithm>
#include <string_view>

namespace scaleit::record {

namespace {

class event_writer {
 public:
  explicit event_writer(std::string& out) : stream_{out}, json_(stream_) {}

  void write(const event& e, bool restated) {
    json_.StartObject();
    field("specversion", "1.0");
    field("id", std::to_string(e.sequence));
    field("source", source(e));
    field("type", type_name(e));
    field("time", to_rfc3339(e.time));
    json_.Key("data");
    json_.StartObject();
    std::visit([&](const auto& data) { members(e, data); }, e.data);
    if (restated) key("restated"), json_.Bool(true);
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
  /// What is false is not written.
  void flag(std::string_view name) { key(name), json_.Bool(true); }
  void took(microseconds d) { field("tookMs", to_ms(d)); }

  void spec(const target_spec& s) {
    std::string json;
    spec::append_json(json, s);
    key("spec");
    json_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
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
  void members(const event&, const clock_stepped& x) { field("byMs", to_ms(x.by)); }
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
    if (std::ranges::any_of(x.seen.metrics, &metric_sample::partial)) {
      key("partial");
      json_.StartArray();
      for (const auto& m : x.seen.metrics)
        if (m.partial) text(m.name);
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
      field("why",
            x.made.words.empty() ? policy::why(s, *e.target, x.shadow) : x.made.words[i]);
      json_.EndObject();
    }
    json_.EndArray();
    if (x.shadow) flag("shadow");
  }
  void change(int from, int to) {
    field("from", from);
    field("to", to);
  }
  void members(const event&, const scale_requested& x) { change(x.from, x.to); }
  void members(const event&, const scale_applied& x) {
    change(x.from, x.to);
    x.seen ? flag("seen") : took(x.took);
  }
  void members(const event&, const scale_failed& x) {
    change(x.from, x.to);
    fault(x.what);
    if (x.uncertain) flag("uncertain");
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

void append_json(std::string& out, const event& e) { event_writer{out}.write(e, false); }

void append_restated_json(std::string& out, const event& e) {
  event_writer{out}.write(e, true);
}

}  // namespace scaleit::record
