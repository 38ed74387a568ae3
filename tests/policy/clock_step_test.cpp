// A step of the system's clock is no time that passed: what is remembered moves along.
#include "tests/policy/story.hpp"
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

#include <memory>
#include <string>
#include <vector>

using namespace scaleit;
using test::story;
using test::telling;

namespace {

using std::chrono::seconds;

constexpr microseconds forwards = std::chrono::minutes{11};
constexpr microseconds backwards = -std::chrono::hours{25};

struct decided {
  bool shadow;
  int recommended, desired;
  std::vector<step> steps;
  bool operator==(const decided&) const = default;
};

/// All decisions of a record, under a policy without schedules: those follow the wall.
std::vector<decided> decisions_of(const std::vector<record::recorded_event>& record,
                                  target_spec spec) {
  spec.schedules.clear();
  for (auto& s : spec.shadow) s.schedules.clear();
  const auto plain = std::make_shared<const target_spec>(std::move(spec));
  std::vector<decided> all;
  record::replay_options o;
  o.parse_spec = [&](std::string_view, const std::string&) { return plain; };
  o.decided = [&](const record::replayed& d) {
    if (d.made)
      all.push_back({d.shadow,
                     d.made->recommended,
                     d.made->desired,
                     {d.made->steps.begin(), d.made->steps.end()}});
  };
  record::replayer player{o};
  for (const auto& e : record) player.feed(e);
  player.finish();
  return all;
}

/// The same story by a clock that is set now and then, and says so.
std::vector<record::recorded_event> with_steps(
    const std::vector<record::recorded_event>& record, test::random_case& random) {
  std::vector<record::recorded_event> all;
  microseconds off{0};
  microseconds off_at_poll{0};
  for (auto e : record) {
    // A decision has the time of its poll, whatever happened to the clock meanwhile.
    const bool decision = e.as<decision_made>() != nullptr;
    if (random.one_in(8)) {
      const auto by = (random.one_in(2) ? -1 : 1) * random.secs(1, 90'000);
      off += by;
      auto& s = all.emplace_back();
      s.data = clock_stepped{by};
      s.time = e.time + off;
    }
    auto* read = std::get_if<status_observed>(&e.data);
    if (read || e.as<status_failed>()) off_at_poll = off;
    const auto by = decision ? off_at_poll : off;
    e.time += by;
    if (read && read->seen.observed_at) *read->seen.observed_at += by;
    all.push_back(std::move(e));
  }
  return all;
}

}  // namespace

TEST_CASE("a clock that is set, and says so, changes no decision") {
  for (int i = 0; i < 500; ++i) {
    INFO("seed " << Catch::rngSeed() << ", target " << i);
    const auto seed = Catch::rngSeed() * 1'000'003u + static_cast<std::uint64_t>(i);
    story s{seed, i % 2 ? story::clock::lossy : story::clock::steady};
    for (int k = 0; k < 40; ++k) s.poll();
    test::random_case random{seed + 7};
    const auto stepped = with_steps(s.record(), random);
    REQUIRE(decisions_of(stepped, s.spec()) == decisions_of(s.record(), s.spec()));
  }
}

TEST_CASE("each window keeps its age over a step, either way") {
  for (const auto by : {forwards, backwards}) {
    CAPTURE(by.count());
    const double gone = std::chrono::duration<double>(by).count();
    const auto step = [&](telling& t) { policy::recall_stepped(t.mem, by); };

    telling window{test::wishes()};
    window.spec.behavior.down.stabilization_window = seconds{300};
    window.poll(0, 10, 10);
    step(window);
    CHECK(window.poll(gone + 299, 10, 3) == 10);
    CHECK(window.poll(gone + 600, 10, 3) == 3);

    telling rate{test::wishes()};
    rate.spec.behavior.up.policies = {{policy_type::pods, 1, seconds{300}}};
    rate.poll(0, 10, 10);
    rate.applied(1, 10, 11);
    step(rate);
    CHECK(rate.poll(gone + 300, 11, 50) == 11);
    CHECK(rate.poll(gone + 301, 11, 50) == 12);

    telling flaps{test::wishes()};
    flaps.spec.flap_budget = flap_budget_spec{1, seconds{600}};
    flaps.poll(0, 10, 10);
    flaps.applied(0, 10, 14);
    flaps.applied(1, 14, 9);
    flaps.applied(2, 9, 12);
    step(flaps);
    CHECK(flaps.poll(gone + 601, 12, 5) == 12);
    CHECK(flaps.poll(gone + 602, 12, 5) == 5);

    telling idle{test::wishes()};
    idle.spec.zero = zero_spec{{{"wish", 0}}, seconds{300}};
    idle.poll(0, 3, 0);
    step(idle);
    CHECK(idle.poll(gone + 299, 3, 0) == 1);
    CHECK(idle.poll(gone + 300, 3, 0) == 0);

    telling guard{test::wishes()};
    guard.spec.guard = guard_spec{50, seconds{60}, seconds{600}};
    guard.poll(0, 10, 10);
    guard.poll(1, 10, 2);
    step(guard);
    CHECK(guard.poll(gone + 600, 10, 2) == 10);
    CHECK(guard.poll(gone + 601, 10, 2) == 2);

    telling warm{test::wishes()};
    warm.spec.metrics = {{"wish", "/wish", metric_type::value, 1}};
    warm.spec.warmup = seconds{60};
    warm.poll(0, 10, 1);
    warm.applied(1, 10, 20);
    step(warm);
    CHECK(warm.poll(gone + 60, 20, 2) == 20);
    CHECK(warm.poll(gone + 61, 20, 2) == 40);

    telling lost{test::wishes()};
    lost.poll(0, 10, 10);
    lost.lost(1, 10, 11);
    step(lost);
    lost.poll(gone + 2, 10, 10);
    lost.poll(gone + 299, 11, 10);
    CHECK(lost.mem.applied.size() == 1);
  }
}

TEST_CASE("a record that tells no steps moves back by itself, as ever, and once") {
  telling told{test::wishes()}, untold{test::wishes()};
  for (auto* t : {&told, &untold}) {
    t->spec.behavior.down.stabilization_window = seconds{300};
    t->poll(3600, 10, 10);
  }
  policy::recall_stepped(told.mem, -std::chrono::hours{1});
  CHECK(told.poll(299, 10, 3) == 10);
  CHECK(told.poll(300, 10, 3) == 3);
  CHECK(untold.poll(1, 10, 3) == 10);
  CHECK(untold.poll(300, 10, 3) == 10);
  CHECK(untold.poll(301, 10, 3) == 3);
}

TEST_CASE("memories follow a step with the next event, once") {
  policy::history h;
  auto spec = test::wishes();
  spec.shadow = {test::wishes()};
  policy::evaluate(spec, h, test::wished(10, 10), test::at(100));
  policy::follow_clock(h, seconds{50});
  policy::follow_clock(h, seconds{50});
  CHECK(h.live.clock == test::at(150));
  CHECK(h.shadow.clock == test::at(150));
  policy::follow_clock(h, seconds{20});
  CHECK(h.live.clock == test::at(120));
}
