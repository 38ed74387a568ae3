#include "simulation/application.hpp"

#include "messages/bounds.hpp"
#include "simulation/random.hpp"

#include <algorithm>
#include <cmath>

namespace scaleit::simulation {

namespace {

constexpr microseconds drift_step = std::chrono::minutes{1};
constexpr microseconds noise_step = std::chrono::seconds{1};

}  // namespace

std::optional<replica_change> application::advance(microseconds now) {
  while (!pending_.empty() && pending_.front().at <= now) {
    const auto next = pending_.front();
    pending_.erase(pending_.begin());
    if (next.to == replicas_) continue;
    const replica_change change{next.at, replicas_, next.to};
    replicas_ = next.to;
    return change;
  }
  return std::nullopt;
}

void application::set_replicas(int n, microseconds now) {
  const auto last = pending_.empty() ? replicas_ : pending_.back().to;
  if (n == last) return;
  // A flood of changes: the newest wish replaces the last one in the queue.
  if (pending_.size() == bounds::pending_changes_max)
    pending_.back().to = n;
  else
    pending_.push_back({now + settings_.startup, n});
}

double application::utilisation(microseconds now) const {
  const auto level = load(now) / (replicas_ * settings_.capacity);
  return std::max(0.0, level * (1 + disturbance(now)));
}

double application::disturbance(microseconds now) const {
  const auto goal = [this](std::int64_t i) {
    return between(-settings_.drift, settings_.drift, settings_.seed, stream::drift,
                   static_cast<std::uint64_t>(i));
  };
  const auto i = now / drift_step;
  const auto x = static_cast<double>((now % drift_step).count()) /
                 static_cast<double>(drift_step.count());
  const auto smooth = x * x * (3 - 2 * x);
  const auto drift = goal(i) + (goal(i + 1) - goal(i)) * smooth;
  const auto noise = between(-settings_.noise, settings_.noise, settings_.seed,
                             stream::noise, static_cast<std::uint64_t>(now / noise_step));
  return drift + noise;
}

application_settings one_of_many(application_settings s, std::uint64_t index) {
  if (index == 0) return s;
  const auto turn = unit(s.seed, stream::phase, index);
  s.phase += microseconds{
      static_cast<std::int64_t>(turn * static_cast<double>(s.load->period().count()))};
  s.seed = bits(s.seed, stream::application, index);
  return s;
}

}  // namespace scaleit::simulation
