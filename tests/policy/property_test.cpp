// What must hold for any spec and any weather: tens of thousands of random targets, each
// through an hour or so of polls, gaps, failures, crashes and clock steps.
#include "policy/history.hpp"
#include "tests/policy/naive.hpp"
#include "tests/policy/random_case.hpp"
#include "tests/support/catch.hpp"

#include <optional>
#include <sstream>
#include <vector>

using namespace scaleit;
using policy::history;

namespace {

constexpr int targets = 20'000;
constexpr int polls = 40;
constexpr time_point start{std::chrono::seconds{1769851800}};  // 2026-01-31T09:30:00Z

std::string described(const std::optional<decision>& d, const target_spec& spec) {
  if (!d) return "none";
  std::ostringstream s;
  s << d->current << " -> " << d->recommended << " -> " << d->desired;
  for (const auto& x : d->steps)
    s << "\n  " << to_string(x.code) << " " << x.from << " -> " << x.to << ": "
      << why(x, spec);
  return s.str();
}

bool has_step(const decision& d, rule code) {
  for (const auto& s : d.steps)
    if (s.code == code) return true;
  return false;
}

/// The bounds at `now`, as the policy says them.
std::pair<int, int> bounds_of(const target_spec& spec, time_point now) {
  const auto s = policy::schedules_at(spec.schedules, now);
  const int floor = std::max(spec.min_replicas, s.floor.value_or(0));
  const int ceiling = std::min(spec.max_replicas, s.ceiling.value_or(spec.max_replicas));
  return {floor, std::max(floor, ceiling)};
}

void check_invariants(const target_spec& spec, const decision& d, const observation* seen,
                      time_point now) {
  const auto [floor, ceiling] = bounds_of(spec, now);
  const bool held = has_step(d, rule::paused) || has_step(d, rule::pause_in) ||
                    has_step(d, rule::pause_out) || has_step(d, rule::switched_off);
  if (!held) {
    REQUIRE(d.desired >= floor);
    REQUIRE(d.desired <= ceiling);
  }
  bool missing = false;
  for (const auto& m : spec.metrics) missing = missing || (seen && !seen->find(m.name));
  if (missing && !spec.panic) REQUIRE(d.desired >= std::min(d.current, ceiling));
  REQUIRE(!d.steps.empty());
  REQUIRE(d.steps.front().from == d.current);
  REQUIRE(d.steps.back().to == d.desired);
  bool passes = false;
  for (std::size_t k = 0; k < d.steps.size(); ++k) {
    if (k > 0) REQUIRE(d.steps[k].from == d.steps[k - 1].to);
    passes = passes || d.steps[k].to == d.recommended;
    REQUIRE(!why(d.steps[k], spec).empty());
  }
  REQUIRE(passes);
}

/// One target under a world that scales when told to, mostly.
class story {
 public:
  explicit story(std::uint64_t seed)
      : random_(seed),
        spec_(random_.spec()),
        naive_(spec_),
        replicas_(random_.number(0, 30)) {}

  void poll() {
    pass_time();
    if (random_.one_in(8)) return fail();
    const auto seen = random_.seen(spec_, replicas_, now_);
    const auto expected = naive_.observed(seen, now_);
    const auto before = live_;
    auto v = policy::evaluate(spec_, live_, seen, now_);
    INFO("at " << to_rfc3339(now_) << ": " << described(v.live, spec_));
    REQUIRE(v.live->recommended == expected.recommended);
    REQUIRE(v.live->desired == expected.desired);
    check_invariants(spec_, *v.live, &seen, now_);
    remember(status_observed{seen}, v.live);
    act(*v.live);
  }

 private:
  void pass_time() {
    now_ += random_.one_in(10) ? random_.secs(60, 400) : random_.secs(1, 8);
  }

  void fail() {
    const auto expected = naive_.failed(now_);
    const auto v = policy::evaluate_failure(spec_, live_, now_);
    INFO("at " << to_rfc3339(now_) << " failed: " << described(v.live, spec_));
    REQUIRE(v.live.has_value() == expected.has_value());
    remember(status_failed{}, v.live);
    if (!v.live) return;
    REQUIRE(v.live->desired == expected->desired);
    check_invariants(spec_, *v.live, nullptr, now_);
    act(*v.live);
  }

  /// The fold over the events must be the memory that was lived.
  void remember(event::payload what, const std::optional<decision>& d) {
    fold(std::move(what));
    if (d) fold(decision_made{*d});
    REQUIRE(folded_ == live_);
  }
  void fold(event::payload what) {
    event e;
    e.time = now_;
    e.data = std::move(what);
    policy::recall(spec_, folded_, e);
  }

  void act(const decision& d) {
    if (policy::is_command(spec_, d) && !random_.one_in(6)) {
      now_ += milliseconds{random_.number(0, 900)};
      event e;
      e.time = now_;
      e.data = scale_applied{d.current, d.desired};
      policy::recall(spec_, live_, e);
      policy::recall(spec_, folded_, e);
      naive_.applied(d.current, d.desired, now_);
      replicas_ = d.desired;
    }
    if (random_.one_in(40)) replicas_ = random_.number(0, 40);  // somebody's hand
  }

  test::random_case random_;
  target_spec spec_;
  test::naive_policy naive_;
  history live_, folded_;
  int replicas_;
  time_point now_ = start;
};

}  // namespace

TEST_CASE("any target, any weather: as the plain reading of the rules says") {
  const auto seed = Catch::rngSeed();
  for (int i = 0; i < targets; ++i) {
    INFO("seed " << seed << ", target " << i);
    story s{seed * 1'000'003u + static_cast<std::uint64_t>(i)};
    for (int k = 0; k < polls; ++k) s.poll();
  }
}
