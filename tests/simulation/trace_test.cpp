#include "simulation/trace.hpp"

#include "messages/bounds.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

using namespace scaleit;
using namespace scaleit::simulation;
using namespace std::chrono_literals;

namespace {

trace read(const std::string& text) {
  std::istringstream in{text};
  return read_trace(in, "load.csv");
}

std::string error_of(const std::string& text) {
  try {
    read(text);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a trace holds each value until the next row and begins again at its end") {
  const auto t = read("seconds,requests_per_second\n0,4\n10,8.5\n30,2\n");
  CHECK(t.length() == 50s);  // the last row lasts as long as the one before it
  CHECK(t.at(0s) == 4);
  CHECK(t.at(9999ms) == 4);
  CHECK(t.at(10s) == 8.5);
  CHECK(t.at(29s) == 8.5);
  CHECK(t.at(49s) == 2);
  CHECK(t.at(50s) == 4);
  CHECK(t.at(50s * 1000 + 10s) == 8.5);
  CHECK(t.at(-5s) == 4);
}

TEST_CASE("a trace of one row is flat") {
  CHECK(read("seconds,requests_per_second\n7,3").at(100h) == 3);
}

TEST_CASE("a trace may have a byte order mark, CRLF, blanks and no last newline") {
  const auto t =
      read("\xef\xbb\xbfseconds, requests_per_second\r\n 0 , 1 \r\n\r\n5,2\r\n10,1e1");
  CHECK(t.rows().size() == 3);
  CHECK(t.at(12s) == 10);
}

TEST_CASE("a trace's times may be ISO times, whose first is the beginning") {
  const auto t = read(
      "timestamp,value\n2014-04-10 23:59:00,94.0\n2014-04-11T00:04:00Z,56\n"
      "2014-04-11T02:09:00.5+02:00,1\n2014-04-10T19:14:00-05:00,2\n");
  REQUIRE(t.rows().size() == 4);
  CHECK(t.rows()[1].at == 5min);
  CHECK(t.rows()[2].at == 10min + 500ms);
  CHECK(t.rows()[3].at == 15min);
}

TEST_CASE("a bad trace is refused with the number of its line") {
  const std::string head = "seconds,requests_per_second\n";
  const std::string iso = "timestamp,value\n";
  struct row {
    std::string text;
    const char* part;
  };
  const row rows[] = {
      {"",
       "load.csv: line 1: the header is ''; accepted: 'seconds,requests_per_second' or"},
      {"a,b\n1,2\n", "load.csv: line 1: the header is 'a,b'"},
      {head, "load.csv: line 2: no rows after the header"},
      {head + "0,1\n1,x\n", "line 3: the value is 'x'; accepted: a number from 0 to"},
      {head + "0,1\n1,-1\n", "line 3: the value is '-1'"},
      {head + "0,nan\n", "line 2: the value is 'nan'"},
      {head + "0,1e999\n", "line 2: the value is '1e999'"},
      {head + "0,1,2\n", "line 2: the value is '1,2'"},
      {head + "0\n", "line 2: the value is ''"},
      {head + "0,1\n0,1\n", "line 3: the time does not come after"},
      {head + "5,1\n\n4,1\n", "line 4: the time does not come after"},
      {head + "-1,1\n", "line 2: the time is '-1'; accepted: seconds from 0"},
      {head + "2e9,1\n", "line 2: the time is '2e9'"},
      {head + "2014-04-10 00:00:00,1\n", "line 2: the time is '2014"},
      {iso + "0,1\n", "line 2: the time is '0'; accepted: a time such as"},
      {iso + "2014-02-29 00:00:00,1\n", "line 2: the time is"},
      {iso + "2014-04-10 24:00:00,1\n", "line 2: the time is"},
      {iso + "2014-04-10 00:00:00.,1\n", "line 2: the time is"},
      {iso + "2014-04-10 00:00:00+2,1\n", "line 2: the time is"},
      {iso + "2014-04-10 00:00:00x,1\n", "line 2: the time is"},
      {iso + "2014-4-1 0:0:0,1\n", "line 2: the time is"},
      {head + std::string(5000, '7') + ",1\n", "line 2: longer than 256 bytes"},
      {head + "\x1b[2J,1\n", "line 2: the time is '<U+001B>[2J'"},
  };
  for (const auto& r : rows) CHECK_THAT(error_of(r.text), ContainsSubstring(r.part));
}

TEST_CASE("a trace longer than the bound is refused") {
  std::string text = "seconds,requests_per_second\n";
  for (std::size_t i = 0; i <= bounds::trace_rows_max; ++i)
    text += std::to_string(i) + ",1\n";
  CHECK_THAT(error_of(text), ContainsSubstring("more than 1000000 rows"));
}

TEST_CASE("recorded traces are read whole") {
  const auto* elsewhere = std::getenv("SCALEIT_TRACES");
  const std::filesystem::path folder = elsewhere ? elsewhere : SCALEIT_SHARED_TRACES;
  if (!std::filesystem::exists(folder)) {
    WARN("skipped: there are no recorded traces at " << folder);
    return;
  }
  struct row {
    const char* file;
    std::size_t rows;
    microseconds step;
  };
  const row rows[] = {{"nasa-http-1995-07.csv", 38880, 60s},
                      {"twitter-stream-2021-08-days-1-4.csv", 23040, 15s},
                      {"nab-elb_request_count_8c0756.csv", 4032, 300s}};
  for (const auto& r : rows) {
    INFO(r.file);
    std::ifstream in{folder / r.file};
    REQUIRE(in);
    const auto t = read_trace(in, r.file);
    CHECK(t.rows().size() == r.rows);
    CHECK(t.rows()[1].at == r.step);
    CHECK(t.at(0s) == t.at(t.length()));
  }
}
