// What must hold for any spec and any weather: thousands of random targets, each through
// an hour or so of polls, gaps, failures, crashes and clock steps.
#include "tests/policy/story.hpp"
#include "tests/support/patience.hpp"
#include "tests/support/recalled.hpp"

#include <string>
#include <vector>

using namespace scaleit;
using test::story;

namespace {

constexpr int polls = 40;

std::uint64_t seed_of(int i) {
  return Catch::rngSeed() * 1'000'003u + static_cast<std::uint64_t>(i);
}

template <class Tell>
void for_each_seed(int targets, Tell&& tell) {
  for (int i = 0; i < test::tries(targets); ++i) {
    INFO("seed " << Catch::rngSeed() << ", target " << i);
    tell(seed_of(i));
    SUCCEED();  // a story complains by itself
  }
}

/// What a replay decides.
struct outcome {
  struct one {
    time_point at;
    bool shadow;
    decision made;
    bool operator==(const one&) const = default;
  };
  std::vector<one> decisions;
  int differ = 0;
  policy::history remembers;
};

outcome replay(const story& s, std::optional<time_point> from) {
  outcome r;
  record::replay_options o;
  o.from = from;
  o.parse_spec = [&](std::string_view, const std::string&) {
    return std::make_shared<const target_spec>(s.spec());
  };
  o.decided = [&](const record::replayed& d) {
    const bool same = d.made && d.recorded && !d.differs() && !d.differs_at();
    r.differ += !same;
    if (d.made) r.decisions.push_back({d.time, d.shadow, *d.made});
  };
  record::replayer player{o};
  for (const auto& e : s.record()) player.feed(e);
  player.finish();
  r.remembers = player.find("app")->remembers;
  return r;
}

}  // namespace

TEST_CASE("any target, any weather: as the plain reading of the rules says") {
  for_each_seed(8'000, [](std::uint64_t seed) {
    story s{seed};
    for (int k = 0; k < polls; ++k) s.poll();
  });
}

TEST_CASE("when the clock jumps back nothing breaks, and the fold is still the memory") {
  for_each_seed(2'000, [](std::uint64_t seed) {
    story s{seed, story::clock::jumping};
    for (int k = 0; k < polls; ++k) s.poll();
  });
}

TEST_CASE("requests that fail and come true, or not: the fold is still the memory") {
  for_each_seed(2'000, [](std::uint64_t seed) {
    story s{seed, story::clock::lossy};
    for (int k = 0; k < polls; ++k) s.poll();
    const auto r = replay(s, {});
    REQUIRE(r.differ == 0);
    REQUIRE(r.remembers == s.lived());
  });
}

TEST_CASE("the same record gives the same decisions and the same memory") {
  for_each_seed(1'000, [](std::uint64_t seed) {
    story s{seed};
    for (int k = 0; k < polls; ++k) s.poll();
    const auto r = replay(s, {});
    REQUIRE(r.differ == 0);
    REQUIRE(r.remembers == s.lived());
  });
}

TEST_CASE("replaying a prefix and then the rest equals replaying the whole") {
  for_each_seed(500, [](std::uint64_t seed) {
    story s{seed};
    for (int k = 0; k < polls; ++k) s.poll();
    const auto whole = replay(s, {});
    for (int part = 1; part < 5; ++part) {
      const auto size = s.record().size();
      const auto from = s.record()[size * static_cast<std::size_t>(part) / 5].time;
      const auto rest = replay(s, from);
      INFO("from " << to_rfc3339(from));
      REQUIRE(rest.differ == 0);
      REQUIRE(rest.remembers == whole.remembers);
      auto expected = whole.decisions;
      std::erase_if(expected, [&](const auto& d) { return d.at < from; });
      REQUIRE(rest.decisions == expected);
    }
  });
}

TEST_CASE("doubling load and capacity together changes nothing") {
  for_each_seed(2'000, [](std::uint64_t seed) {
    test::random_case random{seed};
    auto spec = random.spec();
    spec.metrics.resize(1);
    auto& metric = spec.metrics[0];
    metric.type = metric_type::value;
    if (spec.combine.kind == combine_kind::expression) spec.combine = {};
    if (spec.zero) spec.zero->activation.resize(1);
    auto doubled = spec;
    doubled.metrics[0].target *= 2;
    if (doubled.zero)
      for (auto& level : doubled.zero->activation) level.second *= 2;

    policy::history one, two;
    int replicas = random.number(0, 30);
    auto now = test::story_start;
    for (int k = 0; k < polls; ++k) {
      now += random.one_in(10) ? random.secs(60, 400) : random.secs(1, 8);
      const auto seen = random.seen(spec, replicas, now);
      auto seen_double = seen;
      for (auto& m : seen_double.metrics) m.value *= 2;
      const auto a = policy::evaluate(spec, one, seen, now).live.value();
      const auto b = policy::evaluate(doubled, two, seen_double, now).live.value();
      bool same = a.recommended == b.recommended && a.desired == b.desired &&
                  a.steps.size() == b.steps.size();
      for (std::size_t i = 0; same && i < a.steps.size(); ++i)
        same = a.steps[i].code == b.steps[i].code && a.steps[i].to == b.steps[i].to;
      if (!same)
        FAIL(test::described(a, spec) << "\nbut\n" << test::described(b, doubled));
      if (!policy::is_command(spec, a)) continue;
      test::recall(spec, one, now, scale_applied{a.current, a.desired});
      test::recall(doubled, two, now, scale_applied{a.current, a.desired});
      replicas = a.desired;
    }
  });
}
