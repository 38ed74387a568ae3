// What the record costs: an event made into a line and handed over, and a line read back.
#include "record/event_json.hpp"
#include "record/event_reader.hpp"
#include "record/record_reader.hpp"
#include "record/recorder.hpp"
#include "tests/bench/bench.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/process.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace scaleit::bench {

namespace {

/// A loop that changes something: what was seen, decided, asked for and done.
std::vector<event> one_loop() {
  auto seen = test::seen(10, 0.9437);
  seen.took = microseconds{612};
  decision made{10, 12, 12, {}};
  made.steps.push_back({rule::target, 0, 10, 12, {0.9437, 0.8, 11.796}});
  const std::vector<event::payload> payloads{status_observed{seen}, decision_made{made},
                                             scale_requested{10, 12},
                                             scale_applied{10, 12, microseconds{551}}};
  const auto app = std::make_shared<target_spec>(test::app_spec());
  std::vector<event> events;
  for (const auto& data : payloads) {
    event e;
    e.sequence = 4'242'420 + events.size();
    e.time = time_point{microseconds{1769851800000042}};
    e.target = app;
    e.data = data;
    events.push_back(std::move(e));
  }
  return events;
}

/// As the control loop pays for it; the thread writes meanwhile, and what is dropped
/// because the disk is slower than this loop is part of the count.
void record_event(benchmark::State& state) {
  const test::temporary_directory at;
  record::recorder recorder{{at.path().string()},
                            [] { return std::chrono::steady_clock::now(); }};
  auto events = one_loop();
  std::size_t i = 0;
  for (auto _ : state) recorder.take(events[i++ % events.size()]);
  recorder.stop();
  const auto s = recorder.state();
  const auto kept =
      static_cast<double>(state.iterations()) - static_cast<double>(s.dropped);
  state.counters["bytes"] = static_cast<double>(s.bytes) / kept;
  state.counters["dropped"] = static_cast<double>(s.dropped);
}

void read_event(benchmark::State& state, record::event_reader::steps steps) {
  std::vector<std::string> lines;
  std::size_t bytes = 0;
  for (const auto& e : one_loop()) {
    lines.push_back(record::to_json(e));
    bytes += lines.back().size() + 1;
  }
  record::event_reader reader{steps};
  record::recorded_event e;
  std::string buffer(4096, ' ');
  std::size_t i = 0;
  for (auto _ : state) {
    const auto& line = lines[i++ % lines.size()];
    std::memcpy(buffer.data(), line.data(), line.size());
    if (!reader.read(buffer.data(), line.size(), e)) state.SkipWithError("not read");
    benchmark::DoNotOptimize(e.sequence);
  }
  state.counters["bytes"] =
      static_cast<double>(bytes) / static_cast<double>(lines.size());
}

/// Per event, of a record on disk (in the page cache).
void read_record(benchmark::State& state) {
  const test::temporary_directory at;
  constexpr std::int64_t loops = 50'000;
  {
    record::record_writer writer{{at.path().string()}};
    std::string lines;
    for (auto& e : one_loop()) lines += record::to_json(e) + "\n";
    for (std::int64_t i = 0; i < loops; ++i) writer.append(1, lines);
    std::error_code error;
    while (writer.tidy(error)) {
    }
  }
  for (auto _ : state) {
    record::record_reader reader{at.path().string()};
    for (record::recorded_event e; reader.next(e);) benchmark::DoNotOptimize(e.sequence);
    if (reader.report().events != 4 * loops) state.SkipWithError("not all was read");
  }
  state.counters["events/s"] = benchmark::Counter(
      static_cast<double>(4 * loops * state.iterations()), benchmark::Counter::kIsRate);
}

}  // namespace

void register_record() {
  benchmark::RegisterBenchmark("record/event", record_event);
  benchmark::RegisterBenchmark("read/event", read_event,
                               record::event_reader::steps::skip);
  benchmark::RegisterBenchmark("read/event+steps", read_event,
                               record::event_reader::steps::read);
  benchmark::RegisterBenchmark("read/200000 events", read_record);
}

}  // namespace scaleit::bench
