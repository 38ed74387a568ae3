// The sentences of the rules, read aloud: every code, and every form it takes.
#include "policy/why.hpp"

#include "messages/decision.hpp"
#include "messages/target_spec.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <set>
#include <string>

using namespace scaleit;

namespace {

using std::chrono::seconds;

target_spec spoken(combine_kind kind = combine_kind::max) {
  target_spec s;
  s.name = "app";
  s.metrics = {{"cpu", "/cpu", metric_type::value, 0.8},
               {"queue", "/q", metric_type::average_value, 30}};
  s.combine.kind = kind;
  s.schedules = {{"0 8 * * 1-5", "Europe/Berlin", std::chrono::hours{10}, 10, 50}};
  return s;
}

target_spec bursting() {
  auto s = spoken();
  s.panic = panic_spec{};
  return s;
}

struct row {
  step s;
  target_spec spec;
  const char* sentence;
};

/// One step: the rule, from and to, its numbers, and of which metric.
step said(rule code, int from, int to, std::array<double, 4> numbers = {},
          std::uint8_t metric = 0) {
  return {code, metric, from, to, numbers};
}

void check(const std::vector<row>& table) {
  for (const auto& r : table) {
    CAPTURE(std::string{to_string(r.s.code)});
    CHECK(policy::why(r.s, r.spec, false) == r.sentence);
  }
}

const std::vector<row> recommendations = {
    {said(rule::target, 10, 12, {0.95, 0.8, 11.875}), spoken(),
     "cpu 0.95 is 18.8 % above 0.80: 11.88 is rounded up to 12"},
    {said(rule::target, 10, 7, {0.56, 0.8, 7.0}), spoken(),
     "cpu 0.56 is 30.0 % below 0.80: exactly 7"},
    {said(rule::target, 0, 2, {31, 30, 31 / 30.0}, 1), spoken(),
     "queue 31.00 at 30.00 each: 1.0333 is rounded up to 2"},
    {said(rule::target, 0, 0, {0, 30, 0}, 1), spoken(),
     "queue 0.00 at 30.00 each: exactly 0"},
    {said(rule::target, 10, 1'000'000, {2e5, 0.8, 2.5e6}), spoken(),
     "cpu 200000 is 24999900.0 % above 0.80: 2500000 is limited to 1000000"},
    {said(rule::target, 2, 3, {68, 30, 68 / 30.0}, 1), bursting(),
     "queue load averages 68.00 over 60 s: at 30.00 each, 2.2667 is rounded up to 3"},
    {said(rule::target, 10, 5, {68, 30, 68 / 30.0}, 1), bursting(),
     "queue load averages 68.00 over 60 s: at 30.00 each, 2.2667, but not below 5 at "
     "once"},
    {said(rule::target, 2, 20, {900, 30, 30}, 1), bursting(),
     "queue load averages 900 over 60 s: at 30.00 each, 30.00, but not above 20 at once"},
    {said(rule::target, 5, 5, {150, 30, 5}, 1), bursting(),
     "queue load averages 150 over 60 s: at 30.00 each, exactly 5"},
    {said(rule::tolerance, 10, 10, {0.83, 0.8, 0.1}), spoken(),
     "within tolerance: cpu 0.83 is 3.8 % above 0.80, 10 % allowed"},
    {said(rule::tolerance, 10, 10, {0.8, 0.8, 0.125}), spoken(),
     "within tolerance: cpu 0.80 is at 0.80, 12.5 % allowed"},
    {said(rule::tolerance, 10, 10, {29, 30, 0.05}, 1), spoken(),
     "within tolerance: queue 29.00 is 3.3 % below 30.00, 5 % allowed"},
    {said(rule::tolerance, 10, 10, {1.04, 0, 0.1}), spoken(combine_kind::expression),
     "within tolerance: the expression yields 1.04, 4.0 % above 1.00, 10 % allowed"},
    {said(rule::tolerance, 10, 10, {1, 0, 0.1}), spoken(combine_kind::expression),
     "within tolerance: the expression yields 1.00, at 1.00, 10 % allowed"},
    {said(rule::unready, 3, 4, {1.6, 0.8, 2}), spoken(),
     "cpu 1.60 is 100.0 % above 0.80 with 2 of 3 ready, the others counted as idle: "
     "exactly 4"},
    {said(rule::unready, 10, 10, {0.97, 0.8, 9}), spoken(),
     "cpu 0.97 is 21.3 % above 0.80 with 9 of 10 ready; were the others idle it would be "
     "0.873: no scale-out"},
    {said(rule::unready, 5, 2, {0.48, 0.8, 3}), spoken(),
     "cpu 0.48 is 40.0 % below 0.80 with 3 of 5 ready: 1.80 is rounded up to 2"},
    {said(rule::panic, 2, 5, {140 / 3.0, 5, 0, 60}, 1), bursting(),
     "panic: queue load averages 46.67 over 6 s, which is a burst; until 60 s after a "
     "burst the highest wish counts, 5"},
    {said(rule::panic, 5, 5, {20, 2, 12, 60}, 1), bursting(),
     "panic: queue load averages 20.00 over 6 s, the last burst was 12 s ago; until 60 s "
     "after a burst the highest wish counts, 5"},
    {said(rule::combine, 12, 14, {2, 13}, 1), spoken(),
     "queue asks for the most of 2 metrics"},
    {said(rule::combine, 12, 12, {2, 13}, 0), spoken(combine_kind::min),
     "cpu asks for the least of 2 metrics"},
    {said(rule::combine, 14, 11, {2, 11}), spoken(combine_kind::average),
     "the average of 2 metrics: exactly 11"},
    {said(rule::combine, 14, 12, {2, 11.5}), spoken(combine_kind::average),
     "the average of 2 metrics: 11.50 is rounded up to 12"},
    {said(rule::combine, 10, 13, {1.25, 12.5}), spoken(combine_kind::expression),
     "the expression yields 1.25: 12.50 is rounded up to 13"},
};

const std::vector<row> holds = {
    {said(rule::missing_metric, 8, 10, {2}), spoken(),
     "queue is missing: no scale-in without it"},
    {said(rule::missing_metric, 8, 10, {0, 2}), spoken(),
     "queue: no scale-in on partial data"},
    {said(rule::target, 10, 126, {5.2632, 0.8, 125.001}), spoken(),
     "cpu 5.2632 is 557.9 % above 0.80: 125.001 is rounded up to 126"},
    {said(rule::target, 10, 125, {5.2632, 0.8, 124.9999}), spoken(),
     "cpu 5.2632 is 557.9 % above 0.80: 124.9999 is rounded up to 125"},
    {said(rule::missing_metric, 10, 10, {3}), spoken(combine_kind::min),
     "cpu, queue are missing: held at 10"},
    {said(rule::stale, 10, 10, {40, 30}), spoken(),
     "observed 40 s ago; older than 30 s is not used"},
    {said(rule::stale, 10, 10, {2.5, 2}), spoken(),
     "observed 2.5 s ago; older than 2 s is not used"},
    {said(rule::hold, 10, 10, {3}), spoken(),
     "no usable metric (cpu, queue): held at 10"},
    {said(rule::hold, 10, 10, {0}), spoken(), "no usable metric: held at 10"},
    {said(rule::hold, 10, 10, {0, 1}), spoken(combine_kind::expression),
     "the expression yields no number: held at 10"},
    {said(rule::fallback, 4, 6, {4, 3, 6}), spoken(),
     "4 polls in a row have failed, more than 3: falling back to 6"},
    {said(rule::fallback, 8, 8, {4, 3, 6}), spoken(),
     "4 polls in a row have failed, more than 3: keeping 8, the fallback being 6"},
    {said(rule::fallback, 8, 6, {1, 0, 6}), spoken(),
     "1 poll in a row has failed, more than 0: falling back to 6"},
    {said(rule::stabilize_down, 4, 12, {12, 140, 300}), spoken(),
     "held by the 300 s window: 12 was wanted 140 s ago"},
    {said(rule::stabilize_up, 12, 7, {7, 20, 60}), spoken(),
     "held by the 60 s window: only 7 was wanted 20 s ago"},
    {said(rule::stabilize_down, 4, 10, {12, 0.4, 300}), spoken(),
     "held by the 300 s window: 12 was wanted 0.4 s ago"},
    {said(rule::stabilize_down, 4, 10, {10, 0, 300}), spoken(),
     "held by the 300 s window: a new target begins with the 10 it has"},
    {said(rule::outage_guard, 30, 80, {800, 300, 30, 600}), spoken(),
     "cpu load fell from 800 to 300, 30 s ago, which may be an outage: no scale-in for "
     "570 s more, or until it is back"},
    {said(rule::outage_guard, 30, 80, {800, 300, 0, 600}), spoken(),
     "cpu load fell from 800 to 300, which may be an outage: no scale-in for 600 s more, "
     "or until it is back"},
    {said(rule::rate_up, 50, 14, {4, 0, 15, 10}), spoken(),
     "limited to 4 pods per 15 s: from 10 at the period's start to at most 14"},
    {said(rule::rate_up, 50, 11, {1, 0, 60, 10}), spoken(),
     "limited to 1 pod per 60 s: from 10 at the period's start to at most 11"},
    {said(rule::rate_down, 2, 9, {10, 1, 60, 10}), spoken(),
     "limited to 10 % per 60 s: from 10 at the period's start to at least 9"},
    {said(rule::rate_up, 50, 10), spoken(), "scale-out is disabled"},
    {said(rule::rate_down, 2, 10), spoken(), "scale-in is disabled"},
    {said(rule::flap_budget, 5, 13, {2, 600, 490}), spoken(),
     "the budget of 2 reversals within 600 s is spent: scale-in waits 490 s more"},
    {said(rule::flap_budget, 5, 13, {1, 600, 0.5}), spoken(),
     "the budget of 1 reversal within 600 s is spent: scale-in waits 0.5 s more"},
};

const std::vector<row> bounds_and_modes = {
    {said(rule::switched_off, 9, 0, {2}), spoken(),
     "0 replicas while the minimum is 2: switched off by hand"},
    {said(rule::activate, 0, 1, {6, 5}, 1), spoken(),
     "queue 6.00 is above its activation value 5.00: awake"},
    {said(rule::idle, 0, 0, {0, 300, 1}), spoken(),
     "nothing is above its activation value: stays at 0"},
    {said(rule::idle, 1, 0, {310, 300}), spoken(),
     "idle for 310 s, the cooldown is 300 s: to zero"},
    {said(rule::idle, 0, 1, {120, 300}), spoken(),
     "idle for 120 s of the cooldown's 300 s: not yet to zero"},
    {said(rule::schedule_min, 3, 10, {0}), spoken(),
     "raised to 10 by the schedule '0 8 * * 1-5' (Europe/Berlin, for 10h)"},
    {said(rule::schedule_max, 90, 50, {0}), spoken(),
     "lowered to 50 by the schedule '0 8 * * 1-5' (Europe/Berlin, for 10h)"},
    {said(rule::schedule_max, 90, 60, {0}), spoken(),
     "lowered to 60, the floor, which wins over the 50 of the schedule '0 8 * * 1-5' "
     "(Europe/Berlin, for 10h)"},
    {said(rule::min, 1, 2), spoken(), "raised to the minimum of 2"},
    {said(rule::max, 90, 20), spoken(), "lowered to the maximum of 20"},
    {said(rule::paused, 14, 10), spoken(), "paused: held at 10"},
    {said(rule::dry_run, 14, 14), spoken(), "dry run: nothing is sent"},
    {said(rule::pause_in, 4, 10), spoken(), "scale-in is paused: held at 10"},
    {said(rule::pause_out, 14, 10), spoken(), "scale-out is paused: held at 10"},
    {said(rule::shadow, 15, 15, {30}), spoken(),
     "a shadow, not acted on: the live policy decided 30"},
};

}  // namespace

TEST_CASE("the sentences of a recommendation") { check(recommendations); }

TEST_CASE("the sentences of what holds") { check(holds); }

TEST_CASE("the sentences of bounds and modes") { check(bounds_and_modes); }

TEST_CASE("every rule has a sentence, and all of them are read here") {
  std::set<rule> read;
  for (const auto* table : {&recommendations, &holds, &bounds_and_modes})
    for (const auto& r : *table) read.insert(r.s.code);
  CHECK(read.size() == rules);
}

TEST_CASE("a sentence is one line without an end, whatever the numbers are") {
  for (std::size_t code = 0; code < rules; ++code)
    for (const double n : {0.0, 1.0, 0.004, 1e9, 1e300, -1.0, std::nan("")}) {
      const bool picks = code == static_cast<std::size_t>(rule::schedule_min) ||
                         code == static_cast<std::size_t>(rule::schedule_max) ||
                         code == static_cast<std::size_t>(rule::missing_metric) ||
                         code == static_cast<std::size_t>(rule::hold);
      if (picks && n != 0) continue;  // an index or a mask, not a measurement
      const auto text = policy::why(said(static_cast<rule>(code), 3, 4, {n, n, n, n}),
                                    bursting(), false);
      CAPTURE(text, n);
      CHECK(!text.empty());
      CHECK(text.find('\n') == std::string::npos);
      CHECK(text.find("  ") == std::string::npos);
      CHECK(text.back() != '.');
      CHECK(text.size() < 1000);
    }
}
