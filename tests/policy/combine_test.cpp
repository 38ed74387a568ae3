// Several metrics as one recommendation: HPA's maximum, and what is our own.
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

#include <limits>

using namespace scaleit;
using test::telling;

namespace {

constexpr double absent = std::numeric_limits<double>::quiet_NaN();

/// Totals with a target of 1: each metric's value is what it asks for.
target_spec three(combine_kind kind) {
  auto s = test::wishes();
  s.metrics = {{"a", "/a", metric_type::average_value, 1},
               {"b", "/b", metric_type::average_value, 1},
               {"c", "/c", metric_type::average_value, 1}};
  s.combine.kind = kind;
  return s;
}

observation asked(int replicas, std::initializer_list<double> values) {
  observation o;
  o.replicas = replicas;
  char name = 'a';
  for (const double v : values) {
    if (v == v) o.metrics.push_back({std::string(1, name), v});
    ++name;
  }
  return o;
}

target_spec of_expression(std::string text) {
  auto s = test::wishes();
  s.metrics = {{"cpu", "/cpu", metric_type::value, 0.8},
               {"queue", "/q", metric_type::average_value, 30}};
  s.combine = {combine_kind::expression, std::move(text)};
  s.tolerance = {0.1, 0.1};
  return s;
}

observation measured(int replicas, double cpu, double queue) {
  observation o;
  o.replicas = replicas;
  if (cpu == cpu) o.metrics.push_back({"cpu", cpu});
  if (queue == queue) o.metrics.push_back({"queue", queue});
  return o;
}

}  // namespace

TEST_CASE("max, min and average, with and without missing metrics") {
  using enum combine_kind;
  struct row {
    combine_kind kind;
    double a, b, c;
    int recommended;  ///< of 10
    const char* source;
  };
  const row table[] = {
      {max, 8, 14, 5, 14, "HPA: the largest"},
      {max, 8, 9, 5, 9, "HPA: the largest, downwards"},
      {max, 8, absent, 14, 14, "HPA: one is missing, another may go up"},
      {max, 8, absent, 5, 10,
       "HPA: one is missing: no scale-in (ScaleDownOneMetricEmpty)"},
      {max, absent, absent, 5, 10, "HPA: two are missing"},
      {max, absent, absent, 14, 14, "HPA: two are missing, the third goes up"},
      {max, absent, absent, absent, 10, "HPA: none is there: hold"},
      {max, 8, -1, 5, 10, "a negative value is missing"},
      {min, 8, 14, 5, 5, "the smallest"},
      {min, 12, 14, 15, 12, "the smallest, upwards"},
      {min, 8, absent, 5, 10, "any missing metric holds"},
      {min, 14, absent, 15, 10, "any missing metric holds, also upwards"},
      {min, absent, absent, absent, 10, "none is there: hold"},
      {average, 8, 14, 5, 9, "27 / 3, exactly"},
      {average, 8, 14, 6, 10, "28 / 3, rounded up"},
      {average, 8, 14, 7, 10, "29 / 3, rounded up"},
      {average, 14, absent, 15, 10, "any missing metric holds"},
      {average, 1, 1, 1, 1, "all the same"},
      {average, 0, 0, 1, 1, "rounded up"},
      {average, 0, 0, 0, 0, "nothing"},
  };
  for (const auto& r : table) {
    telling t{three(r.kind)};
    CAPTURE(r.source);
    t.poll(0, asked(10, {r.a, r.b, r.c}));
    CHECK(t.last.recommended == r.recommended);
  }
}

TEST_CASE("each recommendation has its tolerance before they are combined") {
  auto spec = three(combine_kind::average);
  spec.tolerance = {0.1, 0.1};
  telling t{spec};
  t.poll(0, asked(10, {10.9, 9.1, 16}));
  CHECK(t.last.recommended == 12);
}

TEST_CASE("the metrics may come in any order, and others besides") {
  telling t{three(combine_kind::max)};
  observation o;
  o.replicas = 10;
  o.metrics = {{"z", 90}, {"c", 5}, {"a", 8}, {"b", 14}};
  CHECK(t.poll(0, o) == 14);
  CHECK(t.said(rule::combine) == "b asks for the most of 3 metrics");
}

TEST_CASE("one metric leaves no step of the combination") {
  telling t{test::wishes()};
  t.poll(0, 10, 14);
  CHECK_FALSE(t.has(rule::combine));
  telling u{three(combine_kind::max)};
  u.poll(0, asked(10, {absent, 14, absent}));
  CHECK_FALSE(u.has(rule::combine));
}

TEST_CASE("what is missing is named") {
  telling t{three(combine_kind::max)};
  t.poll(0, asked(10, {8, absent, absent}));
  CHECK(t.said(rule::missing_metric) == "b, c are missing: no scale-in without them");
  telling u{three(combine_kind::min)};
  u.poll(0, asked(10, {8, absent, 3}));
  CHECK(u.said(rule::missing_metric) == "b is missing: held at 10");
}

TEST_CASE("partial data adds replicas, and takes none away") {
  const auto partial = [](observation o, std::size_t which) {
    o.metrics.at(which).partial = true;
    return o;
  };
  for (const auto kind : {combine_kind::max, combine_kind::min, combine_kind::average}) {
    CAPTURE(static_cast<int>(kind));
    telling up{three(kind)}, down{three(kind)}, whole{three(kind)};
    CHECK(up.poll(0, partial(asked(10, {14, 14, 14}), 1)) == 14);
    CHECK(down.poll(0, partial(asked(10, {5, 5, 5}), 1)) == 10);
    CHECK(down.said(rule::missing_metric) == "b: no scale-in on partial data");
    CHECK(whole.poll(0, asked(10, {5, 5, 5})) == 5);
  }
  telling t{of_expression("cpu / 0.8")};
  CHECK(t.poll(0, partial(measured(10, 1.6, 60), 0)) == 20);
  telling u{of_expression("cpu / 0.8")};
  CHECK(u.poll(0, partial(measured(10, 0.4, 60), 1)) == 10);
}

TEST_CASE("an expression yields a ratio, with the tolerance and the rounding of one") {
  struct row {
    const char* text;
    int replicas;
    double cpu, queue;
    int recommended;
    const char* source;
  };
  const char* both = "cpu / 0.8 > 1 && queue / 30 > 1 ? max(cpu / 0.8, queue / 30) : 1";
  const row table[] = {
      {both, 10, 1.2, 60, 20, "both above: the larger of 1.5 and 2"},
      {both, 10, 1.6, 33, 20, "both above: the larger of 2 and 1.1"},
      {both, 10, 1.6, 30, 10, "one is not above: 1"},
      {both, 10, 0.1, 3, 10, "none is"},
      {"cpu / 0.8", 10, 0.88, 0, 10, "1.1 is within the tolerance"},
      {"cpu / 0.8", 10, 0.89, 0, 12, "ceil(11.125)"},
      {"cpu / 0.8", 10, 0.72, 0, 10, "0.9 is within"},
      {"cpu / 0.8", 10, 0.71, 0, 9, "ceil(8.875)"},
      {"cpu / 0.8", 10, 0.56, 0, 7, "exactly 7"},
      {"cpu / 0.8", 0, 5, 0, 0, "a ratio of nothing is nothing"},
      {"0", 10, 1, 1, 0, "down to nothing"},
      {"cpu / queue", 10, 1, 0, 10, "a division by zero is no number: hold"},
      {"sqrt(cpu - 5)", 10, 1, 0, 10, "not a number: hold"},
      {"cpu - queue", 10, 1, 2, 10, "negative: hold"},
      {"cpu / 0.8", 10, 1.6, absent, 10, "any missing metric holds, used or not"},
      {"cpu / 0.8", 10, absent, 60, 10, "any missing metric holds"},
      {"cpu * 1e300", 10, 1, 1, bounds::replicas_max, "absurd, bounded"},
  };
  for (const auto& r : table) {
    telling t{of_expression(r.text)};
    CAPTURE(r.source, r.text);
    t.poll(0, measured(r.replicas, r.cpu, r.queue));
    CHECK(t.last.recommended == r.recommended);
  }
}

TEST_CASE("what the expression did is said") {
  telling t{of_expression("cpu / 0.8")};
  t.poll(0, measured(10, 1.0, 0));
  CHECK(t.said(rule::combine) == "the expression yields 1.25: 12.50 is rounded up to 13");
  t.poll(1, measured(10, 0.83, 0));
  CHECK(t.said(rule::tolerance) ==
        "within tolerance: the expression yields 1.0375, 3.8 % above 1.00, 10 % allowed");
  telling u{of_expression("cpu / queue")};
  u.poll(0, measured(10, 1, 0));
  CHECK(u.said(rule::hold) == "the expression yields no number: held at 10");
}

TEST_CASE("what is too old is missing, all of it") {
  auto spec = three(combine_kind::max);
  spec.max_age = std::chrono::seconds{30};
  telling t{spec};
  auto o = asked(10, {14, 14, 14});
  o.observed_at = test::at(100);
  CHECK(t.poll(130, o) == 14);
  CHECK(t.poll(130.000001, o) == 10);
  CHECK(t.said(rule::stale) == "observed 30 s ago; older than 30 s is not used");
  CHECK(t.said(rule::hold) == "no usable metric: held at 10");
  o.observed_at.reset();
  CHECK(t.poll(131, o) == 14);  // without a time of its own it is as old as the poll
}

TEST_CASE("an expression that is changed holds from then on") {
  telling t{of_expression("cpu / 0.8")};
  t.poll(0, measured(10, 1.6, 30));
  CHECK(t.last.recommended == 20);
  const auto before = t.spec;
  t.spec.combine.expression = "queue / 30";
  policy::recall_changed(before, t.spec, t.mem);
  t.poll(5, measured(10, 1.6, 90));
  CHECK(t.last.recommended == 30);
}
