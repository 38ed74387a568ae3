// The SAX half of the event reader: walks a line and notes what stands under the keys
// we know, whatever their order; what it means is decided afterwards, by the type.
#pragma once

#include "messages/bounds.hpp"

#include <rapidjson/reader.h>
#include <rapidjson/writer.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scaleit::record {

/// The keys of an event, of its data and of a step, by length: short lists to look in.
enum class key : std::uint8_t {
  id,
  to,
  why,
  type,
  time,
  data,
  from,
  spec,
  rule,
  by,
  seen,
  ready,
  steps,
  error,
  actor,
  source,
  shadow,
  detail,
  format,
  reason,
  took,
  current,
  desired,
  metrics,
  missing,
  partial,
  after,
  version,
  replicas,
  restarts,
  restated,
  uncertain,
  observed_at,
  http_status,
  specversion,
  recommended,
  none,
};
inline constexpr std::array<std::string_view, 36> key_names{
    "id",       "to",        "why",        "type",       "time",        "data",
    "from",     "spec",      "rule",       "byMs",       "seen",        "ready",
    "steps",    "error",     "actor",      "source",     "shadow",      "detail",
    "format",   "reason",    "tookMs",     "current",    "desired",     "metrics",
    "missing",  "partial",   "afterMs",    "version",    "replicas",    "restarts",
    "restated", "uncertain", "observedAt", "httpStatus", "specversion", "recommended"};
static_assert(key_names.size() == static_cast<std::size_t>(key::none));

constexpr auto index_by_length() {
  std::array<std::uint8_t, 13> first{};
  for (std::size_t n = 0; n < first.size(); ++n)
    for (const auto name : key_names)
      if (name.size() < n) ++first[n];
  return first;
}

inline key find_key(std::string_view name) {
  constexpr auto first = index_by_length();
  if (name.size() + 1 >= first.size()) return key::none;
  for (std::size_t i = first[name.size()]; i < first[name.size() + 1]; ++i)
    if (key_names[i] == name) return static_cast<key>(i);
  return key::none;
}

enum class kind : std::uint8_t { absent, null, boolean, number, string, object, array };
inline std::string_view name_of(kind k) {
  constexpr std::array<std::string_view, 7> names{
      "absent", "null", "a boolean", "a number", "a string", "an object", "an array"};
  return names[static_cast<std::size_t>(k)];
}

/// What stands under a key. The text points into the line.
struct value {
  kind what = kind::absent;
  std::string_view text;
};

struct step_values {
  value rule, from, to, why;
};

struct string_stream {
  using Ch = char;
  std::string* out;
  void Put(char c) { *out += c; }
  void Flush() {}
};

class collector : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, collector> {
 public:
  collector(bool with_steps, std::string& spec)
      : with_steps_(with_steps), stream_{&spec}, spec_(stream_) {}

  // -- what was found -------------------------------------------------------------------
  const value& operator[](key k) const { return values_[static_cast<std::size_t>(k)]; }
  std::vector<std::pair<std::string_view, value>> metrics;
  std::vector<value> missing;
  std::vector<value> partial;
  std::vector<step_values> steps;
  bool too_deep() const { return too_deep_; }
  bool no_object() const { return no_object_; }

  void begin() {
    values_.fill({});  // of the line before, which is gone, nothing is left
    depth_ = 0;
    too_deep_ = no_object_ = false;
  }

  // -- what RapidJSON tells -------------------------------------------------------------
  bool Null() {
    return scalar({kind::null, "null"}, [&] { spec_.Null(); });
  }
  bool Bool(bool b) {
    return scalar({kind::boolean, b ? "true" : "false"}, [&] { spec_.Bool(b); });
  }
  bool RawNumber(const char* s, rapidjson::SizeType n, bool) {
    return scalar({kind::number, {s, n}},
                  [&] { spec_.RawValue(s, n, rapidjson::kNumberType); });
  }
  bool String(const char* s, rapidjson::SizeType n, bool) {
    return scalar({kind::string, {s, n}}, [&] { spec_.String(s, n); });
  }
  bool Key(const char* s, rapidjson::SizeType n, bool) {
    switch (stack_[depth_ - 1]) {
      case place::top:
      case place::data:
      case place::step:
        key_ = find_key({s, n});
        break;
      case place::metrics:
        metric_ = {s, n};
        break;
      case place::spec:
        spec_.Key(s, n);
        break;
      default:
        break;
    }
    return true;
  }
  bool StartObject() { return enter(kind::object); }
  bool EndObject(rapidjson::SizeType) {
    if (stack_[--depth_] == place::spec) spec_.EndObject();
    return true;
  }
  bool StartArray() { return enter(kind::array); }
  bool EndArray(rapidjson::SizeType) {
    if (stack_[--depth_] == place::spec) spec_.EndArray();
    return true;
  }

 private:
  enum class place : std::uint8_t {
    top,
    data,
    metrics,
    missing,
    partial,
    steps,
    step,
    spec,
    elsewhere
  };

  template <class Forward>
  bool scalar(value v, Forward to_spec) {
    no_object_ = depth_ == 0;
    if (no_object_) return false;
    const auto at = stack_[depth_ - 1];
    if (at == place::spec)
      to_spec();
    else
      note(at, v);
    return true;
  }

  /// A value that begins at this place; a container counts by its kind alone.
  void note(place at, value v) {
    switch (at) {
      case place::top:
        // The envelope's keys and those of the data are different words.
        if (is_envelope(key_)) set(v);
        break;
      case place::data:
        if (!is_envelope(key_)) set(v);
        break;
      case place::metrics:
        metrics.emplace_back(metric_, v);
        break;
      case place::missing:
        missing.push_back(v);
        break;
      case place::partial:
        partial.push_back(v);
        break;
      case place::steps:
        steps.emplace_back();
        break;
      case place::step:
        if (auto* slot = of_step(key_)) *slot = v;
        break;
      default:
        break;
    }
  }

  static bool is_envelope(key k) {
    return k == key::id || k == key::type || k == key::time || k == key::data ||
           k == key::source || k == key::specversion;
  }
  void set(value v) {
    if (key_ != key::none) values_[static_cast<std::size_t>(key_)] = v;
  }
  value* of_step(key k) {
    auto& s = steps.back();
    return k == key::rule   ? &s.rule
           : k == key::from ? &s.from
           : k == key::to   ? &s.to
           : k == key::why  ? &s.why
                            : nullptr;
  }

  bool enter(kind k) {
    too_deep_ = depth_ == stack_.size();
    no_object_ = depth_ == 0 && k != kind::object;
    if (too_deep_ || no_object_) return false;
    auto inside = place::top;
    if (depth_ > 0) {
      const auto at = stack_[depth_ - 1];
      note(at, {k, {}});
      inside = place_inside(at, k == kind::object);
    }
    if (inside == place::spec)
      k == kind::object ? spec_.StartObject() : spec_.StartArray();
    stack_[depth_++] = inside;
    return true;
  }

  place place_inside(place at, bool object) {
    if (at == place::spec) return place::spec;
    if (at == place::steps && object) return place::step;
    if (at == place::top && object && key_ == key::data) return place::data;
    if (at != place::data) return place::elsewhere;
    if (key_ == key::metrics && object) return metrics.clear(), place::metrics;
    if (key_ == key::missing && !object) return missing.clear(), place::missing;
    if (key_ == key::partial && !object) return partial.clear(), place::partial;
    if (key_ == key::steps && !object && with_steps_) return steps.clear(), place::steps;
    if (key_ != key::spec || !object) return place::elsewhere;
    stream_.out->clear();
    spec_.Reset(stream_);
    return place::spec;
  }

  const bool with_steps_;
  std::array<value, key_names.size()> values_{};
  std::array<place, bounds::json_depth_max> stack_{};
  std::size_t depth_ = 0;
  key key_ = key::none;
  std::string_view metric_;
  bool too_deep_ = false;
  bool no_object_ = false;
  string_stream stream_;
  rapidjson::Writer<string_stream> spec_;
};

}  // namespace scaleit::record
