#include "record/data_reader.hpp"

#include "messages/json_stream.hpp"
#include "policy/why.hpp"

namespace scaleit::record {

namespace {

using value_kind = tape_value::kind;

/// Writes what was read, as it was.
void write(json_writer& json, const std::vector<tape_value>& all, std::uint32_t i) {
  const auto& v = all[i];
  const auto size = static_cast<rapidjson::SizeType>(v.text.size());
  const bool object = v.is == value_kind::object;
  switch (v.is) {
    case value_kind::null:
    case value_kind::absent:
      json.Null();
      return;
    case value_kind::boolean:
      json.Bool(v.text == "true");
      return;
    case value_kind::number:
      json.RawValue(v.text.data(), size, rapidjson::kNumberType);
      return;
    case value_kind::string:
      json.String(v.text.data(), size);
      return;
    case value_kind::object:
    case value_kind::array:
      break;
  }
  object ? json.StartObject() : json.StartArray();
  for (auto j = i + 1; j < v.next; j = all[j].next) {
    if (object)
      json.Key(all[j].key.data(), static_cast<rapidjson::SizeType>(all[j].key.size()));
    write(json, all, j);
  }
  object ? json.EndObject() : json.EndArray();
}

}  // namespace

bool data_reader::whole_from_zero(const tape_value& v, std::uint64_t max,
                                  std::uint64_t& out) {
  if (v.is != value_kind::number) return false;
  if (whole_text(v.text, out)) return out <= max;
  double d = -1;
  if (!whole_text(v.text, d) || d != std::floor(d) || !(d >= 0) || d > 9e15) return false;
  out = static_cast<std::uint64_t>(d);
  return out <= max;
}

std::string data_reader::sentence(std::string_view name, const tape_value& v,
                                  std::string_view accepted) {
  const bool quotable = v.is == value_kind::string || v.is == value_kind::number;
  const std::string quote = v.is == value_kind::string ? "\"" : "";
  const auto seen =
      quotable ? quote + printable(v.text, 40) + quote + ", " + std::string{name_of(v.is)}
               : std::string{name_of(v.is)};
  return fmt::format("{} is {}; accepted: {}", printable(name, 60), seen, accepted);
}

void data_reader::kind(event_key k, failure_kind& out) {
  const auto& v = get(k);
  if (good() && v.has() && v.is != value_kind::string) return wrong(k, v, "a string");
  std::size_t n = 0;
  while (n < failure_kinds && to_string(static_cast<failure_kind>(n)) != v.text) ++n;
  // A kind that a newer version tells apart is a failure all the same.
  out = n == failure_kinds ? failure_kind::connect : static_cast<failure_kind>(n);
}

void data_reader::time(event_key k, std::optional<time_point>& out) {
  const auto& v = get(k);
  out.reset();
  if (!good() || !v.has()) return;
  double unix_seconds = 0;
  if (v.is == value_kind::string)
    out = parse_rfc3339(v.text);
  else if (v.is == value_kind::number && whole_text(v.text, unix_seconds) &&
           std::abs(unix_seconds) <= 1e11)
    out = time_point{microseconds{std::llround(unix_seconds * 1e6)}};
  if (!out) wrong(k, v, "RFC 3339, or Unix seconds");
}

void data_reader::spec(event_key k) {
  const auto& v = get(k);
  spec_.clear();
  if (!good()) return;
  if (v.is != value_kind::object) return wrong(k, v, "an object");
  string_stream stream{spec_};
  json_writer json{stream};
  write(json, tape_.values(), at_);
}

/// What is no number is missing, as it would be in a status.
void data_reader::metrics(event_key k, std::vector<metric_sample>& out) {
  const auto& v = get(k);
  std::size_t usable = 0;
  if (good() && v.has()) {
    if (v.is != value_kind::object) return wrong(k, v, "an object");
    for_each(tape_, at_, [&](std::uint32_t, const tape_value& m) {
      if (usable == out.size()) out.emplace_back();
      if (m.is != value_kind::number || !whole_text(m.text, out[usable].value)) return;
      out[usable].partial = false;
      out[usable++].name = m.key;
    });
  }
  out.resize(usable);
}

void data_reader::missing(event_key k, std::vector<missing_metric>& out) {
  const auto& v = get(k);
  std::size_t n = 0;
  if (good() && v.has()) {
    if (v.is != value_kind::array) return wrong(k, v, "an array of names");
    for_each(tape_, at_, [&](std::uint32_t, const tape_value& m) {
      if (m.is != value_kind::string && good()) wrong(k, m, "an array of names");
      if (n == out.size()) out.emplace_back();
      out[n++].name = m.text;
    });
  }
  out.resize(n);
}

void data_reader::partial(event_key k, std::vector<metric_sample>& out) {
  const auto& v = get(k);
  if (!good() || !v.has()) return;
  if (v.is != value_kind::array) return wrong(k, v, "an array of names");
  for_each(tape_, at_, [&](std::uint32_t, const tape_value& name) {
    for (auto& m : out) m.partial = m.partial || m.name == name.text;
  });
}

void data_reader::steps(event_key k, decision_made& out) {
  const auto& v = get(k);
  auto& d = out.made;
  d.steps.clear();
  d.told.clear();
  if (!good() || !v.has()) return;
  if (v.is != value_kind::array) return wrong(k, v, "an array");
  for_each(tape_, at_, [&](std::uint32_t at, const tape_value& s) {
    if (!good()) return;
    std::uint64_t from = 0, to = 0;
    tape_members of{tape_, at};
    const auto& rule = of[step_keys::rule.name];
    if (s.is != value_kind::object || rule.is != value_kind::string ||
        !whole_from_zero(of[step_keys::from.name], bounds::replicas_max, from) ||
        !whole_from_zero(of[step_keys::to.name], bounds::replicas_max, to)) {
      error_ = "data/steps: a step is not complete; accepted: rule, from, to, why";
      return;
    }
    const auto& why = of[step_keys::why.name];
    d.told.push_back({rule.text, why.is == value_kind::string ? why.text : ""});
    d.steps.push_back(
        {rule_of(rule.text), 0, static_cast<int>(from), static_cast<int>(to), {}});
  });
}

}  // namespace scaleit::record
