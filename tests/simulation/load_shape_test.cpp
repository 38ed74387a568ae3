#include "simulation/load_shape.hpp"

#include "tests/support/catch.hpp"

#include <sstream>
#include <stdexcept>

using namespace scaleit::simulation;
using namespace std::chrono_literals;
using scaleit::microseconds;

namespace {

trace three_rows(const std::string& file) {
  CHECK(file == "load, day 1.csv");
  return trace{{{0s, 4}, {10s, 8}, {20s, 2}}};
}

trace no_file(const std::string& file) {
  throw std::invalid_argument(file + ": no such file");
}

load_shape parse(std::string_view text) { return parse_load_shape(text, no_file); }

std::string error_of(std::string_view text) {
  try {
    parse(text);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("flat is the same at all times") {
  const auto x = parse("flat:rate=9");
  CHECK(x.at(0s) == 9);
  CHECK(x.at(1000h) == 9);
  CHECK(x.period() == 0s);
  CHECK(parse("flat").at(5s) == 12);
}

TEST_CASE("sine begins at its mean, rises first and repeats") {
  const auto x = parse("sine:period=120s, mean=8, amplitude=4");
  CHECK(x.at(0s) == Approx(8));
  CHECK(x.at(30s) == Approx(12));
  CHECK(x.at(60s) == Approx(8));
  CHECK(x.at(90s) == Approx(4));
  CHECK(x.at(120s + 30s) == Approx(12));
  CHECK(x.at(-30s) == Approx(8));
  CHECK(x.period() == 120s);
  CHECK(parse("sine").at(150s) == Approx(17.5));
  CHECK(parse("sine:mean=4").at(150s) == Approx(5));
}

TEST_CASE("steps climb and come down again") {
  const auto x = parse("steps:low=10,high=20,count=2,every=10s");
  const double want[] = {10, 15, 20, 15, 10, 15};
  for (int i = 0; i < 6; ++i) {
    CHECK(x.at(i * 10s) == Approx(want[i]));
    CHECK(x.at(i * 10s + 9999ms) == Approx(want[i]));
  }
  CHECK(x.period() == 40s);
  CHECK(parse("steps").at(60s) == Approx(12.5));
}

TEST_CASE("spikes stand at the end of each period") {
  const auto x = parse("spikes:base=10,peak=30,every=60s,width=5s");
  CHECK(x.at(0s) == 10);
  CHECK(x.at(54999ms) == 10);
  CHECK(x.at(55s) == 30);
  CHECK(x.at(59999ms) == 30);
  CHECK(x.at(60s) == 10);
  CHECK(parse("spikes:base=4").at(119s) == 10);
}

TEST_CASE("a trace's file may have commas and blanks, and its speed and scale follow") {
  const auto x = parse_load_shape("trace:load, day 1.csv,speed=2,scale=0.5", three_rows);
  CHECK(x.at(0s) == 2);
  CHECK(x.at(5s) == 4);
  CHECK(x.at(10s) == 1);
  CHECK(x.at(15s) == 2);  // it begins again
  CHECK(x.period() == 15s);
}

TEST_CASE("an unknown or malformed load shape is refused with one sentence") {
  struct row {
    const char* text;
    const char* part;
  };
  const row rows[] = {
      {"", "load shape '': unknown; accepted: flat, sine, steps, spikes"},
      {"wave", "load shape 'wave': unknown; accepted: flat, sine, steps, spikes"},
      {"SINE", "unknown"},
      {"si\nne\x1b[31m", "load shape 'si<U+000A>ne<U+001B>[31m'"},
      {"sine:perod=5s",
       "'perod' is no parameter of it; accepted: mean, amplitude, period"},
      {"sine:period", "'period' is no parameter; accepted: key=value"},
      {"sine:,", "'' is no parameter"},
      {"sine:period=abc", "period is 'abc'; accepted: a duration from 100ms to 8760h"},
      {"sine:period=0s", "period is '0s'"},
      {"sine:period=9000h", "period is '9000h'"},
      {"sine:mean=-1", "mean is '-1'; accepted: a number from 0 to 1000000000"},
      {"sine:mean=nan", "mean is 'nan'"},
      {"sine:mean=1e999", "mean is '1e999'"},
      {"sine:mean=4,amplitude=5", "amplitude is '5'; accepted: a number from 0 to 4"},
      {"sine:mean=4,mean=5", "'mean' is given twice"},
      {"flat:rate=", "rate is ''"},
      {"steps:count=0", "count is '0'; accepted: a whole number from 1 to 1000"},
      {"steps:count=2.5", "count is '2.5'"},
      {"spikes:every=10s,width=20s", "width is longer than every"},
      {"trace", "no file given; accepted: trace:FILE"},
      {"trace:", "no file given"},
      {"trace:,speed=2", "no file given"},
      {"trace:x.csv", "x.csv: no such file"},
      {"trace:x.csv,speed=0", "speed is '0'; accepted: a number from 0.001 to 1000000"},
  };
  for (const auto& r : rows) {
    INFO(r.text);
    CHECK_THAT(error_of(r.text), ContainsSubstring(r.part));
    CHECK(error_of(r.text).find('\n') == std::string::npos);
  }
}

TEST_CASE("no load shape ever answers less than nothing") {
  for (const auto* text :
       {"flat:rate=0", "sine:mean=3,amplitude=3,period=7s",
        "steps:low=5,high=0,count=3,every=1s", "spikes:base=5,peak=0"}) {
    const auto x = parse(text);
    for (auto t = microseconds{0}; t < 300s; t += 700ms) {
      CHECK(x.at(t) >= 0);
      CHECK(x.at(t) == x.at(t + x.period()));
    }
  }
}
