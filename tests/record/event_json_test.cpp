#include "record/event_json.hpp"

#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <memory>

using namespace scaleit;
using namespace scaleit::record;

namespace {

std::string json(event::payload data,
                 target_ptr target = test::shared(test::app_spec())) {
  event e;
  e.sequence = 42;
  e.time = time_point{std::chrono::microseconds{1769851800000042}};
  e.target = std::move(target);
  e.data = std::move(data);
  return to_json(e);
}

const std::string head =
    R"({"specversion":"1.0","id":"42","source":"/targets/app","type":"scaleit.)";
const std::string time_and_data = R"(","time":"2026-01-31T09:30:00.000042Z","data":)";

}  // namespace

TEST_CASE("an event is one CloudEvents object") {
  CHECK(json(scale_requested{10, 12}) ==
        head + "scale.requested" + time_and_data + R"({"from":10,"to":12}})");
}

TEST_CASE("what concerns no target comes from the daemon") {
  CHECK_THAT(json(daemon_started{"1.2.3", 1}, nullptr),
             ContainsSubstring(R"("source":"/daemon","type":"scaleit.daemon.started")"));
}

TEST_CASE("an observation names its metrics and what is missing") {
  auto o = test::seen(10, 0.95);
  o.missing = {{"queue", "/queue is absent"}};
  o.ready = 9;
  o.took = microseconds{3100};
  CHECK_THAT(
      json(status_observed{o}),
      ContainsSubstring(R"("data":{"replicas":10,"ready":9,"metrics":{"cpu":0.95},)"
                        R"("missing":["queue"],"tookMs":3.1}})"));
}

TEST_CASE("a failure says its kind, sentence, status and duration") {
  CHECK_THAT(
      json(status_failed{{failure_kind::http, "answered 503", 503, microseconds{2000}}}),
      ContainsSubstring(
          R"({"error":"http","detail":"answered 503","httpStatus":503,"tookMs":2.0})"));
  CHECK_THAT(json(status_failed{{failure_kind::connect, "refused"}}),
             ContainsSubstring(R"({"error":"connect","detail":"refused","tookMs":0.0})"));
}

TEST_CASE("a decision carries its steps as sentences") {
  decision d{10, 12, 12, {}};
  d.steps.push_back({rule::target, 0, 10, 12, {0.95, 0.8, 11.875}});
  CHECK_THAT(
      json(decision_made{d}),
      ContainsSubstring(
          R"({"current":10,"recommended":12,"desired":12,"direction":"up","steps":[)"
          R"({"rule":"target","from":10,"to":12,"why":"cpu 0.95 is 18.8 % above 0.80: )"
          R"(11.88 is rounded up to 12"}]}})"));
}

TEST_CASE("a shadow's decision is worded by its own metrics and schedules") {
  auto spec = test::app_spec();
  auto second = spec;
  second.metrics = {{"load", "/load", metric_type::value, 0.5}};
  second.schedules = {{"0 8 * * *", "UTC", std::chrono::hours{10}, 20, std::nullopt}};
  spec.shadow = {second};
  decision d{10, 12, 20, {}};
  d.steps.push_back({rule::target, 0, 10, 12, {0.95, 0.8, 11.875}});
  d.steps.push_back({rule::schedule_min, 0, 12, 20, {0}});
  const auto told = json(decision_made{d, {}, true}, std::make_shared<target_spec>(spec));
  CHECK_THAT(told, ContainsSubstring(R"("why":"load 0.95 is 18.8 % above 0.80)"));
  CHECK_THAT(told, ContainsSubstring("0 8 * * *"));
}

TEST_CASE("a change that is seen although its request failed says so") {
  scale_applied seen{10, 12};
  seen.seen = true;
  CHECK(json(seen) ==
        head + "scale.applied" + time_and_data + R"({"from":10,"to":12,"seen":true}})");
  scale_failed lost{10, 12, {failure_kind::timeout, "slow"}};
  CHECK_THAT(json(lost), ContainsSubstring(R"("tookMs":0.0}})"));
  lost.uncertain = true;
  CHECK_THAT(json(lost), ContainsSubstring(R"("tookMs":0.0,"uncertain":true}})"));
}

TEST_CASE("a step of the clock is the daemon's") {
  CHECK_THAT(json(clock_stepped{microseconds{-660'000'127}}, nullptr),
             ContainsSubstring(R"("source":"/daemon","type":"scaleit.clock.stepped")"));
  CHECK_THAT(json(clock_stepped{microseconds{-660'000'127}}, nullptr),
             ContainsSubstring(R"("data":{"byMs":-660000.127})"));
}

TEST_CASE("a credential is never written, what stands for one is") {
  auto spec = test::app_spec();
  spec.status.url += "?api_key=s3cret&window=5m";
  spec.status.headers = {{"Authorization", "Bearer s3cret"}, {"Accept", "text/html"}};
  spec.scale.headers = {{"X-Key", "s3cret"}, {"X-Token", "${file:/run/token}"}};
  const auto text = json(target_added{}, std::make_shared<target_spec>(spec));
  CHECK(text.find("s3cret") == std::string::npos);
  CHECK_THAT(text, ContainsSubstring(R"("headers":{"Authorization":"***","Accept":)"
                                     R"("text/html"})"));
  CHECK_THAT(text,
             ContainsSubstring(R"({"X-Key":"***","X-Token":"${file:/run/token}"})"));
  CHECK_THAT(text, ContainsSubstring("?api_key=***&window=5m"));
  CHECK_THAT(text, ContainsSubstring(R"("interval":"5s")"));
}

TEST_CASE("an actor's fate is an event") {
  CHECK_THAT(json(actor_crashed{"poller", "chaos"}),
             ContainsSubstring(R"({"actor":"poller","reason":"chaos"})"));
  CHECK_THAT(json(actor_restarted{"poller", 3, microseconds{10000}}),
             ContainsSubstring(R"({"actor":"poller","restarts":3,"afterMs":10.0})"));
}
