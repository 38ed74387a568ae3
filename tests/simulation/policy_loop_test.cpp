// The whole policy in a closed loop with the simulated application: what it decides
// changes what it sees next. At every step all that the policy promises must hold.
#include "policy/history.hpp"
#include "simulation/application.hpp"
#include "simulation/fault_plan.hpp"
#include "tests/policy/invariants.hpp"
#include "tests/policy/naive.hpp"
#include "tests/policy/random_case.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/patience.hpp"
#include "tests/support/recalled.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

using namespace scaleit;
using namespace scaleit::simulation;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1769851800s};  // 2026-01-31T09:30:00Z

/// A random policy for this world: a level (`a`) and a total (`b`) of the same load.
target_spec random_policy(test::random_case& random) {
  auto s = random.spec();
  s.metrics = {{"a", "/a", metric_type::value, 0.8},
               {"b", "/b", metric_type::average_value, 0.8}};
  if (s.combine.kind == combine_kind::expression)
    s.combine.expression = "max(a, b / 20) / 0.8";
  if (s.zero) s.zero->activation = {{"b", 2}};
  return s;
}

load_shape random_shape(test::random_case& random) {
  const double rate = random.number(1, 30);
  switch (random.number(1, 4)) {
    case 1:
      return load_shape{sine_load{rate, rate * random.number(1, 10) / 10, 10min}};
    case 2:
      return load_shape{steps_load{0, rate, random.number(1, 5), random.secs(20, 200)}};
    case 3:
      return load_shape{spikes_load{rate / 10, rate, 3min, random.secs(5, 90)}};
    default:
      return load_shape{flat_load{rate}};
  }
}

/// The application, which may be switched off: it knows no fewer than one replica.
class world {
 public:
  explicit world(application_settings s) : app_(std::move(s)) {}

  observation seen(microseconds now, bool level = true, bool total = true) {
    while (app_.advance(now)) continue;
    observation o;
    o.replicas = replicas();
    if (level) o.metrics.push_back({"a", off_ ? 0.0 : app_.utilisation(now)});
    if (total) o.metrics.push_back({"b", app_.load(now)});
    return o;
  }
  void scale(int to, microseconds now) {
    off_ = to == 0;
    if (!off_) app_.set_replicas(to, now);
  }
  int replicas() const { return off_ ? 0 : app_.replicas(); }

 private:
  application app_;
  bool off_ = false;
};

/// One random target for half an hour; which rules spoke is added to `spoke`.
void live(std::uint64_t seed, std::set<rule>& spoke) {
  test::random_case random{seed};
  const auto spec = random_policy(random);
  test::naive_policy plain{spec};
  plain.expression_says = [](const auto& v) {
    return std::max(v.at("a"), v.at("b") / 20) / 0.8;
  };
  application_settings settings;
  settings.load = std::make_shared<const load_shape>(random_shape(random));
  settings.seed = seed;
  settings.startup = random.one_in(2) ? microseconds{0} : random.secs(5, 90);
  settings.replicas = random.number(1, 30);
  world app{settings};
  fault_plan faults{0.15, seed};
  policy::history memory;

  for (microseconds elapsed{0}; elapsed < 30min; elapsed += 5s) {
    const auto now = start + elapsed;
    if (random.one_in(60)) app.scale(random.number(0, 40), elapsed);  // somebody's hand
    const bool failed = faults.next().kind != fault_kind::none;
    const auto seen = app.seen(elapsed, !random.one_in(20), !random.one_in(20));
    const auto v = failed ? policy::evaluate_failure(spec, memory, now)
                          : policy::evaluate(spec, memory, seen, now);
    const auto expected = failed ? plain.failed(now) : plain.observed(seen, now);
    REQUIRE(v.live.has_value() == expected.has_value());
    if (!v.live) continue;
    const auto& made = *v.live;
    const char* broken =
        test::broken_invariant(spec, made, failed ? nullptr : &seen, now);
    if (broken == nullptr && made.desired != expected->desired)
      broken = "as the plain reading of the rules says";
    if (broken != nullptr)
      FAIL(broken << ", at " << to_rfc3339(now) << ": " << test::described(v.live, spec));
    for (const auto& s : made.steps) spoke.insert(s.code);
    if (!policy::is_command(spec, made) || random.one_in(10)) continue;
    app.scale(made.desired, elapsed);
    test::recall(spec, memory, now, scale_applied{made.current, made.desired});
    plain.applied(made.current, made.desired, now);
  }
}

/// A steady load, HPA's defaults, nothing measured wrongly.
int settled_at(double load, int replicas, microseconds startup, microseconds warmup) {
  target_spec spec;
  spec.metrics = {{"a", "/a", metric_type::value, 0.8}};
  spec.warmup = warmup;
  application_settings settings;
  settings.load = std::make_shared<const load_shape>(flat_load{load});
  settings.replicas = replicas;
  settings.startup = startup;
  settings.drift = settings.noise = 0;
  world app{settings};
  policy::history memory;
  for (microseconds elapsed{0}; elapsed < 30min; elapsed += 5s) {
    const auto seen = app.seen(elapsed);
    const auto made = policy::evaluate(spec, memory, seen, start + elapsed).live.value();
    if (elapsed > 20min) REQUIRE(made.desired == made.current);
    if (!made.changes()) continue;
    app.scale(made.desired, elapsed);
    test::recall(spec, memory, start + elapsed,
                 scale_applied{made.current, made.desired});
  }
  return app.replicas();
}

}  // namespace

TEST_CASE("every promise of the policy holds at every step, whatever the policy is") {
  std::set<rule> spoke;
  for (std::uint64_t seed = 1; seed <= test::tries(400u); ++seed) {
    INFO("seed " << seed);
    live(seed, spoke);
  }
  if (test::sanitized) return;  // with fewer seeds some rules have no occasion
  // All but staleness and the shadow, which have no part in this world.
  for (std::size_t code = 0; code < rules; ++code) {
    const auto one = static_cast<rule>(code);
    if (one == rule::stale || one == rule::shadow) continue;
    CAPTURE(std::string{to_string(one)});
    CHECK(spoke.count(one) == 1);
  }
}

TEST_CASE("under a steady load the count settles, within the tolerance of the target") {
  for (const double load : {1.0, 7.0, 12.0, 33.0, 70.0})
    for (const int replicas : {1, 10, 90}) {
      const int settled = settled_at(load, replicas, microseconds{0}, microseconds{0});
      CAPTURE(load, replicas, settled);
      const double each = load / settled;
      CHECK(each <= 0.88 + 1e-9);
      const bool one_less_would_do = settled > 1 && load / (settled - 1) <= 0.8 - 1e-9;
      CHECK((each >= 0.72 - 1e-9 || !one_less_would_do));
    }
}

TEST_CASE("with a slow start the warm-up keeps the count from running away") {
  const int quick = settled_at(33, 10, microseconds{0}, microseconds{0});
  const int slow = settled_at(33, 10, 60s, 65s);
  CHECK(std::abs(slow - quick) <= 4);
}
