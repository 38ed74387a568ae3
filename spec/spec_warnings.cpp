// Settings that are right, each and together, and still do nothing, or let nothing be
// done: what somebody writes who thinks that a rule protects him while it sleeps.
#include "messages/duration.hpp"
#include "messages/text.hpp"
#include "policy/cron.hpp"
#include "spec/describe.hpp"
#include "spec/spec_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <variant>

namespace scaleit::spec {

using kind = document::kind;
using scaleit::to_string;
using std::string_view;

namespace {

class idle_settings {
 public:
  idle_settings(const target_spec& spec, const document& root, const std::string& path,
                problem_list& problems)
      : spec_(spec), root_(root), path_(path), problems_(problems) {}

  void tell() {
    zero();
    fixed_count();
    tolerance();
    direction("scaleUp", spec_.behavior.up);
    direction("scaleDown", spec_.behavior.down);
    nothing_at_all();
    schedules();
    fallback();
    rare_samples();
    age_and_warmup();
    metrics();
  }

 private:
  /// The entry at the end of these keys; null if it is not there.
  const document_entry* find(std::initializer_list<string_view> keys) const {
    const document* in = &root_;
    const document_entry* e = nullptr;
    for (const auto key : keys) {
      e = in->is == kind::map ? in->find(key) : nullptr;
      if (e == nullptr || e->value->is == kind::null) return nullptr;
      in = e->value.get();
    }
    return e;
  }

  /// Only of what stands there, and has nothing wrong in itself.
  void warn(std::initializer_list<string_view> keys, std::string what) {
    const auto* e = find(keys);
    if (e == nullptr || problems_.error_at(e->at) || problems_.error_at(e->value->at))
      return;
    problems_.add({e->at, joined(path_, fmt::format("{}", fmt::join(keys, "."))),
                   std::move(what), true});
  }

  bool scale_in_is_off() const {
    return spec_.pause.scale_in || spec_.behavior.down.select == select_policy::disabled;
  }
  bool scale_out_is_off() const {
    return spec_.pause.scale_out || spec_.behavior.up.select == select_policy::disabled;
  }

  void zero() {
    if (spec_.zero && spec_.min_replicas > 0)
      warn({"zero"},
           fmt::format("has no effect while minReplicas is {}", spec_.min_replicas));
  }

  void fixed_count() {
    if (spec_.min_replicas != spec_.max_replicas) return;
    const auto what =
        fmt::format("minReplicas and maxReplicas are both {}: the count never changes",
                    spec_.min_replicas);
    find({"maxReplicas"}) ? warn({"maxReplicas"}, what) : warn({"minReplicas"}, what);
  }

  void tolerance() {
    if (spec_.panic) {
      // A shadow with panic has the tolerance of the live policy, where it acts.
      if (path_.ends_with("shadow")) return;
      const string_view what = "has no effect beside panic, whose windows replace it";
      warn({"tolerance"}, std::string{what});
      for (const string_view direction : {"scaleUp", "scaleDown"})
        warn({"behavior", direction, "tolerance"}, std::string{what});
      return;
    }
    const auto too_much = [&](std::initializer_list<string_view> keys, double t) {
      warn(keys,
           fmt::format("{:g} is {:g} %, and a value cannot fall by more than 100 %: "
                       "nothing is ever scaled in; 10 % is 0.1",
                       t, t * 100));
    };
    if (spec_.tolerance.down >= 1)
      find({"behavior", "scaleDown", "tolerance"})
          ? too_much({"behavior", "scaleDown", "tolerance"}, spec_.tolerance.down)
          : too_much({"tolerance"}, spec_.tolerance.down);
    if (spec_.tolerance.up >= 5)
      warn({"behavior", "scaleUp", "tolerance"},
           fmt::format(
               "{:g} is {:g} %: nothing is scaled out before a value is {:g} times "
               "its target; 10 % is 0.1",
               spec_.tolerance.up, spec_.tolerance.up * 100, spec_.tolerance.up + 1));
  }

  void direction(string_view name, const scaling_rules& rules) {
    if (rules.select == select_policy::disabled) {
      for (const string_view key : {"policies", "stabilizationWindowSeconds"})
        warn({"behavior", name, key}, "has no effect while selectPolicy is Disabled");
      return;
    }
    const auto window = rules.stabilization_window;
    if (window.count() > 0 && window <= spec_.interval)
      warn({"behavior", name, "stabilizationWindowSeconds"},
           fmt::format("has no effect: at an interval of {} no earlier recommendation is "
                       "within it",
                       to_string(spec_.interval)));
  }

  void nothing_at_all() {
    if (!scale_in_is_off() || !scale_out_is_off()) {
      if (scale_in_is_off())
        for (const string_view key : {"guard", "flapBudget"})
          warn({key}, "has no effect while nothing is scaled in");
      return;
    }
    const string_view what = "nothing is ever scaled: both directions are switched off";
    find({"pause"}) ? warn({"pause"}, std::string{what})
                    : warn({"behavior"}, std::string{what});
  }

  /// A day on which the clocks go back has an hour more.
  static bool is_always_on(const schedule_spec& s) {
    const auto line = policy::cron::parse(s.cron);
    const auto* cron = std::get_if<policy::cron>(&line);
    const auto longest = floor<std::chrono::minutes>(s.duration) -
                         std::chrono::hours{s.timezone == "UTC" ? 0 : 1};
    return cron && longest.count() > 0 && cron->recurs_within(longest);
  }

  void schedules() {
    const auto* all = find({"schedules"});
    if (all == nullptr || all->value->is != kind::list) return;
    for (std::size_t i = 0; i < spec_.schedules.size() && i < all->value->items.size();
         ++i) {
      const auto& item = *all->value->items[i];
      const auto& s = spec_.schedules[i];
      const auto tell = [&](string_view key, std::string what) {
        const auto* e = item.is == kind::map ? item.find(key) : nullptr;
        if (e != nullptr && !problems_.error_at(e->at))
          problems_.add({e->at, joined(path_, fmt::format("schedules[{}].{}", i, key)),
                         std::move(what), true});
      };
      if (s.duration < spec_.interval)
        tell("duration", fmt::format("{} is shorter than the interval of {}: it may pass "
                                     "between two polls",
                                     to_string(s.duration), to_string(spec_.interval)));
      if (is_always_on(s))
        tell("duration", fmt::format("{} lasts until the cron line's next time: the "
                                     "schedule is always active",
                                     to_string(s.duration)));
      const int low = spec_.min_replicas, high = spec_.max_replicas;
      if (s.min_replicas && *s.min_replicas > high)
        tell("minReplicas",
             fmt::format("{} is above the target's maxReplicas: it raises to "
                         "{} only",
                         *s.min_replicas, high));
      else if (s.min_replicas && *s.min_replicas <= low && !s.max_replicas)
        tell("minReplicas",
             fmt::format("has no effect: minReplicas of the target is {}", low));
      if (s.max_replicas && *s.max_replicas < low)
        tell("maxReplicas",
             fmt::format("{} is below the target's minReplicas: it lowers to "
                         "{} only",
                         *s.max_replicas, low));
      else if (s.max_replicas && *s.max_replicas >= high && !s.min_replicas)
        tell("maxReplicas",
             fmt::format("has no effect: maxReplicas of the target is {}", high));
    }
  }

  void fallback() {
    if (!spec_.fallback) return;
    const int count = spec_.fallback->replicas;
    if (spec_.fallback->behavior == fallback_behavior::current_replicas)
      warn({"fallback", "behavior"},
           "currentReplicas holds the count, as it is held without a fallback");
    else if (count > spec_.max_replicas)
      warn({"fallback", "replicas"},
           fmt::format("{} is above maxReplicas: it falls back to {} only", count,
                       spec_.max_replicas));
    else if (count < spec_.min_replicas)
      warn({"fallback", "replicas"},
           fmt::format("{} is below minReplicas: it falls back to {}", count,
                       spec_.min_replicas));
  }

  /// Rules that look at what happens between polls.
  void rare_samples() {
    const auto every = fmt::format("at an interval of {}", to_string(spec_.interval));
    if (spec_.guard && spec_.guard->within <= spec_.interval)
      warn({"guard"}, fmt::format("has no effect: {} there are no two samples within {}",
                                  every, to_string(spec_.guard->within)));
    if (spec_.panic && spec_.panic->stable_window <= spec_.interval)
      warn({"panic"}, fmt::format("has no effect: {} there are no two samples within {}",
                                  every, to_string(spec_.panic->stable_window)));
    if (spec_.flap_budget &&
        spec_.flap_budget->period <= spec_.interval * spec_.flap_budget->reversals)
      warn({"flapBudget"},
           fmt::format("has no effect: {} there are no {} reversals within {}", every,
                       spec_.flap_budget->reversals,
                       to_string(spec_.flap_budget->period)));
  }

  void age_and_warmup() {
    if (spec_.max_age.count() > 0 && spec_.status.observed_at.empty() &&
        !spec_.status.push)
      warn({"maxAge"}, "has no effect without status.observedAt, which tells the age");
    if (spec_.warmup.count() == 0) return;
    const bool totals = std::ranges::all_of(spec_.metrics, [](const metric_spec& m) {
      return m.type == metric_type::average_value;
    });
    if (!spec_.status.ready.empty())
      warn({"warmup"}, "has no effect beside status.ready, which tells who is ready");
    else if (scale_out_is_off() && spec_.schedules.empty() && !spec_.fallback)
      warn({"warmup"}, "has no effect while nothing is scaled out");
    else if (spec_.warmup <= spec_.interval)
      warn({"warmup"}, fmt::format("has no effect: the next poll is {} later",
                                   to_string(spec_.interval)));
    else if (totals && !spec_.panic && !spec_.metrics.empty())
      warn({"warmup"}, "has no effect on metrics of type AverageValue, which are totals");
  }

  void metrics() {
    if (spec_.metrics.size() == 1 && spec_.combine.kind != combine_kind::expression)
      warn({"combine"}, "has no effect on a single metric");
    const auto* all = find({"metrics"});
    if (all == nullptr || all->value->is != kind::list) return;
    for (std::size_t i = 0; i < spec_.metrics.size() && i < all->value->items.size(); ++i)
      of_prometheus(*all->value->items[i], spec_.metrics[i], i);
  }

  void of_prometheus(const document& item, const metric_spec& m, std::size_t i) {
    if (m.url.empty() || m.format == metric_format::prometheus) return;
    const auto* e = item.is == kind::map ? item.find("value") : nullptr;
    if (e == nullptr || !m.value.starts_with("/data/result/") ||
        !(m.value.ends_with("/value/1") || m.value == "/data/result/1"))
      return;
    problems_.add({e->at, joined(path_, fmt::format("metrics[{}].value", i)),
                   "looks like an answer of Prometheus: with 'format: prometheus' more "
                   "than one series is an error, and partial data takes no replicas away",
                   true});
  }

  const target_spec& spec_;
  const document& root_;
  const std::string& path_;
  problem_list& problems_;
};

}  // namespace

void warn_of_idle_settings(const target_spec& spec, const document_ptr& root,
                           const std::string& path, problem_list& problems) {
  if (root->is == kind::map) idle_settings{spec, *root, path, problems}.tell();
}

}  // namespace scaleit::spec
