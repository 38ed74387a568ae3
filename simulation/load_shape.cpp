#include "simulation/load_shape.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace scaleit::simulation {

namespace {

/// How far into its period a time is.
microseconds within(microseconds elapsed, microseconds period) {
  return elapsed % period;
}

double load_at(const flat_load& x, microseconds) { return x.rate; }

double load_at(const sine_load& x, microseconds t) {
  const auto turn = static_cast<double>(within(t, x.period).count()) /
                    static_cast<double>(x.period.count());
  return std::max(0.0, x.mean + x.amplitude * std::sin(2 * std::numbers::pi * turn));
}

double load_at(const steps_load& x, microseconds t) {
  const auto step = static_cast<int>(within(t, 2 * x.count * x.every) / x.every);
  const auto height = step <= x.count ? step : 2 * x.count - step;
  return x.low + (x.high - x.low) * height / x.count;
}

double load_at(const spikes_load& x, microseconds t) {
  return within(t, x.every) >= x.every - x.width ? x.peak : x.base;
}

double load_at(const trace_load& x, microseconds t) {
  const auto length = static_cast<double>(x.rows->length().count());
  const auto at = std::fmod(static_cast<double>(t.count()) * x.speed, length);
  return x.rows->at(microseconds{static_cast<std::int64_t>(at)}) * x.scale;
}

microseconds period_of(const flat_load&) { return microseconds{0}; }
microseconds period_of(const sine_load& x) { return x.period; }
microseconds period_of(const steps_load& x) { return 2 * x.count * x.every; }
microseconds period_of(const spikes_load& x) { return x.every; }
microseconds period_of(const trace_load& x) {
  return microseconds{
      static_cast<std::int64_t>(static_cast<double>(x.rows->length().count()) / x.speed)};
}

}  // namespace

double load_shape::at(microseconds elapsed) const {
  const auto t = std::max(elapsed, microseconds{0});
  return std::visit([t](const auto& x) { return load_at(x, t); }, kind_);
}

microseconds load_shape::period() const {
  return std::visit([](const auto& x) { return period_of(x); }, kind_);
}

}  // namespace scaleit::simulation
