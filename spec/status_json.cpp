#include "spec/status_json.hpp"

#include "messages/bounds.hpp"
#include "spec/json_slots.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <utility>

namespace scaleit::spec {

namespace {

using kind = json_value::kind;

/// A whole number of replicas; 10.0 is one, "10" is not.
std::optional<int> replica_count(const json_value& v) {
  if (v.what != kind::number) return {};
  const auto d = finite_number(v.text);
  if (!d || *d != std::floor(*d) || *d < 0 || *d > bounds::replicas_max) return {};
  return static_cast<int>(*d);
}

failure wrong_count(const std::string& pointer, const json_value& v) {
  return {failure_kind::schema, fmt::format("{}; accepted: a whole number from 0 to {}",
                                            described(pointer, v), bounds::replicas_max)};
}

std::optional<time_point> sample_time(const json_value& v) {
  if (v.what == kind::string)
    if (const auto t = parse_rfc3339(v.text)) return t;
  if (v.what != kind::number && v.what != kind::string) return {};
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

std::variant<observation, failure> status_reader::read(std::string& body) const {
  auto found = pointers_->slots.read(body);
  if (auto* wrong = std::get_if<failure>(&found)) return std::move(*wrong);
  const auto& slots = std::get<std::vector<json_value>>(found);
  observation seen;
  const auto replicas = replica_count(slots[0]);
  if (!replicas) return wrong_count(pointers_->replicas, slots[0]);
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
    if (const auto v = metric_value(slots[3 + i]))
      seen.metrics.push_back({name, *v});
    else
      seen.missing.push_back({name, no_metric_value(pointer, slots[3 + i])});
  }
  return seen;
}

// -- metrics from elsewhere
// ---------------------------------------------------------------

metric_reader::metric_reader(std::span<const metric_spec* const> metrics) {
  for (const auto* m : metrics) {
    slots_.add(m->value);
    metrics_.emplace_back(m->name, m->value);
  }
}

metric_reading metric_reader::read(http_response& answer) const {
  if (auto f = refusal(answer)) return none(*f);
  auto found = slots_.read(answer.body);
  if (const auto* wrong = std::get_if<failure>(&found)) return none(*wrong);
  const auto& slots = std::get<std::vector<json_value>>(found);
  metric_reading seen;
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    const auto& [name, pointer] = metrics_[i];
    if (const auto v = metric_value(slots[i]))
      seen.found.push_back({name, *v});
    else
      seen.missing.push_back({name, no_metric_value(pointer, slots[i])});
  }
  return seen;
}

metric_reading metric_reader::none(const failure& f) const {
  metric_reading seen;
  for (const auto& m : metrics_)
    seen.missing.push_back(
        {m.first, fmt::format("{}: {}", to_string(f.kind), f.detail), f.kind});
  return seen;
}

std::optional<failure> refusal(const http_response& answer) {
  if (answer.error) return answer.error;
  if (answer.status >= 200 && answer.status <= 299) return {};
  return failure{failure_kind::http, fmt::format("answered {}", answer.status),
                 answer.status, answer.took};
}

}  // namespace scaleit::spec
