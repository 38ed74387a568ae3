// [`combine`, `missing-metric`, `hold`, `stale`]
// Source: Kubernetes HPA v2: the largest recommendation of all metrics wins, and a metric
// that cannot be read forbids scaling in, so that missing data never takes capacity away.
// `min`, `average` and an expression are ours (HPA's users have asked for them since
// 2019); for those, any missing metric holds. A metric of partial data is worth no less
// than it says: it adds replicas, and forbids scaling in.
//
// Worked example: 10 replicas; cpu asks for 8, queue for 14. max: 14, min: 8,
// average: 11. If the queue is missing: cpu's 8 would be a scale-in on half the truth,
// so 10.
#include "policy/expression.hpp"
#include "policy/load.hpp"
#include "policy/rules.hpp"

#include <array>
#include <cmath>

namespace scaleit::policy {

namespace {

struct readings {
  std::array<double, bounds::metrics_max> values{};
  std::uint64_t missing = 0;  ///< one bit each
  std::uint64_t partial = 0;  ///< likewise, of those that are usable
  std::size_t usable = 0;
};

readings read(const evaluation& e) {
  readings r;
  for (std::size_t i = 0; i < e.spec.metrics.size(); ++i) {
    if (const auto value = usable(*e.seen, e.spec.metrics[i])) {
      r.values[i] = *value;
      ++r.usable;
      if (is_partial(*e.seen, e.spec.metrics[i])) r.partial |= std::uint64_t{1} << i;
    } else {
      r.missing |= std::uint64_t{1} << i;
    }
  }
  return r;
}

/// Takes over a step that leads from the current count to a metric's recommendation.
void follow(evaluation& e, const step& s) {
  e.made.steps.push_back(s);
  e.number = s.to;
}

void combine_expression(evaluation& e, const readings& r) {
  auto& compiled = e.mem.cached.expression;
  if (!compiled) compiled = expression_of(e.spec);
  const double ratio = (*compiled)({r.values.data(), e.spec.metrics.size()});
  if (!std::isfinite(ratio) || ratio < 0)
    return e.step_to(e.current, rule::hold, {0.0, 1.0});  // no number: as if missing
  if (within(e.spec.tolerance, ratio) && e.current > 0)
    return e.step_to(
        e.current, rule::tolerance,
        {ratio, 0.0, ratio < 1 ? e.spec.tolerance.down : e.spec.tolerance.up});
  e.step_to(replicas_for(e.current * ratio), rule::combine, {ratio, e.current * ratio});
}

void combine_recommendations(evaluation& e, const readings& r) {
  const auto kind = e.spec.combine.kind;
  const int carrying = serving(e.spec, e.mem, *e.seen);
  step chosen;
  std::size_t seen = 0;
  double sum = 0;
  for (std::size_t i = 0; i < e.spec.metrics.size(); ++i) {
    if (r.missing >> i & 1) continue;
    const auto s = e.spec.panic
                       ? panic_wish(e.spec, i, e.mem.metrics[i], e.current, e.now)
                       : recommend(e.spec, i, r.values[i], e.current, carrying);
    sum += s.to;
    const bool better = kind == combine_kind::min ? s.to < chosen.to : s.to > chosen.to;
    if (seen++ == 0 || better) chosen = s;
  }
  follow(e, chosen);
  if (seen < 2) return;
  const auto count = static_cast<double>(seen);
  const int to = kind == combine_kind::average ? replicas_for(sum / count) : chosen.to;
  e.step_to(to, rule::combine, {count, sum / count}, chosen.metric);
}

}  // namespace

void combine(evaluation& e) {
  const bool old = stale(e.spec, *e.seen, e.now);
  const auto r = old ? readings{} : read(e);
  if (old)
    e.step_to(e.current, rule::stale,
              {seconds(e.now - *e.seen->observed_at), seconds(e.spec.max_age)});
  const auto missing = static_cast<double>(r.missing);
  if (r.usable == 0) return e.step_to(e.current, rule::hold, {missing});
  const bool by_max = e.spec.combine.kind == combine_kind::max;
  if (r.missing != 0 && !by_max)
    return e.step_to(e.current, rule::missing_metric, {missing});
  if (e.spec.combine.kind == combine_kind::expression)
    combine_expression(e, r);
  else
    combine_recommendations(e, r);
  if ((r.missing | r.partial) != 0 && e.number < e.current)
    e.step_to(e.current, rule::missing_metric, {missing, static_cast<double>(r.partial)});
}

}  // namespace scaleit::policy
