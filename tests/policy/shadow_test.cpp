// The shadow: a second policy for the same observations, never acted on.
#include "policy/why.hpp"
#include "record/replayer.hpp"
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/recalled.hpp"

#include <memory>
#include <utility>
#include <vector>

using namespace scaleit;
using policy::history;
using test::at;
using test::wished;

namespace {

using std::chrono::seconds;

/// The live policy does what is wished; the shadow as `change` says.
template <class Change>
target_spec shadowed(Change&& change) {
  auto s = test::wishes();
  auto second = s;
  change(second);
  s.shadow = {std::move(second)};
  return s;
}

struct pair {
  int live;
  int shadow;
  bool operator==(const pair&) const = default;
};

pair polled(const target_spec& spec, history& h, double s, const observation& seen) {
  const auto v = policy::evaluate(spec, h, seen, at(s));
  REQUIRE(v.live);
  REQUIRE(v.shadow);
  return {v.live->desired, v.shadow->desired};
}

}  // namespace

TEST_CASE("the shadow decides by its own policy, and says what was done instead") {
  const auto spec = shadowed([](auto& s) { s.metrics[0].target = 2; });
  history h;
  const auto v = policy::evaluate(spec, h, wished(10, 30), at(0));
  CHECK(v.live->desired == 30);
  CHECK(v.shadow->desired == 15);
  const auto& last = v.shadow->steps.back();
  CHECK(last.code == rule::shadow);
  CHECK(last.from == 15);
  CHECK(last.to == 15);
  CHECK(policy::why(last, spec, true) ==
        "a shadow, not acted on: the live policy decided 30");
  CHECK(policy::live_answer(*v.shadow) == 30);
  for (const auto& s : v.live->steps) CHECK(s.code != rule::shadow);
  CHECK_FALSE(policy::live_answer(*v.live));
  CHECK_FALSE(policy::live_answer({}));
}

TEST_CASE("without a shadow there is none") {
  history h;
  const auto v = policy::evaluate(test::wishes(), h, wished(10, 30), at(0));
  CHECK_FALSE(v.shadow);
  CHECK(h.shadow == policy::memory{});
}

TEST_CASE("the shadow's recommendations are its own") {
  const auto spec = shadowed([](auto& s) {
    s.metrics[0].target = 0.5;
    s.behavior.down.stabilization_window = seconds{60};
  });
  history h;
  CHECK(polled(spec, h, 0, wished(10, 10)) == pair{10, 20});
  CHECK(polled(spec, h, 10, wished(30, 2)) == pair{2, 20});  // what it wanted itself
  CHECK(polled(spec, h, 60, wished(30, 2)) == pair{2, 4});
}

TEST_CASE("the shadow sees the live count, not the one it would have set") {
  const auto spec =
      shadowed([](auto& s) { s.behavior.up.select = select_policy::disabled; });
  history h;
  CHECK(polled(spec, h, 0, wished(10, 30)) == pair{30, 10});
  test::recall(spec, h, at(0), scale_applied{10, 30});
  CHECK(polled(spec, h, 5, wished(30, 40)) == pair{40, 30});
}

TEST_CASE("the shadow's limits count what was really applied") {
  const auto spec = shadowed([](auto& s) {
    s.behavior.up.policies = {{policy_type::pods, 4, seconds{60}}};
    s.flap_budget = flap_budget_spec{1, seconds{600}};
  });
  history h;
  CHECK(polled(spec, h, 0, wished(10, 13)) == pair{13, 13});
  test::recall(spec, h, at(0), scale_applied{10, 13});
  CHECK(polled(spec, h, 5, wished(13, 40)) == pair{40, 14});  // 10 + 4
  test::recall(spec, h, at(5), scale_applied{13, 9});
  test::recall(spec, h, at(6), scale_applied{9, 12});
  CHECK(polled(spec, h, 10, wished(12, 5)) == pair{5, 12});  // its budget is spent
}

TEST_CASE("a failed poll: either one may have a fallback, or both, or none") {
  const auto falls = [](int to) {
    return fallback_spec{0, to, fallback_behavior::fixed};
  };
  struct row {
    bool live, shadow;
  };
  for (const auto& r :
       {row{false, false}, row{false, true}, row{true, false}, row{true, true}}) {
    auto spec = shadowed([&](auto& s) {
      if (r.shadow) s.fallback = falls(6);
    });
    if (r.live) spec.fallback = falls(8);
    history h;
    polled(spec, h, 0, wished(4, 4));
    const auto v = policy::evaluate_failure(spec, h, at(1));
    REQUIRE(v.live.has_value());
    REQUIRE(v.shadow.has_value());
    CHECK(v.live->desired == (r.live ? 8 : 4));
    CHECK(v.shadow->desired == (r.shadow ? 6 : 4));
    CHECK(policy::live_answer(*v.shadow) == (r.live ? 8 : 4));
  }
}

TEST_CASE("what was lived is what is folded, for both") {
  auto spec = shadowed([](auto& s) {
    s.behavior.down.stabilization_window = seconds{60};
    s.guard = guard_spec{};
    s.panic = panic_spec{};
  });
  history lived, folded;
  const auto fold = [&](double s, event::payload what) {
    event e;
    e.time = at(s);
    e.data = std::move(what);
    policy::recall(spec, folded, e);
  };
  int count = 10;
  for (int s = 0; s < 200; s += 7) {
    const auto seen = wished(count, (s * 37) % 50);
    const auto v = policy::evaluate(spec, lived, seen, at(s));
    fold(s, status_observed{seen});
    fold(s, decision_made{*v.live});
    fold(s, decision_made{*v.shadow, {}, true});
    if (v.live->changes()) {
      test::recall(spec, lived, at(s + 1), scale_applied{count, v.live->desired});
      fold(s + 1, scale_applied{count, v.live->desired});
      count = v.live->desired;
    }
    REQUIRE(lived == folded);
  }
}

TEST_CASE("a shadow that comes, goes or changes leaves the live memory alone") {
  const auto spec =
      shadowed([](auto& s) { s.behavior.down.stabilization_window = seconds{600}; });
  const auto plain = test::wishes();
  history h;
  polled(spec, h, 0, wished(10, 20));
  auto live = h.live;
  policy::recall_changed(spec, plain, h);
  CHECK(h.shadow == policy::memory{});
  CHECK(h.live == live);
  policy::recall_changed(plain, spec, h);
  CHECK(h.shadow == policy::memory{});
  polled(spec, h, 10, wished(10, 20));
  auto other = spec;
  other.shadow[0].behavior.down.stabilization_window = seconds{300};
  policy::recall_changed(spec, other, h);
  // What it recommended is not forgotten with the change.
  CHECK(polled(other, h, 20, wished(25, 5)) == pair{5, 20});
}

TEST_CASE("a replay holds a shadow's lone fallback against its record") {
  const auto spec = shadowed([](auto& s) { s.fallback = fallback_spec{0, 6, {}}; });
  std::vector<int> told;
  record::replay_options o;
  o.spec_for = [&](std::string_view) {
    return std::make_shared<const target_spec>(spec);
  };
  o.decided = [&](const record::replayed& d) {
    if (d.shadow) told.push_back(d.recorded ? d.recorded->desired : -1);
  };
  record::replayer player{o};
  record::recorded_event e;
  e.name = "app";
  e.data = status_observed{wished(4, 4)};
  e.time = at(0);
  player.feed(e);
  e.data = status_failed{};
  e.time = at(1);
  player.feed(e);
  e.data = decision_made{decision{4, 6, 6}, {}, true};
  player.feed(e);
  player.finish();
  CHECK(told == std::vector{-1, 6});
}
