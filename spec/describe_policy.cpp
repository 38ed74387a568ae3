// The policy's half of the description.
#include "spec/describe.hpp"

#include <limits>

namespace scaleit::spec {

// Found by the templates of fields<> when they are used below.
void describe(fields<fallback_spec>& f);
void describe(fields<panic_spec>& f);
void describe(fields<guard_spec>& f);
void describe(fields<flap_budget_spec>& f);
void describe(fields<schedule_spec>& f);
void describe(fields<zero_spec>& f);
void describe(fields<pause_spec>& f);
void describe(fields<scaling_policy>& f);

using enum presence;

namespace {

using namespace std::chrono_literals;
using std::string_view;

constexpr whole_range replicas{0, bounds::replicas_max};
constexpr number_range ratios{.quantity = true};

constexpr std::array<string_view, 2> policy_types{"Pods", "Percent"};
constexpr std::array<string_view, 3> select_policies{"Max", "Min", "Disabled"};
constexpr std::array<string_view, 4> fallback_behaviors{
    "static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"};
constexpr std::array<string_view, 3> modes{"Active", "DryRun", "Paused"};
constexpr std::array<string_view, 3> combinations{"max", "min", "average"};

/// One direction of `behavior`, with the tolerance that stands elsewhere in the struct.
void rules(spec_visitor& v, const spec_key& k, scaling_rules& value,
           const scaling_rules& plain, double& tolerance, bool differ) {
  v.group(k, nullptr, {}, [&] {
    fields<scaling_rules> f{v, value, plain};
    f.seconds(
        {"stabilizationWindowSeconds",
         "How far back recommendations are looked at: the least extreme counts", quiet},
        &scaling_rules::stabilization_window, {0, 3600});
    f.choice(
        {"selectPolicy",
         "Which of the policies counts: that of the largest change, of the smallest, "
         "or none and no change",
         quiet},
        &scaling_rules::select, select_policies);
    f.list({"policies", "How much may change within a period", quiet},
           &scaling_rules::policies, {1, bounds::scaling_policies_max});
    std::optional<double> own = differ ? std::optional{tolerance} : std::nullopt;
    v.number(
        {"tolerance", "In place of the target's tolerance, in this direction", quiet},
        own, std::nullopt, ratios);
    if (own) tolerance = *own;
  });
}

/// `tolerance` is both directions; `behavior.scaleUp.tolerance` is one, and wins.
void tolerance_and_behavior(fields<policy_spec>& f) {
  auto& t = f.value.tolerance;
  const bool differ = t.up != t.down;
  std::optional<double> both = differ ? std::nullopt : std::optional{t.up};
  f.visitor.number({"tolerance",
                    "No change while value / target is within 1 - tolerance and 1 + "
                    "tolerance"},
                   both, f.plain.tolerance.up, ratios);
  if (both) t = {*both, *both};
  auto& b = f.value.behavior;
  const auto& plain = f.plain.behavior;
  f.visitor.group({"behavior", "How fast replicas may change: exactly HPA v2's", quiet},
                  nullptr, {}, [&] {
                    rules(f.visitor, {"scaleUp", "Adding replicas", quiet}, b.up,
                          plain.up, t.up, differ);
                    rules(f.visitor, {"scaleDown", "Removing replicas", quiet}, b.down,
                          plain.down, t.down, differ);
                  });
}

void combine(fields<policy_spec>& f) {
  auto& c = f.value.combine;
  std::string text = c.kind == combine_kind::expression
                         ? c.expression
                         : std::string{combinations[static_cast<std::size_t>(c.kind)]};
  f.visitor.text({"combine",
                  "How the recommendations of several metrics become one: max, min, "
                  "average, or an expression over the metrics that yields a ratio to 1.0",
                  quiet},
                 text, "max", text_form::combination);
  for (std::size_t i = 0; i < combinations.size(); ++i)
    if (text == combinations[i]) {
      c = {static_cast<combine_kind>(i), {}};
      return;
    }
  c = {combine_kind::expression, std::move(text)};
}

}  // namespace

void describe(fields<policy_spec>& f) {
  f.whole({"minReplicas", "Never fewer; 0 allows scaling to zero"},
          &policy_spec::min_replicas, replicas);
  f.whole({"maxReplicas", "Never more"}, &policy_spec::max_replicas,
          {1, bounds::replicas_max});
  tolerance_and_behavior(f);
  combine(f);
  f.duration({"maxAge",
              "An observation older than this, by its observedAt, counts as missing; 0s: "
              "any age. With status.push, so long may nothing be reported; 0s: three "
              "intervals",
              quiet},
             &policy_spec::max_age, {0s, bounds::policy_time_max});
  f.duration(
      {"warmup", "Replicas added less than this ago count as unready; 0s: none", quiet},
      &policy_spec::warmup, {0s, bounds::policy_time_max});
  f.maybe({"fallback", "How many replicas when polls fail", quiet},
          &policy_spec::fallback);
  f.maybe({"panic", "Knative's two windows, in place of the ratio", quiet},
          &policy_spec::panic);
  f.maybe({"guard", "No scale-in for a while when load vanishes at once", quiet},
          &policy_spec::guard);
  f.maybe({"flapBudget", "How often the direction may turn", quiet},
          &policy_spec::flap_budget);
  f.list({"schedules", "Times with bounds of their own", quiet}, &policy_spec::schedules,
         {0, bounds::schedules_max});
  f.maybe({"zero", "When to leave zero replicas and when to go there", quiet},
          &policy_spec::zero);
  f.choice({"mode", "DryRun and Paused decide and record, but send nothing", quiet},
           &policy_spec::mode, modes);
  f.visitor.group({"pause", "Holds one direction", quiet}, nullptr, {}, [&] {
    fields<pause_spec> inner{f.visitor, f.value.pause, f.plain.pause};
    describe(inner);
  });
}

void describe(fields<scaling_policy>& f) {
  f.choice({"type", "Pods: so many replicas; Percent: of those there were", required},
           &scaling_policy::type, policy_types);
  f.whole({"value", "How many, or how many per cent", required}, &scaling_policy::value,
          {1, std::numeric_limits<int>::max()});
  f.seconds({"periodSeconds", "Within how long", required}, &scaling_policy::period,
            {1, 1800});
}

void describe(fields<fallback_spec>& f) {
  f.whole({"failureThreshold", "Polls that failed in a row; it begins with one more"},
          &fallback_spec::failure_threshold, {0, 1'000'000});
  f.whole({"replicas", "How many", required}, &fallback_spec::replicas, replicas);
  f.choice({"behavior", "Whether the current replicas count instead"},
           &fallback_spec::behavior, fallback_behaviors);
}

void describe(fields<panic_spec>& f) {
  f.duration({"stableWindow", "The long window"}, &panic_spec::stable_window, {1s, 1h});
  f.number({"windowPercent", "The short window, of the long one"},
           &panic_spec::window_percent, {.min = 1, .max = 100});
  f.number({"thresholdPercent", "Panic begins at so much of what is ready"},
           &panic_spec::threshold_percent, {.min = 100, .above_min = true});
  f.number({"maxScaleUpRate", "At most so many times the ready replicas"},
           &panic_spec::max_scale_up_rate, {.min = 1, .above_min = true});
  f.number({"maxScaleDownRate", "At least the ready replicas divided by this"},
           &panic_spec::max_scale_down_rate, {.min = 1, .above_min = true});
}

void describe(fields<guard_spec>& f) {
  f.number({"dropPercent", "Of the load, against its maximum"}, &guard_spec::drop_percent,
           {.above_min = true, .max = 100, .below_max = true});
  f.duration({"within", "The time of that maximum"}, &guard_spec::within, {1s, 1h});
  f.duration({"hold", "How long scale-in waits, at most"}, &guard_spec::hold,
             {1s, bounds::policy_time_max});
}

void describe(fields<flap_budget_spec>& f) {
  f.whole({"reversals", "Changes of direction within the period"},
          &flap_budget_spec::reversals, {1, bounds::flap_reversals_max});
  f.duration({"period", "The period"}, &flap_budget_spec::period,
             {1s, bounds::policy_time_max});
}

void describe(fields<schedule_spec>& f) {
  f.text({"cron", "When it begins: minute hour day-of-month month day-of-week", required},
         &schedule_spec::cron, text_form::cron);
  f.text({"timezone", "An IANA name"}, &schedule_spec::timezone, text_form::timezone);
  f.duration({"duration", "How long it lasts", required}, &schedule_spec::duration,
             {1min, 24h * 366});
  f.whole({"minReplicas", "Raises the floor", quiet}, &schedule_spec::min_replicas,
          replicas);
  f.whole({"maxReplicas", "Lowers the ceiling", quiet}, &schedule_spec::max_replicas,
          replicas);
}

void describe(fields<zero_spec>& f) {
  f.visitor.numbers({"activation",
                     "By metric: above it, zero is left. With none given, every metric "
                     "counts, at 0",
                     quiet},
                    f.value.activation, {});
  f.duration({"cooldown", "How long all must have been at or below it"},
             &zero_spec::cooldown, {0s, bounds::policy_time_max});
}

void describe(fields<pause_spec>& f) {
  f.boolean({"scaleIn", "No replicas are removed", quiet}, &pause_spec::scale_in);
  f.boolean({"scaleOut", "No replicas are added", quiet}, &pause_spec::scale_out);
}

}  // namespace scaleit::spec
