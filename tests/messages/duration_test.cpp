#include "messages/duration.hpp"

#include "tests/support/catch.hpp"

#include <string>

using namespace std::chrono_literals;
using scaleit::parse_duration;
using std::chrono::microseconds;

TEST_CASE("durations are read as Go writes them") {
  struct row {
    const char* text;
    microseconds want;
  };
  const row rows[] = {
      {"0s", 0us},           {"5s", 5s},
      {"250ms", 250ms},      {"1m30s", 90s},
      {"1h2m3s", 3723s},     {"1.5h", 5400s},
      {".5s", 500ms},        {"1.s", 1s},
      {"10us", 10us},        {"10\u00b5s", 10us},
      {"10\u03bcs", 10us},   {"1500ns", 1us},
      {"0.1s", 100ms},       {"0.29s", 290ms},
      {"30s1m", 90s},        {"0.0000010000s", 1us},
      {"100ms100ms", 200ms}, {"2562047h", 2562047h},
  };
  for (const auto& r : rows) {
    INFO(r.text);
    CHECK(parse_duration(r.text) == r.want);
  }
}

TEST_CASE("a plain number is seconds") {
  CHECK(parse_duration("0") == microseconds{0});
  CHECK(parse_duration("5") == microseconds{5s});
  CHECK(parse_duration("0.25") == microseconds{250ms});
  CHECK(parse_duration("0005") == microseconds{5s});
}

TEST_CASE("what is no duration is refused") {
  const char* rows[] = {"",     " ",   "s",   ".",     ".s",    "-1s",  "+1s", "1 s",
                        " 1s",  "1s ", "1x",  "1S",    "1d",    "1m30", "5,5", "1e3",
                        "0x10", "nan", "inf", "1..5s", "1.5.s", "1mss"};
  for (const auto* text : rows) {
    INFO('"' << text << '"');
    CHECK_FALSE(parse_duration(text));
  }
  CHECK_FALSE(parse_duration(std::string_view{"1\0s", 3}));
  CHECK_FALSE(parse_duration(std::string_view{"5s\0", 3}));
}

TEST_CASE("a duration that does not fit is refused, not wrapped") {
  CHECK(parse_duration("9223372036s"));
  CHECK_FALSE(parse_duration("9223372037s"));
  CHECK_FALSE(parse_duration("9223372036s1s"));
  CHECK_FALSE(parse_duration("99999999999999999999999999s"));
  CHECK_FALSE(parse_duration("2562048h"));
  CHECK_FALSE(parse_duration(std::string(1000, '9')));
  CHECK(parse_duration("0." + std::string(1000, '9') + "s") == microseconds{1s});
}
