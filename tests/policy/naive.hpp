// The policy once more, as plainly as it can be said: whole histories in lists, every
// window walked through, nothing kept that could be computed. Slow, and written from the
// text of the rules rather than from the code, so that the two can be compared.
#pragma once

#include "messages/observation.hpp"
#include "messages/target_spec.hpp"
#include "policy/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace scaleit::test {

class naive_policy {
 public:
  explicit naive_policy(target_spec s) : spec(std::move(s)) {}

  struct answer {
    int recommended = 0;
    int desired = 0;
    bool operator==(const answer&) const = default;
  };

  answer observed(const observation& seen, time_point now) {
    watch(seen, now);
    return finish(combined(now), now, true);
  }

  /// A reading that nobody decided on: it was measured all the same.
  void watch(const observation& seen, time_point now) {
    failures = 0;
    current = seen.replicas;
    is_fresh = !(spec.max_age.count() > 0 && seen.observed_at &&
                 now - *seen.observed_at > spec.max_age);
    serving = seen.ready ? *seen.ready : std::max(0, current - warming(now));
    values.clear();
    for (const auto& m : spec.metrics)
      if (const auto* s = seen.find(m.name);
          s && is_fresh && std::isfinite(s->value) && s->value >= 0)
        values[m.name] = s->value;
    for (const auto& m : spec.metrics)
      if (values.count(m.name))
        loads[m.name].push_back({now, m.type == metric_type::value
                                          ? values[m.name] * std::max(1, serving)
                                          : values[m.name]});
    watch_panic(now, seen.ready.has_value());
    watch_guard(now);
    watch_idle(now);
  }

  void watch_failure() { ++failures; }

  std::optional<answer> failed(time_point now) {
    watch_failure();
    const auto& f = spec.fallback;
    if (!current_known()) return {};
    if (!f || failures <= f->failure_threshold) {
      const auto before = wishes;
      const auto held = finish(current, now, false);
      wishes = before;  // to hold is no wish
      return held;
    }
    int to = f->replicas;
    if (f->behavior == fallback_behavior::current_replicas) to = current;
    if (f->behavior == fallback_behavior::current_replicas_if_higher)
      to = std::max(to, current);
    if (f->behavior == fallback_behavior::current_replicas_if_lower)
      to = std::min(to, current);
    return finish(to, now, false);
  }

  void applied(int from, int to, time_point at) {
    current = to;
    if (from != to) scaled.push_back({at, to - from});
  }

  target_spec spec;
  /// What the spec's expression says, if it has one.
  std::function<double(const std::map<std::string, double>&)> expression_says;

 private:
  struct scaling {
    time_point at;
    int by;
  };
  struct wish {
    time_point at;
    int count;
  };

  static int up_to(double x) {  // ceil, but what is almost whole is whole
    if (x >= bounds::replicas_max) return bounds::replicas_max;
    const double whole = std::round(x);
    return static_cast<int>(
        std::abs(x - whole) <= 1e-9 * std::max(1.0, x) ? whole : std::ceil(x));
  }
  static int down_to(double x) {
    const double whole = std::round(x);
    return static_cast<int>(
        std::abs(x - whole) <= 1e-9 * std::max(1.0, x) ? whole : std::floor(x));
  }
  bool current_known() const { return current >= 0; }
  bool tolerated(double ratio) const {
    return ratio >= 1 - spec.tolerance.down - 1e-9 &&
           ratio <= 1 + spec.tolerance.up + 1e-9;
  }
  int warming(time_point now) const {
    int added = 0;
    for (const auto& s : scaled)
      if (s.by > 0 && now - s.at < spec.warmup) added += s.by;
    return added;
  }
  double mean(const std::string& name, time_point now, microseconds window) const {
    double sum = 0;
    int n = 0;
    for (const auto& [at, load] : loads.at(name))
      if (at > now - window) sum += load, ++n;
    return sum / n;
  }

  // -- section 1 and 4 ----------------------------------------------------
  int formula(const metric_spec& m) const {
    const double value = values.at(m.name);
    if (current == 0) return up_to(value / m.target);
    if (m.type == metric_type::average_value)
      return tolerated(value / (m.target * current)) ? current : up_to(value / m.target);
    const double ratio = value / m.target;
    if (tolerated(ratio)) return current;
    if (serving >= current) return up_to(current * ratio);
    if (ratio < 1) return std::min(current, up_to(serving * ratio));
    const double lower = ratio * serving / current;
    return lower < 1 || tolerated(lower) ? current : up_to(current * lower);
  }

  void watch_panic(time_point now, bool) {
    if (!spec.panic) return;
    const int ready = std::max(1, serving);
    for (const auto& m : spec.metrics) {
      if (!values.count(m.name)) continue;
      auto& p = panics[m.name];
      const int calm = up_to(mean(m.name, now, spec.panic->stable_window) / m.target);
      const int burst = up_to(mean(m.name, now, spec.panic->panic_window()) / m.target);
      const auto clamped = [&](int n) {
        return std::min(std::max(n, down_to(ready / spec.panic->max_scale_down_rate)),
                        up_to(spec.panic->max_scale_up_rate * ready));
      };
      if (static_cast<double>(burst) / ready >= spec.panic->threshold_percent / 100)
        p.last = now;
      else if (p.last && now - *p.last > spec.panic->stable_window)
        p = {};
      p.wish = clamped(calm);
      if (p.last)
        p.wish = p.highest = std::max({p.highest, clamped(calm), clamped(burst)});
    }
  }

  // -- section 2 and 3 ----------------------------------------------------
  int combined(time_point) const {
    std::vector<int> asked;
    for (const auto& m : spec.metrics)
      if (values.count(m.name))
        asked.push_back(spec.panic ? panics.at(m.name).wish : formula(m));
    const bool missing = asked.size() < spec.metrics.size();
    if (asked.empty()) return current;
    if (missing && spec.combine.kind != combine_kind::max) return current;
    if (spec.combine.kind == combine_kind::expression) {
      const double r = expression_says(values);
      const bool holds = !std::isfinite(r) || r < 0 || tolerated(r);
      return holds ? current : up_to(current * r);
    }
    if (spec.combine.kind == combine_kind::min)
      return *std::min_element(asked.begin(), asked.end());
    if (spec.combine.kind == combine_kind::average) {
      double sum = 0;
      for (const int w : asked) sum += w;
      return up_to(sum / static_cast<double>(asked.size()));
    }
    const int most = *std::max_element(asked.begin(), asked.end());
    return missing ? std::max(most, current) : most;
  }

  // -- section 5 to 11 ----------------------------------------------------
  answer finish(int recommended, time_point now, bool with_metrics) {
    answer a{recommended, recommended};
    if (current == 0 && spec.min_replicas > 0) {
      a.desired = 0;
    } else {
      a.desired = stabilized(recommended, now);
      const bool held = guarded(now) || flapping(now);
      if (guarded(now)) a.desired = std::max(a.desired, current);
      a.desired = rated(a.desired, now);
      if (flapping(now)) a.desired = std::max(a.desired, current);
      if (with_metrics) a.desired = zeroed(a.desired, now, held);
      a.desired = bounded(a.desired, now);
    }
    wishes.push_back({now, recommended});
    if (spec.mode == scaling_mode::paused) a.desired = current;
    if (spec.pause.scale_in) a.desired = std::max(a.desired, current);
    if (spec.pause.scale_out) a.desired = std::min(a.desired, current);
    return a;
  }

  int stabilized(int number, time_point now) {
    if (wishes.empty()) wishes.push_back({now, current});
    int up = number, down = number;
    for (const auto& w : wishes) {
      if (w.at > now - spec.behavior.up.stabilization_window) up = std::min(up, w.count);
      if (w.at > now - spec.behavior.down.stabilization_window)
        down = std::max(down, w.count);
    }
    if (current < up) return up;
    return current > down ? down : current;
  }

  void watch_guard(time_point now) {
    if (!spec.guard) return;
    const double kept = 100 - spec.guard->drop_percent;
    for (const auto& m : spec.metrics) {
      if (!values.count(m.name)) continue;
      auto& g = guards[m.name];
      const double load = loads[m.name].back().second;
      double peak = 0;
      for (const auto& [at, x] : loads[m.name])
        if (at > now - spec.guard->within) peak = std::max(peak, x);
      if (g.since && (now - *g.since >= spec.guard->hold ||
                      load * 100 > kept * g.before * (1 + 1e-9)))
        g.since.reset();
      if (!g.since && load * 100 < kept * peak * (1 - 1e-9)) g = {now, peak};
    }
  }
  bool guarded(time_point now) const {
    for (const auto& [name, g] : guards)
      if (g.since && now - *g.since < spec.guard->hold) return true;
    return false;
  }

  int rated(int number, time_point now) const {
    if (number == current) return number;
    const bool up = number > current;
    const auto& rules = up ? spec.behavior.up : spec.behavior.down;
    if (rules.select == select_policy::disabled) return current;
    std::vector<std::int64_t> limits;
    for (const auto& p : rules.policies) {
      std::int64_t start = current;
      for (const auto& s : scaled)
        if (s.at > now - p.period) start -= s.by;
      const double share = 1 + (up ? 1 : -1) * p.value / 100.0;
      if (p.type == policy_type::pods)
        limits.push_back(start + (up ? p.value : -p.value));
      else
        limits.push_back(
            share * static_cast<double>(start) < 0
                ? std::llround(std::trunc(share * static_cast<double>(start)))
            : up ? up_to(share * static_cast<double>(start))
                 : down_to(share * static_cast<double>(start)));
    }
    const auto [least, most] = std::minmax_element(limits.begin(), limits.end());
    const bool farthest = rules.select == select_policy::max;
    if (up) {
      const auto limit = std::max<std::int64_t>(current, farthest ? *most : *least);
      return static_cast<int>(std::min<std::int64_t>(number, limit));
    }
    const auto limit = std::min<std::int64_t>(current, farthest ? *least : *most);
    return static_cast<int>(std::max<std::int64_t>(number, limit));
  }

  bool flapping(time_point now) const {
    if (!spec.flap_budget || scaled.empty() || scaled.back().by < 0) return false;
    int reversals = 0;
    for (std::size_t i = 1; i < scaled.size(); ++i)
      if ((scaled[i].by > 0) != (scaled[i - 1].by > 0) &&
          scaled[i].at > now - spec.flap_budget->period)
        ++reversals;
    return reversals >= spec.flap_budget->reversals;
  }

  /// Above its activation value; nothing when that is not known.
  std::optional<bool> active() const {
    bool known = true;
    for (const auto& [name, level] : spec.zero->activation) {
      const auto v = values.find(name);
      if (v == values.end())
        known = false;
      else if (v->second > level)
        return true;
    }
    return known ? std::optional{false} : std::nullopt;
  }
  void watch_idle(time_point now) {
    if (!spec.zero || !is_fresh) return;
    const auto is = active();
    if (is == true) idle.reset();
    if (is == false && !idle) idle = now;
  }
  int zeroed(int number, time_point now, bool held) const {
    if (!spec.zero || spec.min_replicas > 0) return number;
    if (current == 0) return active() == true ? std::max(1, number) : 0;
    const bool over = values.size() == spec.metrics.size() && active() == false && idle &&
                      now - *idle >= spec.zero->cooldown;
    return over && !held ? 0 : std::max(1, number);
  }

  int bounded(int number, time_point now) const {
    const auto s = policy::schedules_at(spec.schedules, now);
    const int floor =
        std::min(std::max(spec.min_replicas, s.floor.value_or(0)), spec.max_replicas);
    const int ceiling =
        std::min(spec.max_replicas, s.ceiling.value_or(spec.max_replicas));
    return std::max(floor, std::min(number, ceiling));
  }

  struct panic_state {
    std::optional<time_point> last;
    int highest = 0;
    int wish = 0;
  };
  struct guard_state {
    std::optional<time_point> since;
    double before = 0;
  };
  int current = -1;
  int serving = 0;
  int failures = 0;
  bool is_fresh = true;
  std::map<std::string, double> values;
  std::map<std::string, std::vector<std::pair<time_point, double>>> loads;
  std::map<std::string, panic_state> panics;
  std::map<std::string, guard_state> guards;
  std::vector<wish> wishes;
  std::vector<scaling> scaled;
  std::optional<time_point> idle;
};

}  // namespace scaleit::test
