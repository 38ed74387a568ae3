// What a replay makes of a record: which decision answers which poll.
#include "record/replayer.hpp"

#include "record/event_json.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::record;

namespace {

/// Feeds lines of one target, "app"; notes each decision as `made (recorded)`.
class replaying {
 public:
  explicit replaying(std::optional<int> from = {}) : player_(options(from)) {}

  replaying& at(int second) {
    second_ = second;
    return *this;
  }
  replaying& feed(std::uint64_t id, event::payload data) {
    recorded_event e;
    e.sequence = id;
    e.name = "app";
    e.time = time_of(second_);
    e.data = std::move(data);
    player_.feed(e);
    return *this;
  }
  replaying& poll(std::uint64_t id, double utilisation) {
    return feed(id, status_observed{test::seen(10, utilisation)});
  }
  replaying& decided(std::uint64_t cause, int desired) {
    decision_made x;
    x.made = decision{10, desired, desired};
    x.cause = cause;
    return feed(0, std::move(x));
  }
  std::vector<std::string> finish() {
    player_.finish();
    return told_;
  }

 private:
  static time_point time_of(int second) {
    return time_point{std::chrono::seconds{1769851800 + second}};
  }
  replay_options options(std::optional<int> from) {
    replay_options o;
    if (from) o.from = time_of(*from);
    o.spec_for = [](std::string_view) {
      return std::make_shared<const target_spec>(test::app_spec());
    };
    o.decided = [this](const replayed& x) {
      const auto number = [](const decision* d) {
        return d ? std::to_string(d->desired) : std::string{"-"};
      };
      told_.push_back(fmt::format("{} ({})", number(x.made), number(x.recorded)));
    };
    return o;
  }

  std::vector<std::string> told_;
  replayer player_;
  int second_ = 0;
};

using told = std::vector<std::string>;

std::string line_with(event::payload data) {
  event e;
  e.sequence = 42;
  e.target = std::make_shared<const target_spec>(test::app_spec());
  e.data = std::move(data);
  return to_json(e);
}

}  // namespace

TEST_CASE("a decision answers the poll that it names") {
  replaying r;
  r.at(0).poll(1, 0.96).decided(1, 12);
  r.at(5).poll(3, 1.6).decided(3, 20);
  CHECK(r.finish() == told{"12 (12)", "20 (20)"});
}

TEST_CASE("a decision on a poll that the record has lost answers no other") {
  replaying r;
  r.at(0).poll(1, 0.96).decided(1, 12);
  r.at(5).poll(5, 1.6).decided(3, 7).decided(5, 20);
  CHECK(r.finish() == told{"12 (12)", "20 (20)"});
}

TEST_CASE("without causes a decision answers the poll before it") {
  replaying r;
  r.at(0).poll(1, 0.96).decided(0, 12);
  r.at(5).poll(3, 1.6).decided(0, 21);
  CHECK(r.finish() == told{"12 (12)", "20 (21)"});
}

TEST_CASE("a poll whose decider died is not decided on") {
  replaying r;
  r.at(0).poll(1, 0.96).decided(1, 12);
  r.at(5).poll(3, 1.6).feed(4, actor_crashed{"decider", "chaos"});
  r.at(10).poll(7, 0.8).decided(7, 10);
  CHECK(r.finish() == told{"12 (12)", "10 (10)"});
}

TEST_CASE("one reader fills many events") {
  event_reader reader{event_reader::steps::read};
  for (int i = 0; i < 4; ++i) {
    recorded_event one, other;
    auto polled = line_with(status_observed{test::seen(i, 0.5)});
    auto again = line_with(status_observed{test::seen(i + 10, 0.25)});
    auto asked = line_with(scale_requested{i, i + 1});
    REQUIRE(reader.read(polled, one));
    REQUIRE(reader.read(again, other));
    CHECK(std::get<status_observed>(one.data).seen == test::seen(i, 0.5));
    CHECK(std::get<status_observed>(other.data).seen == test::seen(i + 10, 0.25));
    REQUIRE(reader.read(asked, one));
    CHECK(std::get<scale_requested>(one.data).to == i + 1);
  }
}

TEST_CASE("what comes after the begin is replayed, wherever the clock goes") {
  const auto decisions_from = [](int from) {
    replaying r{from};
    r.at(0).poll(1, 0.8).decided(1, 10);
    r.at(10).poll(2, 0.8).decided(2, 10);
    r.at(20).poll(3, 0.8).decided(3, 10);
    r.at(-30).poll(4, 0.8).decided(4, 10);  // set back by a minute
    r.at(-20).poll(5, 0.8).decided(5, 10);
    return r.finish().size();
  };
  CHECK(decisions_from(-60) == 5);
  CHECK(decisions_from(5) == 4);
  CHECK(decisions_from(20) == 3);
  CHECK(decisions_from(30) == 0);
}
