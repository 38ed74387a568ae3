// Where in their interval targets are polled, whatever happens to them.
#include "actors/spread.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/virtual_loop.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::test;

namespace {

constexpr int population = 2000;

target_spec numbered(int i) {
  const auto name = "t" + std::to_string(i);
  return app_spec(name, "http://" + name + ":1");
}

std::vector<target_ptr> many(int n = population) {
  std::vector<target_ptr> all;
  for (int i = 0; i < n; ++i) all.push_back(std::make_shared<target_spec>(numbered(i)));
  return all;
}

/// When each target is polled.
struct watched_polls {
  explicit watched_polls(virtual_loop& h) : control(h) {
    h.client.app = [this](const net::http_request& r) {
      if (r.method == net::verb::get)
        polls[r.url.substr(7, r.url.find(':', 7) - 7)].push_back(
            control.system.clock().now());
      return answers(200, R"({"cpu":{"highPriority":0.8},"replicas":10})");
    };
  }
  /// The most polls within 100 ms.
  int crowd() const {
    std::map<std::int64_t, int> per_100ms;
    for (const auto& [name, times] : polls)
      for (const auto t : times) ++per_100ms[t.time_since_epoch() / 100ms];
    int most = 0;
    for (const auto& [when, n] : per_100ms) most = std::max(most, n);
    return most;
  }
  /// Whether each was polled at its place, and nowhere else.
  bool in_place(std::chrono::milliseconds interval) const {
    return std::all_of(polls.begin(), polls.end(), [&](const auto& p) {
      return std::all_of(p.second.begin(), p.second.end(), [&](steady_time t) {
        return t.time_since_epoch() % interval == actors::spread(p.first, interval);
      });
    });
  }
  virtual_loop& control;
  std::map<std::string, std::vector<steady_time>> polls;
};

}  // namespace

TEST_CASE("the next moment at a place is after now, within one interval") {
  using actors::next_at;
  const auto at = [](auto t) { return steady_time{t}; };
  CHECK(next_at(1s, 5s, at(0s)) == at(1s));
  CHECK(next_at(1s, 5s, at(1s)) == at(6s));
  CHECK(next_at(1s, 5s, at(1s - 1ns)) == at(1s));
  CHECK(next_at(1s, 5s, at(103s)) == at(106s));
  CHECK(next_at(4s, 5s, at(2s)) == at(4s));
  CHECK(next_at(0s, 5s, at(-3s)) == at(0s));
}

TEST_CASE("a crash of the supervisor leaves polls spread and at their places") {
  virtual_loop h{{}, default_wall, many()};
  watched_polls w{h};
  h.advance(10s);
  w.polls.clear();
  for (int i = 0; i < 3; ++i) {
    h.control.kill_supervisor("as the test asks");
    h.advance(10s);
  }
  CHECK(w.polls.size() == population);
  CHECK(w.in_place(5s));
  CHECK(w.crowd() < 90);  // 40 expected
}

TEST_CASE("another start of the daemon, at another moment, keeps the places") {
  std::map<std::string, std::chrono::nanoseconds> places;
  for (const auto later : {0ms, 1234ms}) {
    virtual_loop h;
    h.advance(later);
    watched_polls w{h};
    for (const auto& t : many(50)) h.control.add(t);
    h.advance(8s);
    w.polls.clear();
    h.advance(5s);
    CHECK(w.in_place(5s));
    for (const auto& [name, times] : w.polls)
      CHECK(
          times.front().time_since_epoch() % 5s ==
          places.try_emplace(name, times.front().time_since_epoch() % 5s).first->second);
  }
}

TEST_CASE("a changed interval has places of its own, and none of the old one") {
  virtual_loop h{{}, default_wall, many()};
  watched_polls w{h};
  h.advance(10s);
  for (int i = 0; i < population; ++i) {
    auto spec = numbered(i);
    spec.interval = 2s;
    h.control.add(std::make_shared<target_spec>(spec));
  }
  h.drain();
  h.advance(5s);
  w.polls.clear();
  h.advance(10s);
  CHECK(w.in_place(2s));
  CHECK(w.crowd() < 170);  // 100 expected
  for (const auto& [name, times] : w.polls) REQUIRE(times.size() == 5);
}

TEST_CASE("changes, too many to be polled at once, leave polls spread") {
  virtual_loop h{{}, default_wall, many()};
  watched_polls w{h};
  h.advance(10s);
  w.polls.clear();
  for (int i = 0; i < population; ++i) {
    auto spec = numbered(i);
    spec.status.timeout = 1s;
    h.control.add(std::make_shared<target_spec>(spec));
  }
  h.advance(5s);
  CHECK(h.all<target_changed>().size() == population);
  CHECK(w.polls.size() >= population - 5);
  CHECK(w.crowd() < 90);
}

TEST_CASE("one more target is polled at once, however many there are") {
  virtual_loop h{{}, default_wall, many()};
  watched_polls w{h};
  h.advance(10s);
  h.control.add(std::make_shared<target_spec>(app_spec("late", "http://late:1")));
  h.advance(1ms);
  CHECK(w.polls["late"].size() == 1);
}

TEST_CASE("many new targets with long intervals are all polled within seconds") {
  auto all = many();
  for (auto& t : all) {
    auto spec = *t;
    spec.interval = 1h;
    t = std::make_shared<target_spec>(spec);
  }
  virtual_loop h{{}, default_wall, all};
  watched_polls w{h};
  h.advance(6s);
  CHECK(w.polls.size() == population);
  CHECK(w.crowd() < 90);
}

TEST_CASE("after a poll out of turn no tick follows sooner than half an interval") {
  for (const auto start : {0ms, 100ms, 1000ms, 2400ms, 2600ms, 4900ms}) {
    virtual_loop h;
    watched_polls w{h};
    h.advance(start);
    h.control.add(std::make_shared<target_spec>(app_spec("app", "http://app:1")));
    h.advance(30s);
    const auto& times = w.polls["app"];
    CAPTURE(start.count());
    REQUIRE(times.size() >= 6);
    CHECK(times[1] - times[0] >= 2500ms);
    CHECK(times[1] - times[0] < 7500ms);
    for (std::size_t i = 2; i < times.size(); ++i) CHECK(times[i] - times[i - 1] == 5s);
    const auto late = h.all<status_observed>();
    for (const auto* o : late) CHECK(o->ticks_skipped == 0);
  }
}
