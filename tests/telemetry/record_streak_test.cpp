#include "telemetry/record_streak.hpp"

#include "record/recorder.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using namespace scaleit;
using namespace scaleit::telemetry;
using namespace std::chrono_literals;

namespace {

record::record_state state(bool writing, std::uint64_t dropped, const char* error = "") {
  record::record_state s;
  s.writing = writing;
  s.dropped = dropped;
  s.error = error;
  return s;
}

}  // namespace

TEST_CASE("a streak of errors of the record is two lines") {
  record_streak streak;
  CHECK_FALSE(streak.tell(state(true, 0), steady_time{0s}));
  const auto begins =
      streak.tell(state(false, 0, "No space left on device"), steady_time{1s});
  CHECK(begins == log_line{log_level::warning,
                           "the record cannot be written: No space left on device"});
  CHECK_FALSE(streak.tell(state(false, 0), steady_time{2s}));
  CHECK_FALSE(streak.tell(state(false, 7), steady_time{3s}));
  const auto over = streak.tell(state(true, 7), steady_time{13500ms});
  CHECK(over == log_line{log_level::warning,
                         "the record is written again after 12.5s; 7 events were lost"});
  CHECK_FALSE(streak.tell(state(true, 7), steady_time{14s}));
}

TEST_CASE("a streak that lost nothing says so, and is no warning") {
  record_streak streak;
  streak.tell(state(true, 3), steady_time{0s});
  streak.tell(state(true, 3), steady_time{0s});
  REQUIRE(streak.tell(state(false, 3, "EIO"), steady_time{1s}));
  CHECK(streak.tell(state(true, 3), steady_time{2s}) ==
        log_line{log_level::info,
                 "the record is written again after 1s; no event was lost"});
}

TEST_CASE("events that are dropped without an error are a streak as well") {
  record_streak streak;
  const auto begins = streak.tell(state(true, 5), steady_time{1s});
  CHECK(begins ==
        log_line{log_level::warning, "the record loses events: the disk is too slow"});
  CHECK_FALSE(streak.tell(state(true, 6), steady_time{2s}));
  CHECK(streak.tell(state(true, 6), steady_time{3s})->text ==
        "the record is written again after 2s; 6 events were lost");
}
