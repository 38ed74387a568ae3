#include "policy/memory.hpp"

#include "policy/decide.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

using namespace scaleit;

namespace {

event at(std::int64_t seconds, event::payload data) {
  event e;
  e.time = time_point{std::chrono::seconds{seconds}};
  e.data = std::move(data);
  return e;
}

}  // namespace

TEST_CASE("the memory folded from events is the memory the decider had") {
  const auto spec = test::app_spec();
  policy::memory live, folded;
  const double cpu[] = {0.95, 0.8, 0.3, 0.85, 1.4};
  int replicas = 10;
  for (int i = 0; i < 5; ++i) {
    if (i == 2) {
      const auto failed = at(i, status_failed{{failure_kind::timeout, "slow"}});
      policy::recall(live, failed);
      policy::recall(folded, failed);
      CHECK(live.failures_in_a_row == 1);
    }
    const auto seen = test::seen(replicas, cpu[i]);
    const auto outcome =
        policy::decide(spec, live, seen, time_point{std::chrono::seconds{i}});
    live = outcome.next;
    policy::recall(folded, at(i, status_observed{seen}));
    policy::recall(folded, at(i, decision_made{outcome.made}));
    if (outcome.made.changes()) {
      const auto applied = at(i, scale_applied{replicas, outcome.made.desired});
      policy::recall(live, applied);
      policy::recall(folded, applied);
      replicas = outcome.made.desired;
    }
    REQUIRE(live == folded);
  }
  CHECK(live.applied->at == time_point{std::chrono::seconds{4}});
  CHECK(live.failures_in_a_row == 0);
}

TEST_CASE("events that do not concern decisions change nothing") {
  policy::memory m;
  policy::recall(m, at(1, actor_crashed{"poller", "chaos"}));
  policy::recall(m, at(1, scale_requested{1, 2}));
  CHECK(m == policy::memory{});
}
