#include "policy/memory.hpp"

#include "policy/history.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

using namespace scaleit;

namespace {

event event_at(std::int64_t seconds, event::payload data) {
  event e;
  e.time = time_point{std::chrono::seconds{seconds}};
  e.data = std::move(data);
  return e;
}

target_spec windowed() {
  auto s = test::app_spec();
  s.behavior = behavior_spec{};
  s.behavior.up.stabilization_window = std::chrono::seconds{30};
  return s;
}

}  // namespace

TEST_CASE("the memory folded from events is the memory the decider had") {
  const auto spec = windowed();
  policy::history live, folded;
  const double cpu[] = {0.95, 0.8, 0.3, 0.85, 1.4};
  int replicas = 10;
  for (int i = 0; i < 5; ++i) {
    const time_point now{std::chrono::seconds{i}};
    if (i == 2) {
      policy::evaluate_failure(spec, live, now);
      policy::recall(spec, folded,
                     event_at(i, status_failed{{failure_kind::timeout, "slow"}}));
      CHECK(live.live.failures_in_a_row == 1);
    }
    const auto seen = test::seen(replicas, cpu[i]);
    const auto v = policy::evaluate(spec, live, seen, now);
    policy::recall(spec, folded, event_at(i, status_observed{seen}));
    policy::recall(spec, folded, event_at(i, decision_made{*v.live}));
    if (v.live->changes()) {
      const auto applied = event_at(i, scale_applied{replicas, v.live->desired});
      policy::recall(spec, live, applied);
      policy::recall(spec, folded, applied);
      replicas = v.live->desired;
    }
    REQUIRE(live == folded);
  }
  CHECK(live.live.failures_in_a_row == 0);
}

TEST_CASE("events that do not concern decisions change nothing") {
  policy::memory m;
  const auto spec = windowed();
  policy::recall(spec, m, event_at(1, actor_crashed{"poller", "chaos"}));
  policy::recall(spec, m, event_at(1, scale_failed{1, 2}));
  scale_applied seen{1, 2};
  seen.seen = true;  // the status that shows it has told
  policy::recall(spec, m, event_at(1, seen));
  CHECK(m == policy::memory{});
}

TEST_CASE("a decision of the shadow is remembered by the shadow alone") {
  const auto spec = windowed();
  policy::memory live, shadow;
  decision_made d;
  d.made.recommended = 7;
  d.shadow = true;
  policy::recall(spec, live, event_at(1, d), false);
  policy::recall(spec, shadow, event_at(1, d), true);
  CHECK(live == policy::memory{});
  CHECK(shadow.recommended.highest.best().value == 7);
}

TEST_CASE("when the clock is set back, what is remembered keeps its age") {
  const auto spec = windowed();
  const auto now = [](int s) { return time_point{std::chrono::seconds{s}}; };
  policy::memory m;
  policy::recall_observed(spec, m, test::seen(10, 0.8), now(7200));
  decision d;
  d.recommended = 12;
  policy::recall_decision(spec, m, d, now(7200));
  policy::recall_applied(spec, m, 10, 12, now(7200));
  // An hour back: a second has passed all the same.
  policy::recall_observed(spec, m, test::seen(12, 0.8), now(3601));
  CHECK(m.recommended.highest.best().at == now(3601));
  m.applied.advance(spec, now(3615));
  CHECK(m.applied.within(policy::scalings::up(0)).added == 2);
  m.applied.advance(spec, now(3616));
  CHECK(m.applied.within(policy::scalings::up(0)).added == 0);
}

TEST_CASE("a memory with the default policy is small") {
  CHECK(sizeof(policy::memory) <= 520);
}
