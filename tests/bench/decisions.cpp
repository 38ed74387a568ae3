// What a decision costs with every rule on and windows of an hour, what a target
// remembers, and what a replay makes of a record in a second.
#include "record/event_json.hpp"
#include "record/event_reader.hpp"
#include "record/replayer.hpp"
#include "tests/bench/bench.hpp"
#include "tests/support/builders.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <malloc.h>
#include <string>
#include <vector>

namespace scaleit::bench {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

target_spec default_policy() {
  auto s = test::app_spec();
  s.behavior = {};
  s.tolerance = {};
  return s;
}

/// A target that is polled every five seconds under load that wanders and spikes.
class polled_target {
 public:
  explicit polled_target(target_spec s) : spec_(std::move(s)) {
    seen_.replicas = 10;
    for (const auto& m : spec_.metrics) seen_.metrics.push_back({m.name, 0});
    // More than an hour, so that every window is full.
    for (int i = 0; i < 2000; ++i) step();
  }

  void step() {
    ++polls_;
    now_ += seconds{5};
    const double wave =
        1 + 0.25 * std::sin(polls_ * 0.01) + 0.04 * std::sin(polls_ * 1.7);
    for (std::size_t i = 0; i < seen_.metrics.size(); ++i) {
      const auto& m = spec_.metrics[i];
      const double total = m.target * 12 * wave;
      seen_.metrics[i].value =
          m.type == metric_type::value ? total / seen_.replicas : total;
    }
    auto out = policy::decide(spec_, std::move(memory_), seen_, now_);
    memory_ = std::move(out.next);
    if (out.made.desired > 0 && out.made.changes()) {
      policy::recall_applied(spec_, memory_, seen_.replicas, out.made.desired, now_);
      seen_.replicas = out.made.desired;
    }
    benchmark::DoNotOptimize(out.made.desired);
  }

  const policy::memory& memory() const { return memory_; }

 private:
  target_spec spec_;
  observation seen_;
  policy::memory memory_;
  time_point now_{seconds{1'769'851'800}};
  double polls_ = 0;
};

void decide_every_rule(benchmark::State& state) {
  polled_target t{test::every_rule()};
  const auto before = mallinfo2().uordblks;
  for (auto _ : state) t.step();
  state.counters["heap_growth_bytes"] =
      static_cast<double>(mallinfo2().uordblks) - static_cast<double>(before);
}

/// Bytes that one target's memory takes after hours, what is on the heap included.
double remembered_bytes(const target_spec& spec) {
  const polled_target t{spec};
  constexpr int copies = 200;
  std::vector<policy::memory> all;
  all.reserve(copies);
  const auto before = mallinfo2().uordblks;
  for (int i = 0; i < copies; ++i) all.push_back(t.memory());
  const auto after = mallinfo2().uordblks;
  return static_cast<double>(after - before) / copies + sizeof(policy::memory);
}

/// An hour of a hundred targets as lines: a poll, its decision, now and then a scaling.
std::vector<std::string> recorded_hour() {
  std::vector<std::string> lines;
  event e;
  const auto add = [&](event::payload what) {
    ++e.sequence;
    e.data = std::move(what);
    lines.push_back(record::to_json(e));
  };
  std::vector<target_ptr> targets;
  std::vector<policy::history> histories(100);
  std::vector<int> replicas(100, 10);
  for (int i = 0; i < 100; ++i) {
    auto s = default_policy();
    s.name = "app-" + std::to_string(i);
    targets.push_back(std::make_shared<const target_spec>(std::move(s)));
  }
  for (int poll = 0; poll < 720; ++poll)
    for (std::size_t i = 0; i < targets.size(); ++i) {
      e.time = time_point{seconds{1'769'851'800 + 5 * poll}};
      e.target = targets[i];
      const double load = 8 + 4 * std::sin(poll * 0.02 + static_cast<double>(i));
      const auto seen =
          test::seen(replicas[i], std::round(load / replicas[i] * 100) / 100);
      auto v = policy::evaluate(*targets[i], histories[i], seen, e.time);
      const int from = v.live->current, to = v.live->desired;
      add(status_observed{seen});
      add(decision_made{std::move(*v.live)});
      if (from == to) continue;
      add(scale_applied{from, to});
      policy::recall_applied(*targets[i], histories[i].live, from, to, e.time);
      replicas[i] = to;
    }
  return lines;
}

void replay_record(benchmark::State& state) {
  const auto lines = recorded_hour();
  const auto spec = std::make_shared<const target_spec>(default_policy());
  std::uint64_t decisions = 0, differ = 0;
  record::event_reader reader{record::event_reader::steps::read};
  record::recorded_event e;
  std::string line;
  std::int64_t events = 0;
  for (auto _ : state) {
    record::replay_options how;
    how.spec_for = [&](std::string_view) { return spec; };
    how.decided = [&](const record::replayed& x) {
      ++decisions;
      differ += x.differs();
    };
    record::replayer replay{std::move(how)};
    for (const auto& l : lines) {
      line = l;
      if (reader.read(line, e)) replay.feed(e);
    }
    replay.finish();
    events += static_cast<std::int64_t>(lines.size());
  }
  if (differ > 0 || decisions == 0) state.SkipWithError("the replay differs");
  state.counters["events"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
}

}  // namespace

void register_decisions() {
  benchmark::RegisterBenchmark("decide/every_rule", decide_every_rule);
  benchmark::RegisterBenchmark("replay/hour_of_100", replay_record);
}

void measure_memories(results& out) {
  out.push_back(
      {"memory/default_policy", remembered_bytes(default_policy()), "bytes", "", 0});
  out.push_back(
      {"memory/every_rule", remembered_bytes(test::every_rule()), "bytes", "", 0});
}

}  // namespace scaleit::bench
