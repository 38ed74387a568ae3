#include "record/event_reader.hpp"

#include "messages/bounds.hpp"
#include "record/event_json.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/patience.hpp"

#include <bit>
#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::record;

namespace {

const target_ptr app = std::make_shared<target_spec>(test::app_spec());

std::string line_of(event::payload data, target_ptr target = app, std::uint64_t id = 42) {
  event e;
  e.sequence = id;
  e.time = time_point{microseconds{1769851800000042}};
  e.target = std::move(target);
  e.data = std::move(data);
  return to_json(e);
}

/// What was read, with the line that its views point into.
struct result {
  std::string line;
  recorded_event e;
  bool good = false;
  std::string error;

  template <class T>
  const T& as() const {
    return std::get<T>(e.data);
  }
  const observation& seen() const { return as<status_observed>().seen; }
};

std::unique_ptr<result> read(std::string line,
                             event_reader::steps s = event_reader::steps::read) {
  auto r = std::make_unique<result>();
  r->line = std::move(line);
  event_reader reader{s};
  r->good = reader.read(r->line, r->e);
  r->error = reader.error();
  return r;
}

std::string envelope(const std::string& type, const std::string& data,
                     const std::string& source = "/targets/app") {
  return R"({"data":)" + data + R"(,"id":"7","source":")" + source +
         R"(","specversion":"1.0","type":"scaleit.)" + type +
         R"(","time":"2026-01-31T09:30:00Z"})";
}

void check_refused(const std::string& line, const std::string& reason) {
  const auto r = read(line);
  CAPTURE(line);
  CHECK_FALSE(r->good);
  CHECK_THAT(r->error, ContainsSubstring(reason));
}

}  // namespace

TEST_CASE("the envelope is read") {
  const auto r = read(line_of(scale_requested{10, 12}));
  REQUIRE(r->good);
  CHECK(r->e.sequence == 42);
  CHECK(r->e.kind() == kind_of<scale_requested>);
  CHECK(r->e.type == "scaleit.scale.requested");
  CHECK(r->e.name == "app");
  CHECK(r->e.time == time_point{microseconds{1769851800000042}});
  CHECK(r->as<scale_requested>().from == 10);
  CHECK(r->as<scale_requested>().to == 12);
  CHECK(read(line_of(daemon_stopped{"SIGTERM"}, nullptr))->e.name.empty());
}

TEST_CASE("what the daemon and the actors say is read") {
  CHECK(
      read(line_of(daemon_started{"1.2.3", 1}, nullptr))->as<daemon_started>().version ==
      "1.2.3");
  CHECK(read(line_of(daemon_started{"1.2.3", 7}, nullptr))->as<daemon_started>().format ==
        7);
  CHECK(read(line_of(daemon_stopped{"SIGTERM"}, nullptr))->as<daemon_stopped>().reason ==
        "SIGTERM");
  const auto crashed = read(line_of(actor_crashed{"poller", "a \"b\"\n\xC3\xA9"}));
  CHECK(crashed->as<actor_crashed>().actor == "poller");
  CHECK(crashed->as<actor_crashed>().reason == "a \"b\"\n\xC3\xA9");
  const auto back = read(line_of(actor_restarted{"poller", 3, microseconds{20114}}));
  CHECK(back->as<actor_restarted>().restarts == 3);
  CHECK(back->as<actor_restarted>().after == microseconds{20114});
}

TEST_CASE("a spec is kept as the JSON it is") {
  const auto line = line_of(target_added{});
  const auto begin = line.find(R"("spec":)") + 7;
  const auto spec = line.substr(begin, line.size() - begin - 2);
  CHECK(read(line)->e.spec == spec);
  CHECK(read(line_of(target_changed{}))->e.spec == spec);
  CHECK(read(line_of(target_removed{}))->good);
  const auto odd = read(envelope(
      "target.added", R"({ "spec" : { "a":[1.50e3,{"b":null}],"c" : "\u00e9\"" } })"));
  CHECK(odd->e.spec == "{\"a\":[1.50e3,{\"b\":null}],\"c\":\"\xC3\xA9\\\"\"}");
}

TEST_CASE("an observation comes back as it was") {
  auto o = test::seen(10, 0.95);
  o.metrics.push_back({"queue of \"jobs\"", 1e-7});
  o.missing = {{"lag", {}}};
  o.ready = 9;
  o.observed_at = time_point{microseconds{1769851800000001}};
  o.took = microseconds{3123};
  CHECK(read(line_of(status_observed{o}))->seen() == o);
  o.metrics[1].partial = true;
  CHECK(read(line_of(status_observed{o}))->seen() == o);
  const auto bare = test::seen(0, 0);
  CHECK(read(line_of(status_observed{bare}))->seen() == bare);
}

TEST_CASE("failures come back as they were") {
  for (std::size_t k = 0; k < failure_kinds; ++k) {
    const failure f{static_cast<failure_kind>(k), "answered 503", 503, microseconds{801}};
    CHECK(read(line_of(status_failed{f}))->as<status_failed>().what == f);
    const auto r = read(line_of(scale_failed{1, 2, f}));
    CHECK(r->as<scale_failed>().what == f);
    CHECK(r->as<scale_failed>().to == 2);
  }
  const failure silent{failure_kind::connect, "refused"};
  CHECK(read(line_of(status_failed{silent}))->as<status_failed>().what == silent);
  CHECK(read(line_of(scale_applied{1, 2, microseconds{551}}))->as<scale_applied>().took ==
        microseconds{551});
}

TEST_CASE("a decision is read with its steps, or without") {
  decision d{10, 14, 12, {}};
  d.steps.push_back({rule::target, 0, 10, 14, {0.95, 0.8, 11.875}});
  d.steps.push_back({rule::max, 0, 14, 12, {}});
  const auto line = line_of(decision_made{d, microseconds{0}, true});
  const auto r = read(line);
  REQUIRE(r->good);
  const auto& made = r->as<decision_made>().made;
  CHECK(made.current == 10);
  CHECK(made.recommended == 14);
  CHECK(made.desired == 12);
  CHECK(r->as<decision_made>().shadow);
  REQUIRE(made.steps.size() == 2);
  CHECK(made.steps[1].code == rule::max);
  CHECK(made.steps[1].from == 14);
  CHECK(made.steps[1].to == 12);
  REQUIRE(made.told.size() == 2);
  CHECK(made.told[1].rule == "max");
  CHECK(made.told[1].why == "lowered to the maximum of 12");
  const auto brief = read(line, event_reader::steps::skip);
  REQUIRE(brief->good);
  CHECK(brief->as<decision_made>().made.desired == 12);
  CHECK(brief->as<decision_made>().made.steps.empty());
  CHECK_FALSE(read(line_of(decision_made{d}))->as<decision_made>().shadow);
}

TEST_CASE("every finite double comes back bit by bit") {
  std::mt19937_64 random{7};
  event_reader reader;
  recorded_event e;
  for (int i = 0; i < test::tries(30'000); ++i) {
    const auto bits = random();
    double d = std::bit_cast<double>(bits);
    if (i % 2 == 0) d = static_cast<double>(bits >> 11) * 0x1p-53;
    if (!std::isfinite(d)) continue;
    auto line = line_of(status_observed{test::seen(1, d)});
    REQUIRE(reader.read(line, e));
    REQUIRE(std::bit_cast<std::uint64_t>(
                std::get<status_observed>(e.data).seen.metrics[0].value) ==
            std::bit_cast<std::uint64_t>(d));
  }
}

TEST_CASE("keys come in any order, and unknown ones are ignored at any depth") {
  const auto r = read(
      R"({"x":{"id":"9","data":{"from":1}},"data":{"y":[[{"from":3,"steps":[1]}],2],)"
      R"("to":12,"from":10,"z":{"to":99},"id":"8","type":5},"traceparent":null,)"
      R"("time":"2026-01-31T10:30:00+01:00","type":"scaleit.scale.requested","id":7,)"
      R"("source":"/targets/a.b","specversion":"1.1","from":"top","spec":1})");
  REQUIRE(r->good);
  CHECK(r->e.sequence == 7);
  CHECK(r->as<scale_requested>().from == 10);
  CHECK(r->as<scale_requested>().to == 12);
  CHECK(r->e.name == "a.b");
  CHECK(r->e.time == parse_rfc3339("2026-01-31T09:30:00Z"));
}

TEST_CASE("types and sources of later versions are unknown, not wrong") {
  CHECK(read(envelope("forecast.made", R"({"replicas":"many"})"))->e.known == false);
  const auto elsewhere = read(envelope("scale.requested", "[]", "/clusters/1"));
  CHECK(elsewhere->good);
  CHECK_FALSE(elsewhere->e.known);
  CHECK(read(envelope("forecast.made", "null"))->good);
}

TEST_CASE("a reader forgets the line before") {
  event_reader reader{event_reader::steps::read};
  recorded_event e;
  auto o = test::seen(10, 0.5);
  o.missing = {{"lag", {}}};
  o.ready = 3;
  decision d{1, 1, 1, {}};
  d.steps.push_back({rule::min, 0, 0, 1, {}});
  for (auto line : {line_of(status_observed{o}), line_of(decision_made{d, {}, true})})
    REQUIRE(reader.read(line, e));
  auto observed = line_of(status_observed{test::seen(1, 1)});
  REQUIRE(reader.read(observed, e));
  CHECK(std::get<status_observed>(e.data).seen == test::seen(1, 1));
  auto decided = line_of(decision_made{decision{2, 2, 2, {}}});
  REQUIRE(reader.read(decided, e));
  CHECK(std::get<decision_made>(e.data).made == decision{2, 2, 2, {}});
  CHECK_FALSE(std::get<decision_made>(e.data).shadow);
  auto lacking = envelope("scale.requested", R"({"from":1})");
  CHECK_FALSE(reader.read(lacking, e));
  CHECK_THAT(reader.error(), ContainsSubstring("data/to is absent"));
}

TEST_CASE("what is no event is refused with a reason") {
  check_refused("", "not JSON: The document is empty");
  check_refused("events", "not JSON: Invalid value. (at byte 0)");
  check_refused("[]", "no object");
  check_refused("17", "no object");
  check_refused("{}", "specversion is absent");
  check_refused(R"({"specversion":"2.0"})", R"(specversion is "2.0", a string)");
  const auto good = line_of(scale_requested{10, 12});
  check_refused(good.substr(0, good.size() - 1), "not JSON");
  check_refused(good + "}", "not JSON");
  check_refused(good + std::string(1, '\0'), "NUL");
  check_refused(R"({"specversion":")" + std::string("\xC3\x28") + "\"}", "not UTF-8");
  check_refused(R"({"specversion":"\ud800"})", "not JSON");
  const auto deep = std::string(10'000, '[') + std::string(10'000, ']');
  check_refused(envelope("forecast.made", deep), "nested deeper than 64 levels");
}

TEST_CASE("an envelope that is not whole is refused") {
  const auto whole = line_of(scale_requested{10, 12});
  const auto with = [&](std::string part, std::string other) {
    auto line = whole;
    return line.replace(line.find(part), part.size(), other);
  };
  REQUIRE(read(with(R"("42")", "42"))->good);
  for (const char* no_number : {R"("-1")", R"("4x")", R"("99999999999999999999")"})
    CHECK(read(with(R"("42")", no_number))->e.sequence == 0);
  check_refused(with(R"("id")", R"("ip")"), "id is absent");
  check_refused(with(R"("type")", R"("typo")"), "type is absent");
  check_refused(with(R"("source")", R"("sauce")"), "source is absent");
  check_refused(with("/targets/app", "/daemon"), "/targets/NAME for this type");
  check_refused(with(R"("time")", R"("tome")"), "time is absent");
  check_refused(with("2026-01-31T", "2026-02-31T"), "accepted: RFC 3339");
  check_refused(with(R"("data")", R"("date")"), "data/from is absent");
}

TEST_CASE("a known field of a wrong type or out of range is refused") {
  const auto data = [](const std::string& type, const std::string& json,
                       const std::string& reason) {
    check_refused(envelope(type, json), reason);
  };
  data("scale.requested", R"({"from":1,"to":"2"})", R"(data/to is "2", a string;)");
  data("scale.requested", R"({"from":-1,"to":2})", "data/from is -1, a number");
  data("scale.requested", R"({"from":1.5,"to":2})", "accepted: a whole number from 0");
  data("scale.requested", R"({"from":1,"to":1000001})", "from 0 to 1000000");
  data("scale.requested", R"({"from":1,"to":1e99})", "data/to is 1e99");
  CHECK(read(envelope("scale.requested", R"({"from":1.0,"to":2})"))
            ->as<scale_requested>()
            .from == 1);
  data("status.observed", R"({"replicas":1,"metrics":[],"tookMs":1})", "data/metrics");
  data("status.observed", R"({"replicas":1,"metrics":{"cpu":1e999},"tookMs":1})",
       "too big");
  data("status.observed", R"({"replicas":1,"metrics":{},"missing":[{}],"tookMs":1})",
       "data/missing is an object");
  data("status.observed", R"({"replicas":1,"metrics":{},"tookMs":1e13})", "data/tookMs");
  data("status.observed", R"({"replicas":1,"metrics":{},"observedAt":"noon"})",
       R"(data/observedAt is "noon", a string; accepted: RFC 3339)");
  data("status.observed", R"({"metrics":{}})", "data/replicas is absent");
  data("status.observed", R"({"replicas":null})", "data/replicas is null;");
  data("status.failed", R"({"error":7})", "data/error is 7, a number");
  data("decision.made", R"({"current":1,"recommended":1,"desired":1,"steps":[1]})",
       "a step is not complete");
  data("target.added", R"({"spec":"none"})", "data/spec is \"none\"");
  data("actor.crashed", R"({"actor":1,"reason":""})", "data/actor is 1");
}

TEST_CASE("what no decision needs may be absent, and what is no number is missing") {
  const auto of = [](const std::string& type, const std::string& json) {
    auto r = read(envelope(type, json));
    INFO(r->error);
    REQUIRE(r->good);
    return r;
  };
  auto r = of("status.observed",
              R"({"replicas":3,"ready":null,"metrics":{"a":null,"b":2,"c":"NaN"}})");
  CHECK(!r->seen().ready);
  REQUIRE(r->seen().metrics.size() == 1);
  CHECK(r->seen().find("b")->value == 2);
  CHECK(of("status.observed", R"({"replicas":3})")->seen().metrics.empty());
  r = of("status.observed", R"({"replicas":3,"observedAt":1769851800.5})");
  CHECK(to_rfc3339(*r->seen().observed_at) == "2026-01-31T09:30:00.500000Z");
  CHECK(of("status.failed", R"({"error":"rain"})")->as<status_failed>().what.kind ==
        failure_kind::connect);
  CHECK(of("scale.applied", R"({"from":1,"to":2})")->as<scale_applied>().to == 2);
  CHECK(of("decision.made", R"({"current":1,"desired":2})")
            ->as<decision_made>()
            .made.recommended == 2);
  CHECK(of("daemon.started", "{}")->as<daemon_started>().format == 1);
}

TEST_CASE("random damage is never a crash") {
  std::mt19937 random{11};
  auto o = test::seen(10, 0.95);
  o.missing = {{"lag", {}}};
  decision d{10, 14, 12, {}};
  d.steps.push_back({rule::target, 0, 10, 14, {0.95, 0.8, 11.875}});
  const std::vector<std::string> whole{
      line_of(status_observed{o}), line_of(decision_made{d}), line_of(target_added{})};
  event_reader reader{event_reader::steps::read};
  recorded_event e;
  int good = 0;
  for (int i = 0; i < test::tries(30'000); ++i) {
    auto line = whole[static_cast<std::size_t>(i) % whole.size()];
    for (int n = 0; n <= i % 4; ++n)
      line[random() % line.size()] = static_cast<char>(random());
    if (i % 5 == 0) line.resize(random() % line.size());
    if (reader.read(line, e))
      ++good;
    else
      REQUIRE(!reader.error().empty());
  }
  CHECK(good > 100);
  CHECK(good < test::tries(15'000));
}

TEST_CASE("what a failed scale request has come to is read") {
  scale_applied seen{10, 12};
  CHECK_FALSE(read(line_of(seen))->as<scale_applied>().seen);
  seen.seen = true;
  CHECK(read(line_of(seen))->as<scale_applied>().seen);
  scale_failed lost{10, 12, {failure_kind::timeout, "slow"}};
  CHECK_FALSE(read(line_of(lost))->as<scale_failed>().uncertain);
  lost.uncertain = true;
  CHECK(read(line_of(lost))->as<scale_failed>().uncertain);
  check_refused(envelope("scale.failed", R"({"from":1,"to":2,"uncertain":"yes"})"),
                "data/uncertain is \"yes\", a string; accepted: true or false");
}

TEST_CASE("a step of the clock is read to the microsecond") {
  for (const std::int64_t by : {660'000'127LL, -1LL, 1'790'000'000'123'456LL}) {
    const auto r = read(line_of(clock_stepped{microseconds{by}}, nullptr));
    REQUIRE(r->good);
    CHECK(r->e.kind() == kind_of<clock_stepped>);
    CHECK(r->as<clock_stepped>().by == microseconds{by});
  }
  check_refused(envelope("clock.stepped", "{}", "/daemon"), "data/byMs");
  check_refused(envelope("clock.stepped", R"({"byMs":1e15})", "/daemon"), "at most 1e14");
}

TEST_CASE("what answers a poll names it") {
  const auto cause_of = [](const event::payload& data) {
    const auto r = read(line_of(data));
    REQUIRE(r->good);
    return std::visit(
        [](const auto& x) -> std::uint64_t {
          if constexpr (requires { x.cause; }) return x.cause;
          FAIL("no cause");
          return 0;
        },
        r->e.data);
  };
  decision_made made;
  scale_applied applied{10, 12};
  scale_failed failed{10, 12};
  made.cause = applied.cause = failed.cause = 41;
  CHECK(cause_of(made) == 41);
  CHECK(cause_of(scale_requested{10, 12, 41}) == 41);
  CHECK(cause_of(applied) == 41);
  CHECK(cause_of(failed) == 41);
  CHECK(cause_of(scale_requested{10, 12}) == 0);
  CHECK(line_of(scale_requested{10, 12}).find("cause") == std::string::npos);
  for (const char* other : {R"("x")", "41", "null", "{}"})
    CHECK(read(envelope("scale.requested",
                        std::string{R"({"from":1,"to":2,"cause":)"} + other + "}"))
              ->good);
}
