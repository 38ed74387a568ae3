#include "main/target_view.hpp"

#include "messages/text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace scaleit::main {

using kind = spec::document::kind;

namespace {

constexpr std::size_t text_bytes_max = 500;
const spec::document nothing{kind::null, {}};

const spec::document& at(const spec::document& map, std::string_view key) {
  const auto* e = map.find(key);
  return e == nullptr ? nothing : *e->value;
}

std::string text(const spec::document& map, std::string_view key) {
  const auto& d = at(map, key);
  if (d.is != kind::text && d.is != kind::number) return {};
  return printable(d.scalar, text_bytes_max);
}

std::optional<double> number(const spec::document& d) {
  return d.is == kind::number ? finite_number(d.scalar) : std::nullopt;
}

std::optional<int> whole(const spec::document& map, std::string_view key) {
  const auto n = number(at(map, key));
  if (!n || *n < 0 || *n > 1e9) return {};
  return static_cast<int>(*n);
}

bool is_true(const spec::document& map, std::string_view key) {
  return at(map, key).is == kind::boolean && at(map, key).scalar == "true";
}

/// Those of the spec, in its order, each with its value if there is one.
std::vector<metric_view> metrics_of(const spec::document& spec,
                                    const spec::document& values) {
  std::vector<metric_view> all;
  for (const auto& m : at(spec, "metrics").items) {
    metric_view v;
    v.name = text(*m, "name");
    v.target = number(at(*m, "target"));
    v.average = at(*m, "type").scalar == "AverageValue";
    if (const auto* e = values.find(at(*m, "name").scalar)) v.value = number(*e->value);
    all.push_back(std::move(v));
  }
  return all;
}

std::string number_text(std::optional<int> n) { return n ? std::to_string(*n) : "-"; }

/// What a scale of one replica would show.
std::optional<double> shown_value(const target_view& t, const metric_view& m) {
  if (!m.value || !m.average) return m.value;
  const auto among = t.ready.value_or(t.replicas.value_or(0));
  if (among <= 0) return {};
  return *m.value / among;
}

}  // namespace

std::optional<double> target_view::ratio(const metric_view& m) const {
  const auto value = shown_value(*this, m);
  if (!value || !m.target || *m.target <= 0) return {};
  return *value / *m.target;
}

const metric_view* target_view::leading() const {
  const metric_view* most = nullptr;
  double highest = -1;
  for (const auto& m : metrics)
    if (const auto r = ratio(m); r && *r > highest) most = &m, highest = *r;
  return most != nullptr || metrics.empty() ? most : &metrics.front();
}

target_view view_of(const spec::document& target) {
  const auto& spec = at(target, "spec");
  const auto& status = at(target, "status");
  target_view t;
  t.name = text(target, "name");
  t.origin = text(target, "origin");
  t.revision = text(target, "revision");
  t.mode = text(spec, "mode");
  t.health = text(status, "health");
  t.direction = text(status, "direction");
  t.why = text(status, "why");
  t.observed_at = text(status, "observedAt");
  t.decided_at = text(status, "decidedAt");
  t.applied_at = text(status, "appliedAt");
  t.replicas = whole(status, "replicas");
  t.ready = whole(status, "ready");
  t.desired = whole(status, "desired");
  t.recommended = whole(status, "recommended");
  t.metrics = metrics_of(spec, at(status, "metrics"));
  if (const auto& f = at(status, "failure"); f.is == kind::map)
    t.failure = {text(f, "error"), text(f, "detail"), text(f, "since"), text(f, "count")};
  t.held_in = is_true(at(status, "paused"), "scaleIn");
  t.held_out = is_true(at(status, "paused"), "scaleOut");
  const auto& kept = status.find("kept") != nullptr ? status : target;
  t.kept = at(kept, "kept").scalar != "false";
  return t;
}

std::string metric_cell(const target_view& t, const metric_view& m) {
  const auto value = shown_value(t, m);
  const auto shown = value ? format_value(*value) : std::string{"-"};
  return m.target ? shown + "/" + format_value(*m.target) : shown;
}

std::string hold_of(const target_view& t) {
  if (t.held_in && t.held_out) return "paused";
  if (t.held_in) return "no scale-in";
  if (t.held_out) return "no scale-out";
  if (t.mode == "Paused") return "paused by its spec";
  if (t.mode == "DryRun") return "dry run";
  return {};
}

std::string why_of(const target_view& t) {
  auto hold = hold_of(t);
  const auto why = t.failure ? t.failure->detail : t.why_without_name();
  if (!hold.empty() && !why.empty()) hold += ": ";
  return hold + why;
}

std::string target_view::why_without_name() const {
  std::string_view rest = why;
  if (name.empty() || !rest.starts_with(name)) return why;
  rest.remove_prefix(name.size());
  for (const std::string_view between : {": ", " "})
    if (rest.starts_with(between)) return std::string{rest.substr(between.size())};
  return why;
}

std::string details_of(const target_view& t) {
  std::string out = t.name + "\n";
  const auto line = [&out](std::string_view title, const std::string& value) {
    if (!value.empty()) out += fmt::format("{:<10}{}\n", title, value);
  };
  line("origin", t.origin + (t.revision.empty() ? "" : ", revision " + t.revision));
  auto health = t.health;
  if (const auto& f = t.failure) {
    health += fmt::format(": {}: {}", f->error, f->detail);
    if (!f->count.empty()) health += fmt::format(" ({} since {})", f->count, f->since);
  }
  line("health", health);
  line("replicas", number_text(t.replicas) +
                       (t.ready ? fmt::format(", {} ready", *t.ready) : "") +
                       (t.desired ? fmt::format(", desired {}", *t.desired) : "") +
                       (t.recommended && t.recommended != t.desired
                            ? fmt::format(", recommended {}", *t.recommended)
                            : ""));
  for (const auto& m : t.metrics)
    line(m.name + " ",
         (m.value ? format_value(*m.value) : "unknown") +
             (m.target ? fmt::format(" (target {}{})", format_value(*m.target),
                                     m.average ? " per replica" : "")
                       : ""));
  line("why", t.why_without_name());
  line("hold", hold_of(t));
  line("observed", t.observed_at);
  line("decided", t.decided_at);
  line("applied", t.applied_at);
  if (!t.kept) line("kept", "no: it will not outlive a restart of the daemon");
  return out;
}

}  // namespace scaleit::main
