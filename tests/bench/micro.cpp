// (b) and (c): the pure decision, and the way of an event to its subscribers.
#include "actors/loop_scheduler.hpp"
#include "actors/publisher.hpp"
#include "actors/subscriber.hpp"
#include "net/event_loop.hpp"
#include "policy/decide.hpp"
#include "spec/status_json.hpp"
#include "telemetry/from_events.hpp"
#include "telemetry/log_lines.hpp"
#include "tests/bench/bench.hpp"
#include "tests/support/builders.hpp"

#include <benchmark/benchmark.h>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <fmt/format.h>

#include <memory>
#include <vector>

namespace scaleit::bench {

namespace {

/// decide() over and over on one observation of 10 replicas.
void decide_on(benchmark::State& state, double cpu) {
  const auto spec = test::app_spec();
  const auto seen = test::seen(10, cpu);
  policy::memory mem;
  for (auto _ : state) {
    auto out = policy::decide(spec, std::move(mem), seen, time_point{});
    mem = std::move(out.next);
    benchmark::DoNotOptimize(out.made.desired);
  }
}

void read_status(benchmark::State& state) {
  const spec::status_reader reader{test::app_spec()};
  for (auto _ : state) {
    std::string body = R"({"cpu":{"highPriority":0.68},"replicas":10})";
    auto read = reader.read(body);
    benchmark::DoNotOptimize(read);
  }
}

/// One event emitted, and the loop turned until every subscriber has handled it.
void event_to_subscribers(benchmark::State& state) {
  net::event_loop loop;
  caf::actor_system_config config;
  actors::run_actors_on(config, loop);
  caf::actor_system system{config};
  system.await_actors_before_shutdown(false);
  actors::chaos none;
  actors::publisher events{steady_time{}, time_point{}};
  std::uint64_t handled = 0;
  std::vector<subscriber_actor> readers;
  for (int i = 0; i < state.range(0); ++i) {
    auto queue = events.subscribe(fmt::format("s{}", i), 1024);
    readers.push_back(
        system.spawn(actors::event_subscriber, &none, queue,
                     actors::event_handler{[&](const event_ptr&) { ++handled; }}));
    queue->attach(readers.back());
  }
  const auto target = std::make_shared<target_spec>(test::app_spec());
  for (auto _ : state) {
    events.emit(steady_time{}, target, scale_requested{1, 2});
    loop.io().restart();
    loop.io().poll();
  }
  if (handled != static_cast<std::uint64_t>(state.iterations() * state.range(0)))
    state.SkipWithError("an event was lost");
  for (const auto& queue : events.subscriptions()) queue->attach({});
}

/// The two events of a loop that changes nothing, counted for one of so many targets.
void count_loop(benchmark::State& state) {
  telemetry::families all;
  telemetry::from_events counters{all, "bench"};
  std::vector<event> polls, decisions;
  for (int i = 0; i < state.range(0); ++i) {
    const auto target =
        std::make_shared<target_spec>(test::app_spec(fmt::format("target-{}", i)));
    counters.apply({.target = target, .data = target_added{}});
    polls.push_back(
        {.target = target, .data = status_observed{test::seen(10, 0.8), {}, 0}});
    decisions.push_back({.target = target, .data = decision_made{{10, 10, 10, {}}}});
  }
  for (std::size_t i = 0; auto _ : state) {
    counters.apply(polls[i]);
    counters.apply(decisions[i]);
    if (++i == polls.size()) i = 0;
  }
}

class collector : public benchmark::ConsoleReporter {
 public:
  explicit collector(results& out) : out_(out) {}
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const auto& r : runs)
      out_.push_back({r.benchmark_name(), r.GetAdjustedCPUTime(), "ns CPU", "", 0,
                      static_cast<std::uint64_t>(r.iterations)});
  }

 private:
  results& out_;
};

}  // namespace

void measure_micro(results& out) {
  benchmark::RegisterBenchmark("decide/hold", decide_on, 0.83);
  benchmark::RegisterBenchmark("decide/scale", decide_on, 0.95);
  benchmark::RegisterBenchmark("status/read", read_status);
  benchmark::RegisterBenchmark("event", event_to_subscribers)->Arg(1)->Arg(3)->Arg(10);
  benchmark::RegisterBenchmark("count a loop", count_loop)->Arg(1)->Arg(1000)->Arg(50000);
  register_decisions();
  register_record();
  collector reporter{out};
  benchmark::RunSpecifiedBenchmarks(&reporter);
  measure_memories(out);
}

}  // namespace scaleit::bench
