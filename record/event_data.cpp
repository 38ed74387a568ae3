#include "record/event_parser.hpp"

namespace scaleit::record {

bool event_parser::data(recorded_event& e) {
  e.restated = false;
  switch (e.kind) {
    case event_kind::daemon_started:
      return started(e);
    case event_kind::daemon_stopped:
      return text(key::reason, e.reason);
    case event_kind::clock_stepped:
      return stepped(e);
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
      return change(e) && millis(key::took, e.took) && flag(key::seen, e.shown);
    case event_kind::scale_failed:
      return change(e) && failed(e.what) && flag(key::uncertain, e.uncertain);
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

bool event_parser::started(recorded_event& e) {
  std::uint64_t format = 1;
  if (has(key::format) &&
      !whole_from_zero(found[key::format], std::numeric_limits<int>::max(), format))
    return wrong(key::format, "a whole number");
  e.format = static_cast<int>(format);
  return text(key::version, e.version);
}

bool event_parser::new_spec(recorded_event& e) {
  if (found[key::spec].what != kind::object) return wrong(key::spec, "an object");
  e.restated =
      found[key::restated].what == kind::boolean && found[key::restated].text == "true";
  e.spec = spec;
  return true;
}

bool event_parser::observed(observation& o) {
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
    o.metrics[usable].partial = false;
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
  if (has(key::partial)) {
    if (found[key::partial].what != kind::array)
      return wrong(key::partial, "an array of names");
    for (const auto& v : found.partial)
      for (auto& m : o.metrics) m.partial = m.partial || m.name == v.text;
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

bool event_parser::failed(failure& f) {
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

bool event_parser::decided(recorded_event& e) {
  if (!count(key::current, e.current) || !count(key::desired, e.desired)) return false;
  e.recommended = e.desired;
  if (has(key::recommended) && !count(key::recommended, e.recommended)) return false;
  if (!flag(key::shadow, e.shadow)) return false;
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

bool event_parser::stepped(recorded_event& e) {
  double ms = 0;
  if (found[key::by].what != kind::number || !whole(found[key::by].text, ms) ||
      !(std::abs(ms) <= step_ms_max))
    return wrong(key::by, "milliseconds, at most 1e14");
  e.by = microseconds{std::llround(ms * 1000)};
  return true;
}

bool event_parser::restarted(recorded_event& e) {
  if (!whole_from_zero(found[key::restarts], id_max, e.restarts))
    return wrong(key::restarts, "a whole number");
  return text(key::actor, e.actor) && millis(key::after, e.after);
}

}  // namespace scaleit::record
