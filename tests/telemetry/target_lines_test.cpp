#include "telemetry/target_lines.hpp"

#include "messages/bounds.hpp"
#include "telemetry/log_lines.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace scaleit;
using namespace scaleit::telemetry;
using namespace std::chrono_literals;

namespace {

constexpr int most = bounds::target_lines_per_second;

time_point at(std::chrono::milliseconds t) { return time_point{t}; }

/// Tells of the event `count` times and answers the lines.
std::vector<log_line> tell(log_lines& book, std::chrono::milliseconds t, int count,
                           event::payload data) {
  std::vector<log_line> all;
  for (int i = 0; i < count; ++i) {
    event e;
    e.time = at(t);
    if (!std::holds_alternative<daemon_stopped>(data))
      e.target = std::make_shared<target_spec>(test::app_spec("t" + std::to_string(i)));
    e.data = data;
    for (auto& line : book.tell(e)) all.push_back(std::move(line));
  }
  return all;
}

const log_line left_out{log_level::info, "and 4900 more targets added, 3 removed", false};

}  // namespace

TEST_CASE("few targets have a line each") {
  log_lines book{log_level::info};
  CHECK(tell(book, 0ms, most, target_added{}).size() == most);
  CHECK(book.tell_rest(at(2s)).empty());
  CHECK(tell(book, 2s, most / 2, target_changed{}).size() == most / 2);
  CHECK(tell(book, 2s, most / 2, target_removed{}).size() == most / 2);
  CHECK(book.tell_rest(at(4s)).empty());
}

TEST_CASE("of many at once the first have a line, and the others one in common") {
  log_lines book{log_level::info};
  CHECK(tell(book, 0ms, 5000, target_added{}).size() == most);
  CHECK(tell(book, 900ms, 3, target_removed{}).empty());
  CHECK(book.tell_rest(at(999ms)).empty());
  SECTION("when no further event comes") {
    CHECK(book.tell_rest(at(1s)) == std::vector{left_out});
    CHECK(book.tell_rest(at(2s)).empty());
  }
  SECTION("before the line of the next") {
    const auto lines = tell(book, 1s, 200, target_changed{});
    REQUIRE(lines.size() == most + 1);
    CHECK(lines[0] == left_out);
    CHECK(lines[1].text == "target=t0 changed");
    CHECK(lines[1].of_event);
    CHECK(book.tell_rest(at(2s))[0].text == "and 100 more targets changed");
  }
  SECTION("before the last line of all") {
    const auto lines = tell(book, 950ms, 1, daemon_stopped{"SIGTERM"});
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == left_out);
  }
  SECTION("when the clock was set back") {
    CHECK(tell(book, -1h, 1, target_removed{}).size() == 2);
  }
}

TEST_CASE("a line a second, however long it lasts") {
  log_lines book{log_level::info};
  std::size_t lines = 0;
  for (auto t = 0ms; t < 10s; t += 1ms) lines += tell(book, t, 5, target_added{}).size();
  CHECK(lines <= 10 * (most + 1));
  CHECK(lines >= 10 * most);
}

TEST_CASE("what is left out is told at the level of its lines") {
  log_lines book{log_level::warning};
  CHECK(tell(book, 0ms, 500, target_added{}).empty());
  CHECK(book.tell_rest(at(5s)).empty());
}

TEST_CASE("one is told of in the singular") {
  target_lines book;
  for (int i = 0; i < most; ++i) CHECK(book.take(target_lines::kind::added, at(0s)));
  CHECK_FALSE(book.take(target_lines::kind::changed, at(0s)));
  CHECK(book.rest() == "and 1 more target changed");
}
