#include "api/target_view.hpp"

#include "record/step_json.hpp"
#include "spec/spec_writer.hpp"

#include <string_view>

namespace scaleit::api {

namespace {

using record::write_name;
using record::write_text;

class view_writer {
 public:
  view_writer(std::string& out, const target_view& v)
      : view_(v), stream_{out}, json_(stream_) {}

  void write() {
    const auto& v = view_;
    json_.StartObject();
    field("name", v.name);
    field("origin", actors::to_string(v.origin));
    field("revision", v.revision);
    std::string spec;
    spec::append_json(spec, *v.spec);
    write_name(json_, "spec"),
        json_.RawValue(spec.data(), spec.size(), rapidjson::kObjectType);
    write_name(json_, "status"), status();
    json_.EndObject();
  }

 private:
  void field(std::string_view key, std::string_view value) {
    write_name(json_, key), write_text(json_, value);
  }
  void number(std::string_view key, int n) { write_name(json_, key), json_.Int(n); }
  void moment(std::string_view key, time_point t) { field(key, to_rfc3339(t)); }

  void status() {
    const auto& s = view_.status;
    json_.StartObject();
    field("health", name_of(s.does.health()));
    if (s.observed) observed(*s.observed, s.observed->as<status_observed>()->seen);
    if (s.decision) decided(*s.decision, s.decision->as<decision_made>()->made);
    if (s.decision || s.failed)
      field("why", summary_of(s.explained(view_.name).tell(view_.at, nullptr, nullptr)));
    if (s.applied) moment("appliedAt", s.applied->time);
    if (s.failed)
      if (const auto f = telemetry::poll_failure(*s.failed)) failed(*f);
    if (view_.hold.any()) {
      write_name(json_, "paused");
      json_.StartObject();
      write_name(json_, "scaleIn"), json_.Bool(view_.hold.scale_in);
      write_name(json_, "scaleOut"), json_.Bool(view_.hold.scale_out);
      json_.EndObject();
    }
    write_name(json_, "kept"), json_.Bool(view_.kept);
    json_.EndObject();
  }
  void observed(const event& e, const observation& seen) {
    number("replicas", seen.replicas);
    if (seen.ready) number("ready", *seen.ready);
    write_name(json_, "metrics");
    json_.StartObject();
    for (const auto& m : seen.metrics) write_name(json_, m.name), json_.Double(m.value);
    json_.EndObject();
    moment("observedAt", e.time);
  }
  void decided(const event& e, const decision& d) {
    number("desired", d.desired);
    number("recommended", d.recommended);
    field("direction", to_string(d.towards()));
    moment("decidedAt", e.time);
  }
  void failed(const failure& f) {
    write_name(json_, "failure");
    json_.StartObject();
    field("error", to_string(f.kind));
    field("detail", f.detail);
    moment("since", view_.status.does.failing_since());
    write_name(json_, "count"), json_.Uint64(view_.status.does.failures());
    json_.EndObject();
  }

  const target_view& view_;
  string_stream stream_;
  json_writer json_;
};

}  // namespace

void append_json(std::string& out, const target_view& v) { view_writer{out, v}.write(); }

}  // namespace scaleit::api
