#include "messages/time.hpp"

#include "tests/support/catch.hpp"

#include <limits>

using namespace scaleit;
using namespace std::chrono_literals;

TEST_CASE("times are written in RFC 3339, UTC, with microseconds") {
  CHECK(to_rfc3339(time_point{}) == "1970-01-01T00:00:00.000000Z");
  CHECK(to_rfc3339(time_point{1769851800000042us}) == "2026-01-31T09:30:00.000042Z");
  CHECK(to_rfc3339(time_point{-1us}) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("a time that was written is read back") {
  for (const auto t : {time_point{}, time_point{1769851800000042us}, time_point{-1us},
                       time_point{951782400000000us}})  // 29 February 2000
    CHECK(parse_rfc3339(to_rfc3339(t)) == t);
}

TEST_CASE("offsets, lower case and short fractions are accepted") {
  const time_point noon{1769860800000000us};
  for (const auto* s :
       {"2026-01-31T12:00:00Z", "2026-01-31t12:00:00z", "2026-01-31 12:00:00Z",
        "2026-01-31T14:00:00+02:00", "2026-01-31T06:30:00-05:30",
        "2026-01-31T12:00:00.0Z", "2026-01-31T12:00:00.000000999Z"}) {
    CAPTURE(s);
    CHECK(parse_rfc3339(s) == noon);
  }
}

TEST_CASE("what is no time is none") {
  for (const auto* s :
       {"", "noon", "2026-01-31", "2026-02-30T12:00:00Z", "2026-01-31T24:00:00Z",
        "2026-01-31T12:60:00Z", "2026-01-31T12:00:00", "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00Zx", "26-01-31T12:00:00Z", "2026-01-31T12:00:00+24:00"}) {
    CAPTURE(s);
    CHECK_FALSE(parse_rfc3339(s));
  }
}

TEST_CASE("durations are written as Go writes them") {
  CHECK(to_string(microseconds{0}) == "0s");
  CHECK(to_string(5s) == "5s");
  CHECK(to_string(90s) == "1m30s");
  CHECK(to_string(3600s) == "1h");
  CHECK(to_string(3'661'500ms) == "1h1m1.5s");
  CHECK(to_string(250ms) == "250ms");
  CHECK(to_string(1500us) == "1.5ms");
  CHECK(to_string(7us) == "7us");
  CHECK(to_string(-1500ms) == "-1.5s");
}
