// What is told of many targets: their distribution, and series of their own or none.
#include "messages/bounds.hpp"
#include "telemetry/exposition.hpp"
#include "telemetry/from_events.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace scaleit;
using namespace scaleit::telemetry;

namespace {

using spec::per_target_series;
constexpr int limit = static_cast<int>(bounds::targets_with_series);

struct fleet {
  explicit fleet(per_target_series per_target = per_target_series::when_few)
      : counters{all, "1.2.3", per_target} {}

  families all;
  from_events counters;
  std::vector<target_ptr> targets;

  void tell(const target_ptr& target, event::payload data) {
    event e;
    e.target = target;
    e.data = std::move(data);
    counters.apply(e);
  }
  void add(int count, const std::string& path = {}) {
    for (int i = 0; i < count; ++i) {
      const auto n = std::to_string(targets.size());
      auto spec = test::app_spec("t" + n);
      if (!path.empty()) spec.status.url = "http://app" + path + n;
      targets.push_back(std::make_shared<target_spec>(std::move(spec)));
      tell(targets.back(), target_added{});
    }
  }
  void remove(int count) {
    for (int i = 0; i < count; ++i) {
      tell(targets.back(), target_removed{});
      targets.pop_back();
    }
  }
  void poll(const target_ptr& target, double cpu = 0.8) {
    tell(target, status_observed{test::seen(10, cpu)});
    tell(target, decision_made{{10, 10, 12, {}}});
  }
  std::string text() const { return expose(all.Collect(), exposition_format::text); }
  bool has(const std::string& line) const {
    return ("\n" + text()).find("\n" + line + "\n") != std::string::npos;
  }
  int series(const std::string& family) const {
    for (const auto& f : all.Collect())
      if (f.name == family) return static_cast<int>(f.metric.size());
    return 0;
  }
  /// "ok failing down unknown"
  std::string healths() {
    std::string text;
    for (const auto* health : {"ok", "failing", "down", "unknown"})
      text +=
          (text.empty() ? "" : " ") +
          std::to_string(static_cast<int>(all.gauge("scaleit_targets", health).Value()));
    return text;
  }
};

}  // namespace

TEST_CASE("targets are counted by how they do") {
  fleet f;
  CHECK(f.healths() == "0 0 0 0");
  CHECK(f.has(R"(scaleit_targets{health="ok"} 0)"));
  f.add(4);
  CHECK(f.healths() == "0 0 0 4");
  for (const auto& t : f.targets) f.poll(t);
  CHECK(f.healths() == "4 0 0 0");
  f.tell(f.targets[0], status_failed{{failure_kind::timeout, "slow"}});
  observation nothing;
  nothing.missing = {{"cpu", "absent"}};
  f.tell(f.targets[1], status_observed{nothing});
  CHECK(f.healths() == "2 2 0 0");
  f.tell(f.targets[0], actor_crashed{"poller", "boom"});
  f.tell(f.targets[0], actor_crashed{"decider", "boom"});
  CHECK(f.healths() == "2 1 1 0");
  f.tell(f.targets[0], actor_restarted{"decider", 1, microseconds{0}});
  CHECK(f.healths() == "2 2 0 0");
  f.poll(f.targets[0]);
  f.poll(f.targets[1]);
  CHECK(f.healths() == "4 0 0 0");
  f.tell(f.targets[3], actor_crashed{"poller", "boom"});
  f.remove(2);
  CHECK(f.healths() == "2 0 0 0");
}

TEST_CASE("the ratio of each metric to its target is counted over all of them") {
  fleet f{per_target_series::never};
  f.add(2);
  f.poll(f.targets[0], 0.8);  // held at 0.8
  f.poll(f.targets[1], 1.2);
  f.tell(f.targets[1], status_failed{{failure_kind::timeout, "slow"}});
  CHECK(f.has(R"(scaleit_metric_target_ratio_bucket{le="0.95"} 0)"));
  CHECK(f.has(R"(scaleit_metric_target_ratio_bucket{le="1.0"} 1)"));
  CHECK(f.has(R"(scaleit_metric_target_ratio_bucket{le="1.25"} 1)"));
  CHECK(f.has(R"(scaleit_metric_target_ratio_bucket{le="+Inf"} 2)"));
  CHECK(f.has("scaleit_metric_target_ratio_count 2"));
}

TEST_CASE("above the limit no target has series of its own") {
  fleet f;
  f.add(limit);
  CHECK(f.series("scaleit_replicas") == limit);
  f.add(1);
  CHECK(f.series("scaleit_replicas") >= limit - 1);  // not all at once
  for (const auto& t : f.targets) f.poll(t);
  CHECK(f.text().find("target=\"") == std::string::npos);
  CHECK(f.has("autoscaler_heartbeat_total " + std::to_string(limit + 1)));
  f.tell(f.targets[0], status_failed{{failure_kind::timeout, "slow"}});
  CHECK(f.healths() == std::to_string(limit) + " 1 0 0");

  // A few less are as many.
  f.remove(100);
  f.poll(f.targets[0]);
  CHECK(f.series("scaleit_replicas") == 0);
  // A tenth less are few, and have theirs from the next event of each on.
  f.remove(101);
  f.tell(f.targets[0], status_failed{{failure_kind::timeout, "slow"}});
  f.poll(f.targets[1]);
  CHECK(f.series("scaleit_replicas") == 2);
  CHECK(f.has(R"(scaleit_replicas{target="t0"} 10)"));
  CHECK(f.has(R"(scaleit_desired_replicas{target="t0"} 12)"));
  CHECK(f.has(R"(scaleit_target_healthy{target="t0"} 1)"));
  CHECK(f.has(R"(scaleit_failures_in_a_row{target="t0"} 1)"));
  CHECK(f.has(R"(scaleit_metric_target{metric="cpu",target="t0"} 0.8)"));
  CHECK(f.has(R"(scaleit_metric_value{metric="cpu",target="t0"} NaN)"));
  CHECK(f.has(R"(scaleit_metric_value{metric="cpu",target="t1"} 0.8)"));
  for (const auto& t : f.targets) f.poll(t);
  CHECK(f.series("scaleit_replicas") == static_cast<int>(f.targets.size()));
}

TEST_CASE("series go in pieces when no events come") {
  fleet f;
  f.add(limit + 1);
  const auto before = f.series("scaleit_replicas");
  f.counters.pulse();
  const auto after = f.series("scaleit_replicas");
  CHECK(after < before);
  CHECK(after > before - 200);
  for (int i = 0; i < 100; ++i) f.counters.pulse();
  CHECK(f.series("scaleit_replicas") == 0);
}

TEST_CASE("a target that goes while series are being removed takes its own along") {
  fleet f;
  f.add(limit + 1);
  f.remove(50);
  for (int i = 0; i < 100; ++i) f.counters.pulse();
  CHECK(f.text().find("target=\"") == std::string::npos);
  f.remove(static_cast<int>(f.targets.size()));
  CHECK(f.healths() == "0 0 0 0");
  f.add(1);
  CHECK(f.series("scaleit_replicas") == 1);
}

TEST_CASE("series of each target always or never") {
  fleet never{per_target_series::never};
  never.add(1);
  never.poll(never.targets[0]);
  CHECK(never.text().find("target=\"") == std::string::npos);
  CHECK(never.healths() == "1 0 0 0");
  fleet always{per_target_series::always};
  always.add(limit + 10);
  always.counters.pulse();
  CHECK(always.series("scaleit_replicas") == limit + 10);
}

TEST_CASE("endpoints beyond the limit are summed up, the two of the drop-in mode never") {
  for (const auto per_target : {per_target_series::always, per_target_series::never}) {
    fleet f{per_target};
    f.add(limit + 10, "/status/");
    f.tell(f.targets[0], status_failed{{failure_kind::timeout, "slow"}});
    f.tell(f.targets[limit + 1], status_failed{{failure_kind::timeout, "slow"}});
    f.tell(f.targets[limit + 2], status_failed{{failure_kind::timeout, "slow"}});
    CHECK(f.has(R"(requests_failures_total{endpoint="/status/0",method="get"} 1)"));
    CHECK(f.has(R"(requests_failures_total{endpoint="other",method="get"} 2)"));
    CHECK(f.has(R"(requests_failures_total{endpoint="/app/replicas",method="put"} 0)"));
    f.add(1);
    CHECK(f.has(R"(requests_failures_total{endpoint="/app/status",method="get"} 0)"));
    CHECK(f.series("requests_failures_total") == limit + 3);
  }
}
