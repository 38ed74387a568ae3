#include "record/event_json.hpp"

#include "policy/why.hpp"
#include "record/describe_event.hpp"
#include "record/step_json.hpp"
#include "spec/spec_writer.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <type_traits>

namespace scaleit::record {

namespace {

/// The visitor that writes.
class event_writer {
 public:
  event_writer(std::string& out, const event& e)
      : event_(e), stream_{out}, json_(stream_) {}

  void whole() {
    const auto& e = event_;
    json_.StartObject();
    field(envelope::version.name, "1.0");
    field(envelope::id.name, std::to_string(e.sequence));
    field(envelope::source.name, source(e));
    field(envelope::type.name, type_name(e));
    field(envelope::time.name, to_rfc3339(e.time));
    name(envelope::data.name);
    data(false);
    json_.EndObject();
  }
  void data(bool with_time) {
    json_.StartObject();
    if (with_time) field(envelope::time.name, to_rfc3339(event_.time));
    std::visit([&](const auto& data) { describe(*this, data); }, event_.data);
    json_.EndObject();
  }

  void text(event_key k, std::string_view s, presence p = presence::required) {
    if (p != presence::unless_default || !s.empty()) field(k.name, s);
  }
  template <class T>
  void whole(event_key k, T n, presence p, std::uint64_t, T unsaid = {}) {
    if (p == presence::unless_default && n == unsaid) return;
    name(k.name), json_.Uint64(static_cast<std::uint64_t>(n));
  }
  void millis(event_key k, microseconds d, presence, double) {
    name(k.name), json_.Double(to_ms(d));
  }
  void flag(event_key k, bool on) {
    if (on) name(k.name), json_.Bool(true);
  }
  void id(event_key k, std::uint64_t n) {
    if (n != 0) field(k.name, std::to_string(n));
  }
  void replicas(event_key k, int n) { name(k.name), json_.Int(n); }
  void replicas(event_key k, const std::optional<int>& n) {
    if (n) replicas(k, *n);
  }
  void replicas_or_as(std::string_view, event_key k, int n) { replicas(k, n); }
  static bool leaves_out(bool unsaid) { return unsaid; }

  void kind(event_key k, failure_kind f) { field(k.name, to_string(f)); }
  void time(event_key k, const std::optional<time_point>& t) {
    if (t) field(k.name, to_rfc3339(*t));
  }
  void spec(event_key k) {
    std::string json;
    spec::append_json(json, *event_.target);
    name(k.name), json_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  }
  void metrics(event_key k, const std::vector<metric_sample>& all) {
    name(k.name);
    json_.StartObject();
    for (const auto& m : all) name(m.name), json_.Double(m.value);
    json_.EndObject();
  }
  void missing(event_key k, const std::vector<missing_metric>& all) {
    list(k, all, [](const auto&) { return true; });
  }
  void partial(event_key k, const std::vector<metric_sample>& all) {
    list(k, all, [](const metric_sample& m) { return m.partial; });
  }
  void derived(event_key k, const decision& d) { field(k.name, to_string(d.towards())); }
  void steps(event_key k, const decision_made& x) {
    name(k.name);
    json_.StartArray();
    for (std::size_t i = 0; i < x.made.steps.size(); ++i) {
      const auto& s = x.made.steps[i];
      const auto* told = x.made.told.empty() ? nullptr : &x.made.told[i];
      if (told)
        write_step(json_, told->rule, s.from, s.to, told->why);
      else
        write_step(json_, to_string(s.code), s.from, s.to,
                   policy::why(s, *event_.target, x.shadow));
    }
    json_.EndArray();
  }

 private:
  void text(std::string_view s) { write_text(json_, s); }
  void name(std::string_view s) { write_name(json_, s); }
  void field(std::string_view key, std::string_view value) { name(key), text(value); }
  /// The names of those that count; nothing if there is none.
  template <class All, class Counts>
  void list(event_key k, const All& all, Counts counts) {
    if (std::ranges::none_of(all, counts)) return;
    name(k.name);
    json_.StartArray();
    for (const auto& m : all)
      if (counts(m)) text(m.name);
    json_.EndArray();
  }

  const event& event_;
  string_stream stream_;
  json_writer json_;
};

}  // namespace

void append_json(std::string& out, const event& e) { event_writer{out, e}.whole(); }

void append_data(std::string& out, const event& e, bool with_time) {
  event_writer{out, e}.data(with_time);
}

}  // namespace scaleit::record
