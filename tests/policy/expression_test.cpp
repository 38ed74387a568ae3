#include "policy/expression.hpp"

#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/patience.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <random>

using namespace scaleit;
using policy::complaint_about_expression;
using policy::expression;

namespace {

const std::vector<std::string> metrics{"cpu", "queue-length", "a.b", "max", "5xx"};
constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

double value_of(std::string_view text, double cpu = 0.9, double queue = 45) {
  const double values[] = {cpu, queue, 3, 7, 2};
  return expression{text, metrics}(values);
}

std::string complaint(std::string_view text) {
  return complaint_about_expression(text, metrics).value_or("none");
}

}  // namespace

TEST_CASE("an expression computes what it says") {
  struct row {
    const char* text;
    double value;
  };
  const row rows[] = {
      {"cpu", 0.9},
      {" 1 + 2 * 3 - 4 / 8 ", 6.5},
      {"(1 + 2) * 3", 9},
      {"2 ^ 3 ^ 2", 512},
      {"-2 ^ 2", -4},
      {"2 ^ -1", 0.5},
      {"2 / -4 * 2", -1},
      {"1 - -1", 2},
      {"7 - 4 - 2", 1},
      {"16 / 4 / 2", 2},
      {"1e3 + 1.5E-1 + .5 + 1.", 1001.65},
      {"1 < 2", 1},
      {"2 <= 1", 0},
      {"2 >= 2 && 1 == 1 && 1 != 2", 1},
      {"0 || 1 && 0", 0},
      {"!cpu", 0},
      {"!(cpu > 1)", 1},
      {"!0 + 1", 2},
      {"cpu > 1 ? 2 : 3", 3},
      {"1 ? 0 ? 1 : 2 : 3", 2},
      {"0 ? 1 : 0 ? 2 : 3", 3},
      {"min(3, 1, 2) + max(1, 3) + avg(1, 2, 6)", 7},
      {"max(5)", 5},
      {"abs(-3) + sqrt(16) + log(exp(2))", 9},
      {"floor(1.9) + ceil(1.1) + round(2.5)", 6},
      {"queue_length / 30", 1.5},
      {"a_b + _5xx", 5},
      {"max + max(max, 8)", 15},  // a metric of that name, and the function
      {"max\n(\t1, 2)\r\n + min (3, 4)", 5},
      {"cpu / 0.8 > 1 && queue_length / 30 > 1 ? max(cpu/0.8, queue_length/30) : 1", 1.5},
  };
  for (const auto& r : rows) {
    INFO(r.text);
    CHECK(value_of(r.text) == Approx(r.value));
  }
}

TEST_CASE("what cannot be computed is no number, and neither is what comes of it") {
  CHECK(value_of("1 / 0") == inf);
  CHECK(value_of("-1 / 0") == -inf);
  CHECK(std::isnan(value_of("0 / 0")));
  CHECK(std::isnan(value_of("sqrt(-1)")));
  CHECK(std::isnan(value_of("log(-1)")));
  CHECK(value_of("log(0)") == -inf);
  CHECK(value_of("exp(1e6)") == inf);
  CHECK(std::isnan(value_of("cpu * 0", none)));
  for (const char* text : {"max(cpu, 1)", "max(1, cpu)", "min(cpu, 1)", "min(1, cpu, 2)",
                           "avg(1, cpu)", "cpu + 1"}) {
    INFO(text);
    CHECK(std::isnan(value_of(text, none)));
  }
  const expression e{"cpu", metrics};
  CHECK(std::isnan(e({})));  // not as many values as names
  CHECK(std::isnan(e(std::vector<double>(6, 1.0))));
}

TEST_CASE("what is no expression is refused with the place and the reason") {
  struct row {
    const char* text;
    const char* says;
  };
  const row rows[] = {
      {"", "at character 1: it is empty; accepted: such as max(cpu / 0.8, queue / 30)"},
      {" \n", "at character 1: it is empty"},
      {"1 + cpuu",
       "at character 5: 'cpuu' is unknown (did you mean 'cpu'?); metrics: cpu, "
       "queue_length, a_b, max, _5xx"},
      {"queue-length", "'queue' is unknown (did you mean 'queue_length'?)"},
      {"queue_lenght", "did you mean 'queue_length'?"},
      {"maxx(1, 2)", "at character 1: 'maxx' is no function (did you mean 'max'?)"},
      {"cpu(1)", "at character 1: 'cpu' is no function"},
      {"sin(1)", "functions: min, max, avg, abs, sqrt, log, exp, floor, ceil, round"},
      {"max  (1, 2) + cpuu", "at character 15: 'cpuu'"},
      {"sqrt", "at character 1: 'sqrt' is unknown"},
      {"cpu = 5", "at character 5: '=' is not accepted"},
      {"cpu += 5", "at character 6: '=' is not accepted"},
      {"cpu == 5 = 1", "at character 10: '='"},
      {"\"text\"", "at character 1: '\"' is not accepted"},
      {"cpu; cpu", "at character 4: ';'"},
      {"cpu & 1", "at character 5: '&'"},
      {"cpu | 1", "at character 5: '|'"},
      {"cpu \xC3\xA4", "at character 5: '\xC3\xA4' is not accepted"},
      {"max\xE2\x80\x8B(cpu, queue)", "at character 4: '<U+200B>' is not accepted"},
      {"cpu\xC2\xA0/ 2", "at character 4: '<U+00A0>' is not accepted"},
      {"gr\xC3\xB6\xC3\x9F"
       "e / 2",
       "at character 3: '\xC3\xB6' is not accepted"},
      {"cpu \xFF", "at character 5: '?' is not accepted"},
      {"_pi", "at character 1: '_pi' is unknown"},
      {"0x10", "at character 2: 'x10' is unknown"},
      {"1e", "at character 2: 'e' is unknown"},
      {"inf", "'inf' is unknown"},
      {"nan", "'nan' is unknown"},
      {"1e999", "at character 1: '1e999' is no number that can be used"},
      {"1.2.3", "at character 4: '.3' is not expected here"},
      {".", "at character 1: '.'"},
      {"1, 2", "a comma makes it more than one result; accepted: one"},
      {"(1, 2)", "a comma belongs between the arguments of a function"},
      {"max((1, 2), 3)", "a comma belongs between the arguments of a function"},
      {"1,", "it ends where a value should follow"},
      {"max(,1)", "at character 5: ',' is not expected here"},
      {"max(1,)", "at character 7: ')' is not expected here"},
      {"max()", "too few arguments for max; it takes at least one"},
      {"sqrt(1, 2)", "too many arguments for sqrt; it takes one"},
      {"(1", "at character 1: this '(' is not closed"},
      {"1)", "at character 2: this ')' closes nothing"},
      {"()", "at character 2: ')' is not expected here"},
      {"(1)(2)", "at character 4: '(' is not expected here"},
      {"1 +", "at character 4: it ends where a value should follow"},
      {"!", "at character 2: it ends where a value should follow"},
      {"* 1", "at character 1: '*' is not expected here"},
      {"1 ** 2", "at character 4: '*' is not expected here"},
      {"1 2", "at character 3: '2' is not expected here"},
      {"2cpu", "at character 2: 'cpu' is not expected here"},
      {"cpu a_b", "at character 5: 'a_b' is not expected here"},
      {"cpu ! 1", "at character 5: '!' is not expected here"},
      {"1 ? 2", "a '?' has no ':'"},
      {"1 : 2", "at character 3: this ':' has no '?'"},
      {"max(0?1,2,3,4:5)", "at character 8: ',' is not expected here"},
      {"1 ? 2 :", "it ends where a value should follow"},
  };
  for (const auto& r : rows) {
    INFO(r.text);
    CHECK_THAT(complaint(r.text), ContainsSubstring(r.says));
    CHECK(complaint(r.text).find('\n') == std::string::npos);
  }
  try {
    const expression unknown_name{"1 + cpuu", metrics};
    FAIL("accepted");
  } catch (const policy::expression_error& e) {
    CHECK(e.position == 5);
  }
  const std::vector<std::string> twins{"a-b", "a.b"};
  CHECK(
      *complaint_about_expression("a_b", twins) ==
      "at character 1: 'a_b' is both metric 'a-b' and metric 'a.b'; rename one of them");
  CHECK_FALSE(complaint_about_expression("1", twins));
}

TEST_CASE("an expression that is too long or nested too deep is refused unparsed") {
  using std::string;
  const auto nested = [](std::size_t n) { return string(n, '(') + "1" + string(n, ')'); };
  CHECK(complaint(nested(bounds::expression_depth_max)) == "none");
  CHECK_THAT(complaint(nested(bounds::expression_depth_max + 1)),
             ContainsSubstring("nested deeper than 32"));
  CHECK_THAT(complaint(nested(1'000'000)), ContainsSubstring("longer than 1024 bytes"));
  string chain = "1";
  while (chain.size() + 4 <= bounds::expression_bytes_max) chain = "1?" + chain + ":0";
  CHECK(complaint(chain) == "none");
  CHECK(value_of(chain) == 1);
}

TEST_CASE("hostile texts are refused or computed, never worse") {
  std::mt19937 random{42};
  const std::string words[] = {
      "cpu", "queue_length", "1",    "2.5", "(", ")", "+", "-",   "*",    "/", "^",  "<",
      "==",  "&&",           "||",   "!",   "?", ":", ",", "max", "sqrt", "=", "\"", " ",
      "1e9", {"\0x", 2},     "\xFF", "_"};
  int computed = 0;
  for (int i = 0; i < test::tries(30'000); ++i) {
    std::string text;
    for (auto n = random() % 12; n > 0; --n) text += words[random() % std::size(words)];
    if (const auto wrong = complaint_about_expression(text, metrics)) {
      CHECK_THAT(*wrong, StartsWith("at character "));
      CHECK(wrong->size() < 300);
      CHECK(wrong->find("''") == std::string::npos);  // it says what is wrong
      CHECK(wrong->find("cannot be read") == std::string::npos);
      continue;
    }
    ++computed;
    value_of(text);
  }
  CHECK(computed > test::tries(100));
}

namespace {

/// A random expression as text, and what it should be, computed by hand.
struct grown {
  std::string text;
  double value;
};

grown grow(std::mt19937& random, int depth, double cpu, double queue) {
  if (depth == 0) {
    const int n = static_cast<int>(random() % 9);
    if (n == 0) return {"cpu", cpu};
    if (n == 1) return {"queue_length", queue};
    return {std::to_string(n), static_cast<double>(n)};
  }
  const auto a = grow(random, depth - 1, cpu, queue);
  const auto b = grow(random, depth - 1, cpu, queue);
  const auto in = [&](const char* op, double v) {
    return grown{"(" + a.text + op + b.text + ")", v};
  };
  switch (random() % 11) {
    case 0:
      return in(" + ", a.value + b.value);
    case 1:
      return in("-", a.value - b.value);
    case 2:
      return in(" * ", a.value * b.value);
    case 3:
      return in("/", a.value / b.value);
    case 4:
      return in(" < ", a.value < b.value ? 1 : 0);
    case 5:
      return in(">=", a.value >= b.value ? 1 : 0);
    case 6:
      return in(" && ", a.value != 0 && b.value != 0 ? 1 : 0);
    case 7:
      return in("||", a.value != 0 || b.value != 0 ? 1 : 0);
    case 8:
      return {"!(" + a.text + ")", a.value == 0 ? 1.0 : 0.0};
    case 9:
      return {"(" + a.text + " > 2 ? " + b.text + " : " + a.text + ")",
              a.value > 2 ? b.value : a.value};
    default:
      return {"avg(" + a.text + "," + b.text + ")", (a.value + b.value) / 2};
  }
}

}  // namespace

TEST_CASE("random expressions agree with their evaluation by hand, to the last bit") {
  std::mt19937 random{1};
  int compared = 0;
  for (int i = 0; i < 5'000; ++i) {
    const double cpu = static_cast<double>(random() % 200) / 100;
    const double queue = static_cast<double>(random() % 100);
    const auto e = grow(random, 1 + static_cast<int>(random() % 4), cpu, queue);
    if (e.text.size() > bounds::expression_bytes_max) continue;
    INFO(e.text);
    const double got = value_of(e.text, cpu, queue);
    const bool same = got == e.value || (std::isnan(got) && std::isnan(e.value));
    CHECK(same);
    ++compared;
  }
  CHECK(compared > 4'000);
}

TEST_CASE("targets alike share one compiled expression, others do not") {
  auto spec = test::app_spec();
  spec.combine = {combine_kind::expression, "cpu / 0.8"};
  auto other = test::app_spec("other");
  other.combine = spec.combine;
  const auto one = policy::expression_of(spec);
  CHECK(policy::expression_of(other) == one);
  const double busy[] = {1.6};
  CHECK((*one)(busy) == 2);
  other.combine.expression = "cpu / 0.4";
  CHECK((*policy::expression_of(other))(busy) == 4);
  other = spec;
  other.metrics.push_back({"queue", "/queue"});
  const double both[] = {1.6, 9};
  CHECK((*policy::expression_of(other))(both) == 2);
  other.combine.expression = "nothing";
  CHECK_THROWS_AS(policy::expression_of(other), policy::expression_error);
  // More than the cache holds: those in use stay what they are.
  for (std::size_t i = 0; i <= bounds::expressions_cached_max; ++i) {
    other.combine.expression = "cpu + " + std::to_string(i);
    const auto e = policy::expression_of(other);
    REQUIRE((*e)(both) == 1.6 + static_cast<double>(i));
  }
  CHECK((*one)(busy) == 2);
}
