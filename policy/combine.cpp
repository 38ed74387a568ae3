// [`combine`, `missing-metric`, `stale`]
// Source: Kubernetes HPA v2: the largest recommendation of all metrics wins, and a metric
// that cannot be read forbids scaling in, so that missing data never takes capacity away.
// `min`, `average` and an expression are ours (HPA's users have asked for them since
// 2019); for those, any missing metric holds. A metric of partial data is worth no less
// than it says: it adds replicas, and forbids scaling in.
//
// Worked example: 10 replicas; cpu asks for 8, queue for 14. max: 14, min: 8,
// average: 11. If the queue is missing: cpu's 8 would be a scale-in on half the truth,
// so 10.
#include "policy/combine.hpp"

#include "messages/text.hpp"
#include "policy/evaluation.hpp"
#include "policy/expression.hpp"
#include "policy/hold.hpp"
#include "policy/load.hpp"
#include "policy/panic.hpp"
#include "policy/recommend.hpp"
#include "policy/wording.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace scaleit::policy {

namespace {

// -- what a step keeps ----------------------------------------------------

struct combine_numbers {
  double metrics;  ///< how many
  double mean;     ///< of what they ask for
};

/// What `combine` keeps when an expression combines.
struct expression_numbers {
  double ratio;
  double exact;  ///< replicas, before they are rounded
};

struct missing_numbers {
  double missing;  ///< one bit for each metric
  double partial;  ///< likewise
};

struct stale_numbers {
  double age;  ///< seconds
  double max_age;
};

// -- how it moves the number ----------------------------------------------

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

void combine_expression(evaluation& e, const readings& r) {
  auto& compiled = e.mem.cached.expression;
  if (!compiled) compiled = expression_of(e.spec);
  const double ratio = (*compiled)({r.values.data(), e.spec.metrics.size()});
  if (!std::isfinite(ratio) || ratio < 0) return hold_without_number(e);  // as if missing
  if (within(e.spec.tolerance, ratio) && e.current > 0) return tolerate(e, ratio);
  const double exact = e.current * ratio;
  e.step_to(replicas_for(exact), rule::combine, expression_numbers{ratio, exact});
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
                       ? panic_wish(e.spec, i, e.mem.metrics[i].panic, e.current, e.now)
                       : recommend(e.spec, i, r.values[i], e.current, carrying);
    sum += s.to;
    const bool better = kind == combine_kind::min ? s.to < chosen.to : s.to > chosen.to;
    if (seen++ == 0 || better) chosen = s;
  }
  e.take(chosen);
  if (seen < 2) return;
  const auto count = static_cast<double>(seen);
  const int to = kind == combine_kind::average ? replicas_for(sum / count) : chosen.to;
  e.step_to(to, rule::combine, combine_numbers{count, sum / count}, chosen.metric);
}

}  // namespace

void combine(evaluation& e) {
  const bool old = stale(e.spec, *e.seen, e.now);
  const auto r = old ? readings{} : read(e);
  if (old)
    e.step_to(e.current, rule::stale,
              stale_numbers{to_seconds(e.now - *e.seen->observed_at),
                            to_seconds(e.spec.max_age)});
  const auto missing = static_cast<double>(r.missing);
  const auto partial = static_cast<double>(r.partial);
  if (r.usable == 0) return hold_without_metric(e, missing);
  const bool by_max = e.spec.combine.kind == combine_kind::max;
  if (r.missing != 0 && !by_max)
    return e.step_to(e.current, rule::missing_metric, missing_numbers{missing, 0});
  if (e.spec.combine.kind == combine_kind::expression)
    combine_expression(e, r);
  else
    combine_recommendations(e, r);
  if ((r.missing | r.partial) != 0 && e.number < e.current)
    e.step_to(e.current, rule::missing_metric, missing_numbers{missing, partial});
}

// -- what it says ---------------------------------------------------------

std::string why_combine(const step& s, const target_spec& spec) {
  if (spec.combine.kind == combine_kind::expression) {
    const auto n = numbers_of<expression_numbers>(s);
    return fmt::format("the expression yields {}: {}", format_value(n.ratio),
                       rounding(n.exact, s.to));
  }
  const auto n = numbers_of<combine_numbers>(s);
  if (spec.combine.kind == combine_kind::average)
    return fmt::format("the average of {:.0f} metrics: {}", n.metrics,
                       rounding(n.mean, s.to));
  return fmt::format("{} asks for the {} of {:.0f} metrics", metric_of(s, spec),
                     spec.combine.kind == combine_kind::max ? "most" : "least",
                     n.metrics);
}

std::string why_missing(const step& s, const target_spec& spec) {
  const auto n = numbers_of<missing_numbers>(s);
  if (n.missing == 0)
    return fmt::format("{}: no scale-in on partial data", metrics_of(n.partial, spec));
  const auto all = metrics_of(n.missing, spec);
  const bool several = all.find(',') != std::string::npos;
  const auto what = all + (several ? " are missing" : " is missing");
  if (spec.combine.kind == combine_kind::max)
    return fmt::format("{}: no scale-in without {}", what, several ? "them" : "it");
  return fmt::format("{}: held at {}", what, s.to);
}

std::string why_stale(const step& s, const target_spec&) {
  const auto n = numbers_of<stale_numbers>(s);
  return fmt::format("observed {} ago; older than {} is not used", in_seconds(n.age),
                     in_seconds(n.max_age));
}

}  // namespace scaleit::policy
