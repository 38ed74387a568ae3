#include "spec/status_json.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "spec/json_slots.hpp"
#include "spec/refusal.hpp"
#include "spec/stated_error.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <utility>

namespace scaleit::spec {

namespace {

using value_kind = json_value::kind;

/// A whole number of replicas, or a string that holds one; 10.0 is one, too.
std::optional<int> replica_count(const json_value& v) {
  if (v.what != value_kind::number && v.what != value_kind::string) return {};
  const auto d = finite_number(v.text);
  if (!d || *d != std::floor(*d) || *d < 0 || *d > bounds::replicas_max) return {};
  return static_cast<int>(*d);
}

failure wrong_count(const std::string& pointer, const json_value& v) {
  return {failure_kind::schema, fmt::format("{}; accepted: a whole number from 0 to {}",
                                            described(pointer, v), bounds::replicas_max)};
}

std::optional<time_point> sample_time(const json_value& v) {
  if (v.what == value_kind::string)
    if (const auto t = parse_rfc3339(v.text)) return t;
  if (v.what != value_kind::number && v.what != value_kind::string) return {};
  const auto seconds = finite_number(v.text);
  if (!seconds || std::abs(*seconds) > 1e11) return {};
  return time_point{microseconds{std::llround(*seconds * 1e6)}};
}

}  // namespace

struct status_reader::pointers {
  std::string replicas, ready, observed_at;
  std::vector<std::pair<std::string, std::string>> metrics;  ///< name, pointer
  json_slots slots;  ///< replicas, ready, observedAt, then the metrics
};

status_reader::status_reader(const target_spec& spec) {
  auto p = std::make_unique<pointers>();
  // An empty optional pointer would mean the whole body; it gets a slot nothing fills.
  const auto optional = [&](const std::string& pointer) {
    pointer.empty() ? p->slots.add_nothing() : p->slots.add(pointer);
    return pointer;
  };
  p->slots.add(spec.status.replicas);
  p->replicas = spec.status.replicas;
  p->ready = optional(spec.status.ready);
  p->observed_at = optional(spec.status.observed_at);
  for (const auto& m : spec.metrics) {
    if (!m.url.empty()) continue;  // read elsewhere
    p->slots.add(m.value);
    p->metrics.emplace_back(m.name, m.value);
  }
  pointers_ = std::move(p);
}

status_reader::~status_reader() = default;
status_reader::status_reader(status_reader&&) noexcept = default;
status_reader& status_reader::operator=(status_reader&&) noexcept = default;

std::variant<observation, failure> status_reader::read(
    std::string& body, std::span<const header> sent) const {
  auto found = pointers_->slots.read(body);
  if (auto* wrong = std::get_if<failure>(&found)) return std::move(*wrong);
  const auto& slots = std::get<std::vector<json_value>>(found);
  observation seen;
  const auto replicas = replica_count(slots[0]);
  stated_error stated{body, sent};
  if (!replicas) {
    auto why = stated.in_place_of(slots[0], pointers_->replicas);
    return why ? failure{failure_kind::schema, std::move(*why)}
               : wrong_count(pointers_->replicas, slots[0]);
  }
  seen.replicas = *replicas;
  if (!pointers_->ready.empty()) {
    seen.ready = replica_count(slots[1]);
    if (!seen.ready) return wrong_count(pointers_->ready, slots[1]);
  }
  if (!pointers_->observed_at.empty()) {
    seen.observed_at = sample_time(slots[2]);
    if (!seen.observed_at)
      return failure{failure_kind::schema, described(pointers_->observed_at, slots[2]) +
                                               "; accepted: RFC 3339 or Unix seconds"};
  }
  for (std::size_t i = 0; i < pointers_->metrics.size(); ++i) {
    const auto& [name, pointer] = pointers_->metrics[i];
    const auto& slot = slots[3 + i];
    if (const auto v = metric_value(slot)) {
      seen.metrics.push_back({name, *v});
      continue;
    }
    auto why = stated.in_place_of(slot, pointer);
    seen.missing.push_back({name, why ? *why : no_metric_value(pointer, slot)});
  }
  return seen;
}

// -- metrics from elsewhere -----------------------------------------------

metric_reader::metric_reader(std::span<const metric_spec* const> metrics) {
  for (const auto* m : metrics) {
    slots_.add(m->value);
    metrics_.push_back({m->name, m->value, m->format == metric_format::prometheus});
  }
  prometheus_.add_to(slots_);
}

metric_reading metric_reader::read(http_response& answer,
                                   std::span<const header> sent) const {
  auto refused = refusal(answer, sent);
  if (refused && answer.error) return none(*refused);
  if (!refused)
    if (auto f = unreadable(answer)) return none(*f);
  auto found = slots_.read(answer.body);
  const auto* wrong = std::get_if<failure>(&found);
  if (wrong && !refused) return none(*wrong);
  std::vector<json_value> slots;
  if (!wrong) slots = std::get<std::vector<json_value>>(std::move(found));
  auto said = slots.empty() ? std::nullopt : prometheus_.of(slots).error();
  if (refused) return none(said ? refusal(answer, sent, *said) : *refused);
  if (said) said = without_sent(*said, sent);
  metric_reading seen;
  stated_error stated{answer.body, sent};
  const auto whole = prometheus_.of(slots);
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    const auto& m = metrics_[i];
    const auto* scalar = m.prometheus ? whole.scalar() : nullptr;
    const auto& slot = scalar ? *scalar : slots[i];
    const auto value = metric_value(slot);
    // An error that comes as a success is told whatever the format.
    auto complaint = said && (m.prometheus || !value) ? said
                     : m.prometheus                   ? whole.complaint()
                                                      : std::nullopt;
    if (!complaint && !value) complaint = stated.in_place_of(slot, m.pointer);
    if (!complaint && !value)
      complaint = no_metric_value(scalar ? "/data/result/1" : m.pointer, slot);
    if (complaint)
      seen.missing.push_back({m.name, std::move(*complaint)});
    else
      seen.found.push_back({m.name, *value, m.prometheus && whole.partial()});
  }
  return seen;
}

metric_reading metric_reader::none(const failure& f) const {
  metric_reading seen;
  for (const auto& m : metrics_)
    seen.missing.push_back(
        {m.name, fmt::format("{}: {}", to_string(f.kind), f.detail), f.kind});
  return seen;
}

}  // namespace scaleit::spec
