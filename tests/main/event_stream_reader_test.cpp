#include "main/event_stream_reader.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace scaleit::main;

namespace {

/// What came out, a line each.
struct heard {
  std::vector<std::string> lines;
  event_stream_reader reader{
      {[this](const stream_event& e) { lines.push_back(e.type + "|" + e.data); },
       [this](std::string_view c) { lines.push_back("#" + std::string{c}); }},
      1000};
};

const std::string story =
    "\xEF\xBB\xBF: all is well\n\n"
    "id: 1\nevent: x\ndata: a\ndata: b\n\n"
    "id:2\r\ndata:  c\r\n\r\n"
    "data\rid: 3\r\r"
    "retry: 1500\nretry: soon\nunknown: y\n\n"
    ":\ndata: d\nid: 4\n\n"
    "data: half";

const std::vector<std::string> told{"#all is well", "x|a\nb", "| c", "|", "#", "|d"};

}  // namespace

TEST_CASE("a stream of events is read, however its lines end") {
  heard h;
  CHECK(h.reader.feed(story));
  CHECK(h.lines == told);
  CHECK(h.reader.last_id() == "4");
  CHECK(h.reader.retry() == std::chrono::milliseconds{1500});
}

TEST_CASE("a stream may be cut anywhere") {
  for (std::size_t a = 0; a <= story.size(); ++a)
    for (std::size_t b = a; b <= story.size(); b += 7) {
      heard h;
      h.reader.feed(story.substr(0, a));
      h.reader.feed(story.substr(a, b - a));
      h.reader.feed(story.substr(b));
      REQUIRE(h.lines == told);
    }
}

TEST_CASE("half an event is none, and the last whole one is what to go on after") {
  heard h;
  h.reader.feed("id: 7\ndata: a\n\nid: 8\ndata: b\n");
  h.reader.restart();
  CHECK(h.reader.last_id() == "7");
  h.reader.feed("data: c\n\n");
  CHECK(h.lines == std::vector<std::string>{"|a", "|c"});
  CHECK(h.reader.last_id() == "7");
}

TEST_CASE("an event that does not end is refused at some size") {
  heard h;
  CHECK(h.reader.feed("data: " + std::string(900, 'x') + "\n"));
  CHECK_FALSE(h.reader.feed("data: " + std::string(900, 'x')));
  heard other;
  CHECK_FALSE(other.reader.feed(std::string(1001, 'x')));
}
