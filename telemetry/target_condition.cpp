#include "telemetry/target_condition.hpp"

#include <array>

namespace scaleit::telemetry {

namespace {

bool without_metrics(const status_observed* x) {
  return x != nullptr && x->seen.metrics.empty() && !x->seen.missing.empty();
}

}  // namespace

std::string_view name_of(target_health h) {
  constexpr std::array<std::string_view, target_healths> names{"unknown", "ok", "failing",
                                                               "down"};
  return names[static_cast<std::size_t>(h)];
}

std::optional<failure> poll_failure(const event& e) {
  if (const auto* x = e.as<status_failed>()) return x->what;
  const auto* x = e.as<status_observed>();
  if (!without_metrics(x)) return {};
  std::string why;
  for (const auto& m : x->seen.missing) why += (why.empty() ? "" : "; ") + m.why;
  return failure{x->seen.missing.front().failed.value_or(failure_kind::schema),
                 std::move(why)};
}

void target_condition::take(const event& e) {
  if (e.as<actor_crashed>()) {
    down_ = true;
  } else if (e.as<actor_restarted>()) {
    down_ = false;
  } else if (e.as<status_failed>() || without_metrics(e.as<status_observed>())) {
    polled_ = true;
    if (failures_++ == 0) failing_since_ = e.time;
  } else if (e.as<status_observed>()) {
    polled_ = true;
    failures_ = 0;
  }
}

target_health target_condition::health() const {
  if (down_) return target_health::down;
  if (failures_ > 0) return target_health::failing;
  return polled_ ? target_health::ok : target_health::unknown;
}

}  // namespace scaleit::telemetry
