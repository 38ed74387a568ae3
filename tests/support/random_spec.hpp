// Any spec that is valid, by dice.
#pragma once

#include "tests/support/builders.hpp"

#include <chrono>
#include <random>
#include <string>

namespace scaleit::test {

using namespace std::chrono_literals;

class dice {
 public:
  explicit dice(unsigned seed) : engine_(seed) {}
  int whole(int min, int max) {
    return std::uniform_int_distribution<int>{min, max}(engine_);
  }
  double number(double min, double max) {
    return std::uniform_real_distribution<double>{min, max}(engine_);
  }
  bool coin() { return whole(0, 1) == 1; }
  microseconds time(microseconds min, microseconds max) {
    return microseconds{
        std::uniform_int_distribution<std::int64_t>{min.count(), max.count()}(engine_)};
  }
  template <class E>
  E one(int count) {
    return static_cast<E>(whole(0, count - 1));
  }

 private:
  std::mt19937 engine_;
};

inline scaling_rules any_rules(dice& d) {
  scaling_rules r;
  r.stabilization_window = std::chrono::seconds{d.whole(0, 3600)};
  r.select = d.one<select_policy>(3);
  for (int i = d.whole(1, 3); i > 0; --i)
    r.policies.push_back(
        {d.one<policy_type>(2), d.whole(1, 500), std::chrono::seconds{d.whole(1, 1800)}});
  return r;
}

inline void shake_rules_that_are_off(dice& d, policy_spec& p) {
  if (d.coin()) p.fallback = {d.whole(0, 9), d.whole(0, 99), d.one<fallback_behavior>(4)};
  if (d.coin())
    p.panic = {d.time(1s, 1h), d.number(1, 100), d.number(101, 900), d.number(2, 9),
               d.number(2, 9)};
  if (d.coin()) p.guard = {d.number(1, 99), d.time(1s, 1h), d.time(1s, 24h)};
  if (d.coin()) p.flap_budget = {d.whole(1, 100), d.time(1s, 24h)};
  if (d.coin())
    p.schedules = {{"0 8 * * 1-5", "Europe/Berlin", d.time(1min, 24h * 366), 3, {}},
                   {"*/5 * * * *", "UTC", d.time(1min, 1h), {}, 50}};
  if (d.coin()) {
    p.zero = zero_spec{{}, d.time(0s, 24h)};
    p.min_replicas = 0;
    if (d.coin()) p.zero->activation = {{"m0", d.number(0, 9)}};
  }
}

inline void shake(dice& d, target_spec& s) {
  s.min_replicas = d.whole(0, 50);
  s.max_replicas = d.whole(50, bounds::replicas_max);
  s.tolerance.up = d.number(0, 1);
  s.tolerance.down = d.coin() ? s.tolerance.up : d.number(0, 1);
  s.combine = {d.one<combine_kind>(3), {}};
  if (d.coin()) s.max_age = d.time(0s, 24h);
  if (d.coin()) s.warmup = d.time(0s, 24h);
  if (d.coin()) s.behavior.up = any_rules(d);
  if (d.coin()) s.behavior.down = any_rules(d);
  if (d.coin()) s.behavior = immediate_behavior();
  s.fallback.reset(), s.panic.reset(), s.guard.reset(), s.flap_budget.reset();
  s.zero.reset(), s.schedules.clear();
  shake_rules_that_are_off(d, s);
  if (!s.panic && d.coin()) s.combine = {combine_kind::expression, "m0 / 0.8"};
  s.mode = d.one<scaling_mode>(3);
  s.pause = {d.coin(), d.coin()};
  for (auto& m : s.metrics) {
    m.type = d.one<metric_type>(2);
    m.target = d.number(1e-9, 1e9);
  }
}

inline target_spec any_spec(dice& d, const std::string& name = "a.b-c") {
  auto s = app_spec(name);
  s.interval = milliseconds{d.whole(100, 3'600'000)};
  s.status.timeout = milliseconds{d.whole(1, 60'000)};
  if (d.coin()) s.status.push = true, s.status.url.clear();
  s.status.replicas = d.coin() ? "" : "/a~1b";
  if (d.coin()) s.status.ready = "/ready";
  if (d.coin()) s.status.observed_at = "/time";
  if (d.coin()) s.status.headers = {{"Authorization", "Bearer ${TOKEN}"}};
  if (d.coin())
    s.scale = {"https://x/y", scale_method::patch, "text/plain", "n=${replicas}", 1s, {}};
  s.metrics.clear();
  for (int i = d.whole(1, 4); i > 0; --i) {
    metric_spec m{"m" + std::to_string(s.metrics.size()),
                  d.coin() ? "" : "/\"\\\t\u00e4"};
    if (d.coin())
      m.url = "http://prom/q?a=b", m.headers = {{"X-Scope-OrgID", "7"}}, m.timeout = 9s;
    s.metrics.push_back(m);
  }
  shake(d, s);
  if (d.coin()) {
    auto shadow = s;
    shake(d, shadow);
    // What is merged over the live activation cannot forget it.
    if (shadow.zero && s.zero) shadow.zero->activation = s.zero->activation;
    s.shadow = {shadow};
  }
  return s;
}

}  // namespace scaleit::test
