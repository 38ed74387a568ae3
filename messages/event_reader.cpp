#include "messages/event_reader.hpp"

#include "messages/event_collector.hpp"
#include "messages/text.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>

#include <charconv>
#include <cmath>
#include <limits>

namespace scaleit {

namespace {

using record::key;
using record::kind;
using record::value;

constexpr std::uint64_t id_max = std::numeric_limits<std::int64_t>::max();
constexpr double ms_max = 1e12;  ///< of a duration
constexpr std::string_view whole_number = "a whole number from 0 to 1000000";
static_assert(bounds::replicas_max == 1'000'000);

template <class T>
bool whole(std::string_view text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

/// `10`, and `10.0` of a writer that knows only one kind of number.
bool whole_from_zero(const value& v, std::uint64_t max, std::uint64_t& out) {
  if (v.what != kind::number) return false;
  if (whole(v.text, out)) return out <= max;
  double d = -1;
  if (!whole(v.text, d) || d != std::floor(d) || !(d >= 0) || d > 9e15) return false;
  out = static_cast<std::uint64_t>(d);
  return out <= max;
}

bool needs_target(event_kind k) {
  return k >= event_kind::target_added && k <= event_kind::scale_failed;
}

}  // namespace

struct event_reader::parser {
  explicit parser(steps s) : found(s == steps::read, spec) {}

  std::string spec;
  record::collector found;
  rapidjson::Reader json;
  std::string error;

  bool fail(std::string sentence) {
    error = std::move(sentence);
    return false;
  }
  bool wrong(std::string_view name, const value& v, std::string_view accepted) {
    const bool quotable = v.what == kind::string || v.what == kind::number;
    const std::string quote = v.what == kind::string ? "\"" : "";
    const auto seen = quotable ? quote + printable(v.text, 40) + quote + ", " +
                                     std::string{name_of(v.what)}
                               : std::string{name_of(v.what)};
    return fail(
        fmt::format("{} is {}; accepted: {}", printable(name, 60), seen, accepted));
  }
  bool wrong(key k, std::string_view accepted) {
    const auto name = record::key_names[static_cast<std::size_t>(k)];
    return wrong(fmt::format("data/{}", name), found[k], accepted);
  }
  /// null says no more than nothing.
  bool has(key k) const {
    return found[k].what != kind::absent && found[k].what != kind::null;
  }

  // -- fields of the data, by their type ------------------------------------------------
  bool count(key k, int& out) {
    std::uint64_t n = 0;
    if (!whole_from_zero(found[k], bounds::replicas_max, n))
      return wrong(k, whole_number);
    out = static_cast<int>(n);
    return true;
  }
  /// For people only: that it is not there costs nothing.
  bool text(key k, std::string_view& out) {
    out = {};
    if (!has(k)) return true;
    if (found[k].what != kind::string) return wrong(k, "a string");
    out = found[k].text;
    return true;
  }
  bool millis(key k, microseconds& out) {
    out = {};
    if (!has(k)) return true;
    double ms = -1;
    if (found[k].what != kind::number || !whole(found[k].text, ms) ||
        !(std::abs(ms) <= ms_max))
      return wrong(k, "milliseconds, at most 1e12");
    out = microseconds{std::llround(ms * 1000)};
    return true;
  }

  bool parse(char* line, std::size_t size);
  bool envelope(recorded_event& e);
  bool origin(recorded_event& e);
  bool data(recorded_event& e);
  bool started(recorded_event& e);
  bool new_spec(recorded_event& e);
  bool observed(observation& o);
  bool failed(failure& f);
  bool decided(recorded_event& e);
  bool restarted(recorded_event& e);
  bool change(recorded_event& e) {
    return count(key::from, e.from) && count(key::to, e.to);
  }
};

bool event_reader::parser::parse(char* line, std::size_t size) {
  // An in-situ stream ends at the first NUL, wherever that is.
  if (!is_text({line, size})) return fail("not JSON: not UTF-8, or a NUL byte");
  line[size] = '\0';
  found.begin();
  rapidjson::InsituStringStream stream{line};
  constexpr unsigned flags =
      rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
  const auto result = json.Parse<flags>(stream, found);
  if (!result.IsError()) return true;
  if (found.too_deep())
    return fail(fmt::format("nested deeper than {} levels", bounds::json_depth_max));
  if (found.no_object()) return fail("not a CloudEvent: no object");
  return fail(fmt::format("not JSON: {} (at byte {})",
                          rapidjson::GetParseError_En(result.Code()), result.Offset()));
}

// -- the envelope -----------------------------------------------------------------------

bool event_reader::parser::envelope(recorded_event& e) {
  const auto& version = found[key::specversion];
  if (version.what != kind::string || !version.text.starts_with("1."))
    return wrong("not a CloudEvent: specversion", version, "\"1.0\"");
  // Without an id the event is as good; what it cannot show is a gap.
  e.id = 0;
  if (const auto& id = found[key::id];
      id.what == kind::number && (!whole(id.text, e.id) || e.id > id_max))
    return wrong("id", id, "a whole number, as a string");
  else if (id.what == kind::string && (!whole(id.text, e.id) || e.id > id_max))
    e.id = 0;
  const auto& type = found[key::type];
  if (type.what != kind::string || type.text.empty())
    return wrong("not a CloudEvent: type", type, "a string");
  const auto& time = found[key::time];
  const auto when = time.what == kind::string ? parse_rfc3339(time.text) : std::nullopt;
  if (!when) return wrong("time", time, "RFC 3339");
  e.time = *when;
  e.type = type.text;
  e.kind = kind_of(type.text);
  return origin(e);
}

bool event_reader::parser::origin(recorded_event& e) {
  constexpr std::string_view targets = "/targets/";
  const auto& source = found[key::source];
  if (source.what != kind::string || source.text.empty())
    return wrong("not a CloudEvent: source", source, "a string");
  e.target = {};
  if (source.text.starts_with(targets) && source.text.size() > targets.size())
    e.target = source.text.substr(targets.size());
  else if (source.text != "/daemon")
    e.kind = event_kind::unknown;
  else if (needs_target(e.kind))
    return wrong("source", source, "/targets/NAME for this type");
  return true;
}

// -- the data ---------------------------------------------------------------------------

bool event_reader::parser::data(recorded_event& e) {
  switch (e.kind) {
    case event_kind::daemon_started:
      return started(e);
    case event_kind::daemon_stopped:
      return text(key::reason, e.reason);
    case event_kind::target_added:
    case event_kind::target_changed:
      return new_spec(e);
    case event_kind::status_observed:
      return observed(e.seen);
    case event_kind::status_failed:
      return failed(e.what);
    case event_kind::decision_made:
      return decided(e);
    case event_kind::scale_requested:
      return change(e);
    case event_kind::scale_applied:
      return change(e) && millis(key::took, e.took);
    case event_kind::scale_failed:
      return change(e) && failed(e.what);
    case event_kind::actor_crashed:
      return text(key::actor, e.actor) && text(key::reason, e.reason);
    case event_kind::actor_restarted:
      return restarted(e);
    case event_kind::target_removed:
    case event_kind::unknown:
      break;
  }
  return true;
}

bool event_reader::parser::started(recorded_event& e) {
  std::uint64_t format = 1;
  if (has(key::format) &&
      !whole_from_zero(found[key::format], std::numeric_limits<int>::max(), format))
    return wrong(key::format, "a whole number");
  e.format = static_cast<int>(format);
  return text(key::version, e.version);
}

bool event_reader::parser::new_spec(recorded_event& e) {
  if (found[key::spec].what != kind::object) return wrong(key::spec, "an object");
  e.spec = spec;
  return true;
}

bool event_reader::parser::observed(observation& o) {
  if (!count(key::replicas, o.replicas)) return false;
  o.ready.reset();
  if (int ready = 0; has(key::ready)) {
    if (!count(key::ready, ready)) return false;
    o.ready = ready;
  }
  if (has(key::metrics) && found[key::metrics].what != kind::object)
    return wrong(key::metrics, "an object");
  // What is no number is missing, as it would be in a status.
  std::size_t usable = 0;
  o.metrics.resize(has(key::metrics) ? found.metrics.size() : 0);
  for (std::size_t i = 0; i < o.metrics.size(); ++i) {
    const auto& [name, v] = found.metrics[i];
    if (v.what != kind::number || !whole(v.text, o.metrics[usable].value)) continue;
    o.metrics[usable++].name = name;
  }
  o.metrics.resize(usable);
  const bool some_missing = has(key::missing);
  if (some_missing && found[key::missing].what != kind::array)
    return wrong(key::missing, "an array of names");
  o.missing.resize(some_missing ? found.missing.size() : 0);
  for (std::size_t i = 0; i < o.missing.size(); ++i) {
    if (found.missing[i].what != kind::string)
      return wrong("data/missing", found.missing[i], "an array of names");
    o.missing[i].name = found.missing[i].text;
  }
  o.observed_at.reset();
  if (has(key::observed_at)) {
    const auto& at = found[key::observed_at];
    double unix_seconds = 0;
    if (at.what == kind::string)
      o.observed_at = parse_rfc3339(at.text);
    else if (at.what == kind::number && whole(at.text, unix_seconds) &&
             std::abs(unix_seconds) <= 1e11)
      o.observed_at = time_point{microseconds{std::llround(unix_seconds * 1e6)}};
    if (!o.observed_at) return wrong(key::observed_at, "RFC 3339, or Unix seconds");
  }
  return millis(key::took, o.took);
}

bool event_reader::parser::failed(failure& f) {
  const auto& word = found[key::error];
  std::size_t n = 0;
  while (n < failure_kinds && to_string(static_cast<failure_kind>(n)) != word.text) ++n;
  if (has(key::error) && word.what != kind::string) return wrong(key::error, "a string");
  // A kind that a newer version tells apart is a failure all the same.
  f.kind = n == failure_kinds ? failure_kind::connect : static_cast<failure_kind>(n);
  std::string_view detail;
  if (!text(key::detail, detail)) return false;
  f.detail = detail;
  f.http_status = 0;
  if (has(key::http_status) && !count(key::http_status, f.http_status)) return false;
  return millis(key::took, f.took);
}

bool event_reader::parser::decided(recorded_event& e) {
  if (!count(key::current, e.current) || !count(key::desired, e.desired)) return false;
  e.recommended = e.desired;
  if (has(key::recommended) && !count(key::recommended, e.recommended)) return false;
  const auto& shadow = found[key::shadow];
  if (has(key::shadow) && shadow.what != kind::boolean)
    return wrong(key::shadow, "true or false");
  e.shadow = shadow.what == kind::boolean && shadow.text == "true";
  if (has(key::steps) && found[key::steps].what != kind::array)
    return wrong(key::steps, "an array");
  e.steps.clear();
  if (!has(key::steps)) return true;
  for (const auto& s : found.steps) {
    std::uint64_t from = 0, to = 0;
    if (s.rule.what != kind::string ||
        !whole_from_zero(s.from, bounds::replicas_max, from) ||
        !whole_from_zero(s.to, bounds::replicas_max, to))
      return fail("data/steps: a step is not complete; accepted: rule, from, to, why");
    const auto words = s.why.what == kind::string ? s.why.text : std::string_view{};
    e.steps.push_back({s.rule.text, static_cast<int>(from), static_cast<int>(to), words});
  }
  return true;
}

bool event_reader::parser::restarted(recorded_event& e) {
  if (!whole_from_zero(found[key::restarts], id_max, e.restarts))
    return wrong(key::restarts, "a whole number");
  return text(key::actor, e.actor) && millis(key::after, e.after);
}

// -- the reader -------------------------------------------------------------------------

event_reader::event_reader(steps s) : parser_(std::make_unique<parser>(s)) {}
event_reader::~event_reader() = default;
event_reader::event_reader(event_reader&&) noexcept = default;
event_reader& event_reader::operator=(event_reader&&) noexcept = default;
const std::string& event_reader::error() const { return parser_->error; }

bool event_reader::read(char* line, std::size_t size, recorded_event& out) {
  return parser_->parse(line, size) && parser_->envelope(out) && parser_->data(out);
}

}  // namespace scaleit
