#include "telemetry/from_events.hpp"

#include "telemetry/exposition.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <memory>

using namespace scaleit;
using namespace scaleit::telemetry;

namespace {

struct fixture {
  families all;
  from_events counters{all, "1.2.3"};
  target_ptr target = std::make_shared<target_spec>(test::app_spec());

  void tell(event::payload data) {
    event e;
    e.target = target;
    e.data = std::move(data);
    counters.apply(e);
  }
  std::string text() const { return expose(all.Collect(), exposition_format::text); }
  bool has(const std::string& line) const {
    return ("\n" + text()).find("\n" + line + "\n") != std::string::npos;
  }
};

}  // namespace

TEST_CASE("the two old families are there from the start, at 0") {
  fixture f;
  CHECK(f.has("autoscaler_heartbeat_total 0"));
  f.tell(target_added{});
  CHECK(f.has(R"(requests_failures_total{endpoint="/app/status",method="get"} 0)"));
  CHECK(f.has(R"(requests_failures_total{endpoint="/app/replicas",method="put"} 0)"));
  CHECK(f.has(R"(scaleit_build_info{version="1.2.3"} 1)"));
}

TEST_CASE("every event moves what it should") {
  fixture f;
  f.tell(target_added{});
  auto seen = test::seen(10, 0.95);
  seen.took = microseconds{900};
  f.tell(status_observed{seen, microseconds{2000}, 2});
  f.tell(decision_made{{10, 12, 12, {}}});
  f.tell(scale_applied{10, 12});
  CHECK(f.has("autoscaler_heartbeat_total 1"));
  CHECK(f.has(R"(scaleit_replicas{target="app"} 10)"));
  CHECK(f.has(R"(scaleit_desired_replicas{target="app"} 12)"));
  CHECK(f.has(R"(scaleit_metric_value{metric="cpu",target="app"} 0.95)"));
  CHECK(f.has(R"(scaleit_metric_target{metric="cpu",target="app"} 0.8)"));
  CHECK(f.has(R"(scaleit_decisions_total{direction="up"} 1)"));
  CHECK(f.has("scaleit_polls_late_total 2"));
  CHECK(f.has("scaleit_poll_duration_seconds_count 1"));
  CHECK(f.has("scaleit_put_duration_seconds_count 1"));
  CHECK(f.has("scaleit_loop_duration_seconds_count 1"));
  CHECK(f.has("scaleit_poll_lateness_seconds_count 1"));
}

TEST_CASE("failures are counted in the old family and by kind") {
  fixture f;
  f.tell(target_added{});
  f.tell(status_failed{{failure_kind::timeout, "slow"}});
  f.tell(scale_failed{10, 12, {failure_kind::http, "answered 400", 400}});
  observation without_metric;
  without_metric.missing = {{"cpu", "absent"}};
  f.tell(status_observed{without_metric});
  CHECK(f.has(R"(requests_failures_total{endpoint="/app/status",method="get"} 2)"));
  CHECK(f.has(R"(requests_failures_total{endpoint="/app/replicas",method="put"} 1)"));
  CHECK(f.has(R"(scaleit_failures_total{error="timeout",request="status"} 1)"));
  CHECK(f.has(R"(scaleit_failures_total{error="schema",request="status"} 1)"));
  CHECK(f.has(R"(scaleit_failures_total{error="http",request="scale"} 1)"));
  CHECK(f.has(R"(scaleit_failures_in_a_row{target="app"} 2)"));
  f.tell(status_observed{test::seen(10, 0.8)});
  CHECK(f.has(R"(scaleit_failures_in_a_row{target="app"} 0)"));
}

TEST_CASE("a target that is changed keeps what is still true of it") {
  fixture f;
  auto spec = test::app_spec();
  spec.shadow = {test::app_spec()};
  metric_spec queue{"queue", "/queue", metric_type::average_value, 30};
  spec.metrics.push_back(queue);
  f.target = std::make_shared<target_spec>(spec);
  f.tell(target_added{});
  f.tell(status_observed{test::seen(10, 0.7)});
  f.tell(status_failed{{failure_kind::timeout, "slow", 0, {}}});
  f.tell(actor_crashed{"poller", "bad"});
  CHECK(f.has(R"(scaleit_metric_target{metric="queue",target="app"} 30)"));
  CHECK(f.has(R"(scaleit_shadow_desired_replicas{target="app"} 0)"));

  spec = test::app_spec();
  spec.metrics[0].target = 0.9;
  f.target = std::make_shared<target_spec>(spec);
  f.tell(target_changed{});
  CHECK(f.has(R"(scaleit_replicas{target="app"} 10)"));
  CHECK(f.has(R"(scaleit_target_healthy{target="app"} 0)"));
  CHECK(f.has(R"(scaleit_failures_in_a_row{target="app"} 1)"));
  CHECK(f.has(R"(scaleit_metric_value{metric="cpu",target="app"} 0.7)"));
  CHECK(f.has(R"(scaleit_metric_target{metric="cpu",target="app"} 0.9)"));
  CHECK(f.text().find("queue\"") == std::string::npos);
  CHECK(f.text().find("scaleit_shadow") == std::string::npos);
  CHECK(f.has(R"(scaleit_targets{health="down"} 1)"));
  f.tell(target_removed{});
  CHECK(f.text().find("target=\"app\"") == std::string::npos);
  CHECK(f.has(R"(scaleit_targets{health="down"} 0)"));
}

TEST_CASE("failed requests for metrics from elsewhere are counted under their own path") {
  fixture f;
  f.tell(target_added{});
  CHECK(f.text().find("request=\"metric\"") == std::string::npos);
  auto spec = test::app_spec();
  for (const auto* name : {"queue", "waiting", "jobs"}) {
    metric_spec m{name, "/value", metric_type::average_value, 30};
    m.url = "http://prometheus:9090/api/v1/query?query=secret";
    spec.metrics.push_back(m);
  }
  spec.metrics.back().url = "http://jobs/v";
  f.target = std::make_shared<target_spec>(spec);
  f.tell(target_changed{});
  CHECK(f.has(R"(requests_failures_total{endpoint="/api/v1/query",method="get"} 0)"));
  CHECK(f.has(R"(requests_failures_total{endpoint="/v",method="get"} 0)"));
  CHECK(f.has(R"(scaleit_failures_total{error="timeout",request="metric"} 0)"));
  CHECK(f.has(R"(scaleit_failures_total{error="json",request="metric"} 0)"));

  // One request for queue and waiting; that of jobs was answered, without the metric.
  auto seen = test::seen(10, 0.8);
  seen.missing = {{"queue", "timeout: slow", failure_kind::timeout},
                  {"waiting", "timeout: slow", failure_kind::timeout},
                  {"jobs", "/value is absent"}};
  f.tell(status_observed{seen});
  CHECK(f.has(R"(requests_failures_total{endpoint="/api/v1/query",method="get"} 1)"));
  CHECK(f.has(R"(requests_failures_total{endpoint="/v",method="get"} 0)"));
  CHECK(f.has(R"(requests_failures_total{endpoint="/app/status",method="get"} 0)"));
  CHECK(f.has(R"(scaleit_failures_total{error="timeout",request="metric"} 1)"));
  CHECK(f.has(R"(scaleit_failures_in_a_row{target="app"} 0)"));

  // Nothing from the status either: that is a failure of the status.
  seen.metrics.clear();
  seen.missing.push_back({"cpu", "/cpu/highPriority is absent"});
  f.tell(status_observed{seen});
  CHECK(f.has(R"(requests_failures_total{endpoint="/app/status",method="get"} 1)"));
  CHECK(f.has(R"(scaleit_failures_total{error="schema",request="status"} 1)"));
  CHECK(f.has(R"(scaleit_failures_in_a_row{target="app"} 1)"));

  f.tell(target_removed{});
  CHECK(f.text().find("target=\"app\"") == std::string::npos);
  CHECK(f.has(R"(requests_failures_total{endpoint="/api/v1/query",method="get"} 2)"));
}

TEST_CASE("a target with all its metrics elsewhere has no failed status when they fail") {
  fixture f;
  auto spec = test::app_spec();
  spec.metrics[0].url = "http://prometheus/q";
  f.target = std::make_shared<target_spec>(spec);
  f.tell(target_added{});
  observation seen;
  seen.missing = {{"cpu", "http: answered 503", failure_kind::http}};
  f.tell(status_observed{seen});
  CHECK(f.has(R"(requests_failures_total{endpoint="/q",method="get"} 1)"));
  CHECK(f.has(R"(requests_failures_total{endpoint="/app/status",method="get"} 0)"));
  CHECK(f.has(R"(scaleit_failures_in_a_row{target="app"} 1)"));
}

TEST_CASE("a target's series go with it, and the counters stay") {
  fixture f;
  f.tell(target_added{});
  f.tell(status_failed{{failure_kind::timeout, "slow"}});
  f.tell(target_removed{});
  CHECK(f.text().find("target=\"app\"") == std::string::npos);
  CHECK(f.has(R"(requests_failures_total{endpoint="/app/status",method="get"} 1)"));
  CHECK(f.has(R"(scaleit_targets{health="failing"} 0)"));
  f.tell(target_added{});
  CHECK(f.has(R"(scaleit_targets{health="unknown"} 1)"));
  CHECK(f.has(R"(requests_failures_total{endpoint="/app/status",method="get"} 1)"));
}

TEST_CASE("the endpoint is the path, never the host or the query") {
  fixture f;
  auto spec = test::app_spec();
  spec.status.url = "https://host:8443/a/b?token=s3cret#x";
  spec.scale.url = "http://host";
  f.target = std::make_shared<target_spec>(spec);
  f.tell(target_added{});
  CHECK(f.has(R"(requests_failures_total{endpoint="/a/b",method="get"} 0)"));
  CHECK(f.has(R"(requests_failures_total{endpoint="/",method="put"} 0)"));
}

TEST_CASE("a crash marks the target, its restart clears the mark and is counted") {
  fixture f;
  f.tell(target_added{});
  CHECK(f.has(R"(scaleit_target_healthy{target="app"} 1)"));
  f.tell(actor_crashed{"poller", "boom"});
  CHECK(f.has(R"(scaleit_target_healthy{target="app"} 0)"));
  f.tell(actor_restarted{"poller", 1, microseconds{0}});
  CHECK(f.has(R"(scaleit_target_healthy{target="app"} 1)"));
  CHECK(f.has(R"(scaleit_actor_restarts_total{actor="poller"} 1)"));
}

TEST_CASE("of a target that reports there is no request to count") {
  fixture f;
  auto spec = test::app_spec();
  spec.status.url.clear();
  spec.status.push = true;
  f.target = std::make_shared<target_spec>(spec);
  f.tell(target_added{});
  f.tell(status_observed{test::seen(10, 0.95)});
  f.tell(decision_made{{10, 12, 12, {}}});
  CHECK(f.has(R"(scaleit_replicas{target="app"} 10)"));
  CHECK(f.has("scaleit_poll_duration_seconds_count 0"));
  CHECK(f.has("scaleit_poll_lateness_seconds_count 0"));
  const status_failed silent{{failure_kind::stale, "nothing was reported for 15s"},
                             microseconds{2000}};
  f.tell(silent);
  f.tell(silent);
  CHECK(f.has(R"(scaleit_failures_in_a_row{target="app"} 2)"));
  CHECK(f.has(R"(scaleit_failures_total{error="stale",request="status"} 2)"));
  CHECK(f.has("scaleit_poll_lateness_seconds_count 2"));
  auto without_metrics = test::seen(10, 0.95);
  without_metrics.metrics.clear();
  without_metrics.missing = {{"cpu", "/cpu is absent"}};
  f.tell(status_observed{without_metrics});
  CHECK(f.has(R"(scaleit_failures_total{error="schema",request="status"} 1)"));
  CHECK(f.text().find(R"(method="get")") == std::string::npos);
  CHECK(f.has(R"(requests_failures_total{endpoint="/app/replicas",method="put"} 0)"));
}
