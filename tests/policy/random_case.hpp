// Random specs and random weather for the properties of the policy. Values come in round
// steps, so that boundaries (exactly at the tolerance, exactly one window old) are met
// often, not never.
#pragma once

#include "messages/observation.hpp"
#include "messages/target_spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>

namespace scaleit::test {

class random_case {
 public:
  explicit random_case(std::uint64_t seed) : random_(seed) {}

  int number(int low, int high) {
    return std::uniform_int_distribution<int>{low, high}(random_);
  }
  bool one_in(int n) { return number(1, n) == 1; }
  microseconds secs(int low, int high) { return std::chrono::seconds{number(low, high)}; }

  target_spec spec() {
    target_spec s;
    s.name = "app";
    const int metrics = one_in(2) ? 1 : number(2, 3);
    for (int i = 0; i < metrics; ++i) {
      metric_spec m;
      m.name = std::string(1, static_cast<char>('a' + i));
      m.value = "/" + m.name;
      m.type = one_in(2) ? metric_type::value : metric_type::average_value;
      m.target = number(1, 20) * (one_in(2) ? 0.1 : 5);
      s.metrics.push_back(m);
    }
    s.min_replicas = one_in(3) ? 0 : number(1, 6);
    s.max_replicas = s.min_replicas + number(1, 60);
    s.tolerance = {number(0, 4) * 0.05, number(0, 4) * 0.05};
    const int combine = number(1, 6);
    s.combine.kind = combine == 1   ? combine_kind::min
                     : combine == 2 ? combine_kind::average
                                    : combine_kind::max;
    s.behavior.up = rules(true);
    s.behavior.down = rules(false);
    if (combine == 3) s.combine = expression(s);
    if (one_in(4)) s.max_age = secs(5, 30);
    if (one_in(4)) s.warmup = secs(5, 90);
    if (one_in(3))
      s.fallback = {number(0, 3), number(0, 30),
                    static_cast<fallback_behavior>(number(0, 3))};
    if (one_in(4) && s.combine.kind != combine_kind::expression) {
      s.panic = panic_spec{};
      s.panic->stable_window = secs(10, 120);
      s.panic->window_percent = number(5, 50);
      s.panic->threshold_percent = number(110, 300);
      s.panic->max_scale_up_rate = number(11, 100) / 10.0;
      s.panic->max_scale_down_rate = number(11, 40) / 10.0;
    }
    if (one_in(4)) s.guard = {number(10, 90) * 1.0, secs(5, 120), secs(5, 300)};
    if (one_in(4)) s.flap_budget = {number(1, 3), secs(30, 600)};
    if (one_in(4)) s.schedules.push_back(schedule());
    if (one_in(8)) s.schedules.push_back(schedule());
    if (one_in(3)) {
      s.zero = zero_spec{{}, secs(0, 120)};
      for (const auto& m : s.metrics)
        if (one_in(2) || s.zero->activation.empty())
          s.zero->activation.emplace_back(m.name, number(0, 2) * 1.0);
    }
    if (one_in(10)) s.mode = static_cast<scaling_mode>(number(0, 2));
    if (one_in(10)) s.pause = {one_in(2), one_in(2)};
    return s;
  }

  /// What the last spec's expression says, computed here.
  std::function<double(const std::map<std::string, double>&)> expression_says;

  observation seen(const target_spec& spec, int replicas, time_point now) {
    observation o;
    o.replicas = replicas;
    if (one_in(4)) o.ready = number(0, replicas + 1);
    if (one_in(6)) o.observed_at = now - secs(0, 40);
    for (const auto& m : spec.metrics) {
      if (one_in(15)) continue;
      // Near the target most of the time, far away or nothing at all now and then.
      double ratio = number(70, 130) / 100.0;
      if (one_in(5)) ratio = number(0, 400) / 100.0;
      if (one_in(10)) ratio = 0;
      const bool total = m.type == metric_type::average_value;
      double value = m.target * ratio * (total ? std::max(1, replicas) : 1);
      if (one_in(60)) value = -1;
      o.metrics.push_back({m.name, value});
    }
    return o;
  }

 private:
  /// An expression of the first and the last metric; numbers are written so that they are
  /// read back.
  combine_spec expression(const target_spec& s) {
    const auto a = s.metrics.front(), b = s.metrics.back();
    const auto share = [](const metric_spec& m) {
      return m.name + " / " + fmt::format("{:.17g}", m.target);
    };
    const auto most = "max(" + share(a) + ", " + share(b) + ")";
    switch (number(1, 4)) {
      case 1:
        expression_says = [a](const auto& v) { return v.at(a.name) / a.target; };
        return {combine_kind::expression, share(a)};
      case 2:
        expression_says = [a, b](const auto& v) {
          return std::max(v.at(a.name) / a.target, v.at(b.name) / b.target);
        };
        return {combine_kind::expression, most};
      case 3:
        expression_says = [a, b](const auto& v) {
          const double x = v.at(a.name) / a.target, y = v.at(b.name) / b.target;
          return x > 1 && y > 1 ? std::max(x, y) : 1;
        };
        return {combine_kind::expression,
                share(a) + " > 1 && " + share(b) + " > 1 ? " + most + " : 1"};
      default:  // below 0 half of the time, which is no ratio
        expression_says = [a, b](const auto& v) {
          return v.at(a.name) / a.target - v.at(b.name) / b.target / 2;
        };
        return {combine_kind::expression, share(a) + " - " + share(b) + " / 2"};
    }
  }

  scaling_rules rules(bool up) {
    scaling_rules r;
    if (one_in(4)) return immediate_behavior().up;
    const int seconds[] = {0, 5, 30, 60, 300};
    r.stabilization_window = std::chrono::seconds{seconds[number(0, up ? 2 : 4)]};
    r.select = one_in(12)  ? select_policy::disabled
               : one_in(3) ? select_policy::min
                           : select_policy::max;
    for (int i = number(1, 3); i > 0; --i)
      r.policies.push_back({one_in(2) ? policy_type::pods : policy_type::percent,
                            number(1, one_in(2) ? 10 : 150),
                            std::chrono::seconds{number(1, 12) * 5}});
    return r;
  }

  schedule_spec schedule() {
    schedule_spec s;
    s.cron = one_in(2) ? "*/10 * * * *" : std::to_string(number(0, 59)) + " * * * *";
    s.timezone = one_in(2) ? "UTC" : "Europe/Berlin";
    s.duration = std::chrono::minutes{number(1, 15)};
    if (!one_in(3)) s.min_replicas = number(0, 20);
    if (!s.min_replicas || one_in(3)) s.max_replicas = number(1, 30);
    return s;
  }

  std::mt19937_64 random_;
};

}  // namespace scaleit::test
