#include "telemetry/sampled.hpp"

#include "telemetry/exposition.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace scaleit;
using namespace scaleit::telemetry;

namespace {

std::string text_of(const families& all) {
  return "\n" + expose(all.Collect(), exposition_format::text);
}

}  // namespace

TEST_CASE("what is sampled never goes backwards") {
  families all;
  sampled s{all};
  s.events_dropped("logger", 5);
  s.events_dropped("logger", 3);
  s.queue_depth("logger", 7);
  s.connections(5, 2);
  s.loop_lag(0.25);
  for (const auto* line :
       {R"(scaleit_events_dropped_total{subscriber="logger"} 5)",
        R"(scaleit_queue_depth{queue="logger"} 7)",
        R"(scaleit_connections{state="busy"} 3)",
        R"(scaleit_connections{state="idle"} 2)", "scaleit_loop_lag_seconds 0.25",
        "scaleit_log_lines_dropped_total 0"})
    CHECK_THAT(text_of(all), ContainsSubstring("\n" + std::string{line} + "\n"));
}

TEST_CASE("a record's metrics are there with a record, from the start") {
  families all;
  CHECK(text_of(all) == "\n");
  sampled_record s{all};
  CHECK_THAT(text_of(all), ContainsSubstring("\nscaleit_record_up 1\n"));
  CHECK_THAT(text_of(all), ContainsSubstring("\nscaleit_record_errors_total 0\n"));
  record::record_state state;
  state.writing = false;
  state.errors = 2;
  state.dropped = 3;
  state.bytes = 4;
  s.show(state);
  CHECK_THAT(text_of(all), ContainsSubstring("\nscaleit_record_up 0\n"));
  CHECK_THAT(text_of(all), ContainsSubstring("\nscaleit_record_errors_total 2\n"));
  CHECK_THAT(text_of(all),
             ContainsSubstring("\nscaleit_record_events_dropped_total 3\n"));
  CHECK_THAT(text_of(all), ContainsSubstring("\nscaleit_record_bytes_total 4\n"));
}
