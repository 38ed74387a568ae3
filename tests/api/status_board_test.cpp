#include "api/status_board.hpp"

#include "messages/bounds.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <memory>

using namespace scaleit;
using namespace scaleit::test;
using api::status_board;
using api::target_health;

namespace {

/// Tells a board of targets.
struct teller {
  event_ptr tell(const std::string& name, event::payload data) {
    auto e = std::make_shared<event>();
    e->sequence = ++last;
    e->time = time_point{std::chrono::seconds{last}};
    if (!name.empty()) e->target = target_of_at_most(name);
    e->data = std::move(data);
    board.take(e);
    return e;
  }
  target_health health(const std::string& name) const {
    return board.find(name)->does.health();
  }

  status_board board;
  std::uint64_t last = 0;
};

decision_made stays(int n) { return {decision{n, n, n}}; }

}  // namespace

TEST_CASE("a target's health follows its polls and its actors") {
  teller t;
  CHECK(t.board.find("a") == nullptr);
  t.tell("a", target_added{});
  CHECK(t.health("a") == target_health::unknown);
  t.tell("a", status_failed{});
  CHECK(t.health("a") == target_health::failing);
  t.tell("a", status_observed{});
  CHECK(t.health("a") == target_health::ok);
  t.tell("a", actor_crashed{"poller", "a test"});
  CHECK(t.health("a") == target_health::down);
  t.tell("a", actor_restarted{"poller", 1});
  CHECK(t.health("a") == target_health::ok);
  t.tell("", actor_crashed{"telemetry", "a test"});
  CHECK(t.board.count(target_health::ok) == 1);
  t.tell("b", target_added{});
  CHECK(t.board.count(target_health::unknown) == 1);
  t.tell("a", target_removed{});
  CHECK(t.board.find("a") == nullptr);
  CHECK(t.board.count(target_health::ok) == 0);
}

TEST_CASE("failures are counted from the first in a row") {
  teller t;
  t.tell("a", status_failed{});
  t.tell("a", status_failed{});
  CHECK(t.board.find("a")->does.failures() == 2);
  CHECK(t.board.find("a")->does.failing_since() == time_point{std::chrono::seconds{1}});
  t.tell("a", status_observed{});
  CHECK(t.board.find("a")->failed == nullptr);
  t.tell("a", status_failed{});
  CHECK(t.board.find("a")->does.failures() == 1);
  CHECK(t.board.find("a")->does.failing_since() == time_point{std::chrono::seconds{4}});
}

TEST_CASE("an answer without one usable metric is a failed poll, and says why") {
  teller t;
  status_observed half, none;
  half.seen = test::seen(3, 0.9);
  half.seen.missing = {{"lag", "http://lag refuses", failure_kind::connect}};
  none.seen.replicas = 3;
  none.seen.missing = {{"lag", "http://lag refuses", failure_kind::connect},
                       {"cpu", "/cpu is absent"}};
  t.tell("a", half);
  CHECK(t.health("a") == target_health::ok);
  t.tell("a", none);
  CHECK(t.health("a") == target_health::failing);
  const auto& s = *t.board.find("a");
  REQUIRE(s.failed);
  const auto why = telemetry::poll_failure(*s.failed);
  REQUIRE(why);
  CHECK(why->kind == failure_kind::connect);
  CHECK(why->detail == "http://lag refuses; /cpu is absent");
  CHECK(s.observed == s.failed);  // its replicas are known nevertheless
  t.tell("a", half);
  CHECK(t.health("a") == target_health::ok);
  CHECK(s.failed == nullptr);
}

TEST_CASE("the last decisions are kept: many of few targets, one of each of many") {
  teller t;
  for (int n = 1; n <= 150; ++n) t.tell("a", stays(n));
  auto shadow = stays(7);
  shadow.shadow = true;
  t.tell("a", shadow);
  const auto last = t.board.decisions("a", 3);
  REQUIRE(last.size() == 3);
  CHECK(last[0]->as<decision_made>()->made.desired == 150);
  CHECK(last[2]->as<decision_made>()->made.desired == 148);
  CHECK(t.board.decisions("a", 1000).size() == bounds::api_decisions_kept_max);
  const auto many = bounds::api_decisions_kept;
  for (std::size_t n = 0; n < many; ++n) t.tell("t" + std::to_string(n), stays(1));
  t.tell("a", stays(9));
  t.tell("t0", stays(2));
  CHECK(t.board.decisions("a", 1000).size() == 1);
  CHECK(t.board.decisions("t0", 1000).size() == 1);
}
