#include "actors/publisher.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/virtual_loop.hpp"

using namespace scaleit;
using namespace scaleit::test;

TEST_CASE("a full queue drops the newest and counts, and the producer does not notice") {
  actors::publisher p{steady_time{}, time_point{}};
  const auto slow = p.subscribe("slow", 3);
  const auto fast = p.subscribe("fast", 100);
  for (int i = 0; i < 10; ++i) p.emit(steady_time{}, nullptr, scale_requested{i, i + 1});
  CHECK(slow->depth() == 3);
  CHECK(slow->dropped() == 7);
  CHECK(fast->depth() == 10);
  CHECK(fast->dropped() == 0);
  CHECK(slow->pop()->sequence == 1);
  CHECK(slow->handled() == 0);
  slow->count_handled();
  CHECK(slow->handled() == 1);
}

TEST_CASE("ids go on where a record ends") {
  actors::publisher p{steady_time{}, time_point{}};
  p.continue_after(41);
  CHECK(p.emit(steady_time{}, nullptr, target_removed{})->sequence == 42);
  CHECK(p.emit(steady_time{}, nullptr, target_removed{})->sequence == 43);
}

TEST_CASE("an event's time follows the steady clock, and the wall when it is set") {
  actors::publisher p{steady_time{100s}, time_point{1000s}};
  CHECK(p.emit(steady_time{101500ms}, nullptr, target_removed{})->time ==
        time_point{1001500ms});
  p.reanchor(steady_time{200s}, time_point{5000s});
  CHECK(p.time_at(steady_time{201s}) == time_point{5001s});
  CHECK(p.emit(steady_time{201s}, nullptr, target_removed{})->stepped == 3900s);
  const auto back = p.reanchor(steady_time{202s}, time_point{4002s});
  CHECK(back->time == time_point{4002s});
  CHECK(back->as<clock_stepped>()->by == -1000s);
  CHECK(back->stepped == 2900s);
}

TEST_CASE("a subscriber that crashes loses no event that was waiting") {
  // The subscriber called "recorder" crashes on every third wake-up, before it reads.
  int n = 0;
  virtual_loop h{actors::chaos{[&](std::string_view who) {
    return who == "recorder" && ++n % 3 == 0 ? actors::strike::before
                                             : actors::strike::none;
  }}};
  simple_app world;
  h.client.app = std::ref(world);
  auto spec = target_spec{};
  h.control.add(std::make_shared<target_spec>([] {
    target_spec s;
    s.name = "app";
    s.status.url = s.scale.url = "http://localhost:1/";
    s.metrics = {{"cpu", "/cpu/highPriority", metric_type::value, 0.8}};
    return s;
  }()));
  h.advance(2min);
  REQUIRE(h.events.size() > 60);
  for (std::size_t i = 0; i < h.events.size(); ++i)
    REQUIRE(h.events[i]->sequence == i + 1);
  CHECK(h.all<actor_crashed>().size() > 10);
}

TEST_CASE("a subscriber that throws on an event loses that one and reads on") {
  virtual_loop h;
  std::size_t seen = 0;
  // Subscribing late is for tests only: the next supervisor starts what is in the state.
  virtual_loop other;
  other.control.subscribe("picky", [&](const event& e) {
    if (e.as<target_added>()) throw std::runtime_error{"I do not like this"};
    ++seen;
  });
  (void)h;
  other.control.kill_supervisor("to start the new subscriber");
  other.advance(1s);
  other.control.add(std::make_shared<target_spec>([] {
    target_spec s;
    s.name = "app";
    s.status.url = s.scale.url = "http://localhost:1/";
    return s;
  }()));
  other.advance(1s);
  bool told = false;
  for (const auto* c : other.all<actor_crashed>())
    told |= c->actor == "picky" && c->reason == "I do not like this";
  CHECK(told);
  const auto before = seen;
  other.advance(20s);
  CHECK(seen > before);
}
