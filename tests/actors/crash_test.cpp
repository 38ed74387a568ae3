// Every actor killed at every moment: the loop goes on, nothing is lost, and no
// decision that was applied is sent again.
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/virtual_loop.hpp"

#include <map>
#include <random>
#include <set>
#include <string>

using namespace scaleit;
using namespace scaleit::test;
using actors::chaos;
using actors::strike;

namespace {

target_ptr app(std::string name = "app") { return shared(app_spec(std::move(name))); }

/// Load that changes in steps, so that there are decisions to lose.
double load_at(std::chrono::milliseconds t) {
  constexpr double loads[] = {8, 12, 20, 6, 9};
  return loads[static_cast<std::size_t>(t / 20s) % 5];
}

}  // namespace

TEST_CASE("a crash of each actor at each step of the loop changes nothing that matters") {
  for (const std::string actor :
       {"poller", "decider", "actuator", "recorder", "supervisor"})
    for (const auto when : {strike::before, strike::after})
      for (int nth = 1; nth <= 24; ++nth) {
        CAPTURE(actor, nth, when == strike::before);
        virtual_loop h{crash_once(actor, nth, when)};
        simple_app world;
        h.client.app = [&](const net::http_request& r) {
          world.load = load_at(h.elapsed());
          return world(r);
        };
        h.control.add(app());
        h.advance(100s);
        // Every step of the load was followed, once.
        REQUIRE(world.puts == std::vector<int>{15, 25, 8, 12});
        REQUIRE(world.redundant == 0);
        // Every request that was sent has its outcome on record.
        REQUIRE(h.all<scale_applied>().size() == 4);
        REQUIRE(h.all<scale_requested>().size() == 4);
      }
}

TEST_CASE("who depends on a crashed actor restarts with it, the others do not") {
  const auto restarted = [](const std::string& actor, int nth = 1) {
    virtual_loop h{crash_once(actor, nth, strike::after)};
    simple_app world{10, 9.5, {}, 0, 0};
    h.client.app = std::ref(world);
    h.control.add(app());
    h.drain();
    const auto& target_actors = h.control.state().targets.at("app");
    const auto before = std::make_tuple(target_actors.actuator, target_actors.decider,
                                        target_actors.poller);
    h.advance(10s);
    CHECK(h.all<actor_crashed>().size() == 1);
    CHECK(h.all<actor_restarted>().size() == 1);
    CHECK(h.all<actor_restarted>().at(0)->actor == actor);
    CHECK(h.all<actor_restarted>().at(0)->restarts == 1);
    return std::vector<bool>{target_actors.actuator != std::get<0>(before),
                             target_actors.decider != std::get<1>(before),
                             target_actors.poller != std::get<2>(before)};
  };
  CHECK(restarted("actuator") == std::vector<bool>{true, true, true});
  CHECK(restarted("decider") == std::vector<bool>{false, true, true});
  CHECK(restarted("poller", 3) == std::vector<bool>{false, false, true});
}

TEST_CASE("a restarted target is polled at once") {
  virtual_loop h{crash_once("decider", 1, strike::before)};
  simple_app world{10, 9.5, {}, 0, 0};
  h.client.app = std::ref(world);
  h.control.add(app());
  h.advance(100ms);
  CHECK(world.polls == 2);
  CHECK(world.puts == std::vector<int>{12});
}

TEST_CASE("an actuator that dies with a request in flight leaves its outcome on record") {
  // Its second message is the answer: it dies before it has looked at it.
  virtual_loop h{crash_once("actuator", 2, strike::before)};
  simple_app world{10, 9.5, {}, 0, 0};
  h.client.app = std::ref(world);
  h.control.add(app());
  h.advance(1s);
  CHECK(h.all<scale_applied>().size() == 1);
  CHECK(h.control.state().targets.at("app").state->history.live.replicas == 12);
  CHECK(world.puts == std::vector<int>{12});
}

TEST_CASE("a target that crashes without completing a loop waits longer and longer") {
  bool broken = true;
  virtual_loop h{chaos{[&](std::string_view who) {
    return broken && who == "decider" ? strike::before : strike::none;
  }}};
  simple_app world;
  h.client.app = std::ref(world);
  h.control.add(app());
  h.advance(100s);
  std::vector<std::int64_t> waits;
  for (const auto* r : h.all<actor_restarted>()) waits.push_back(r->after.count() / 1000);
  REQUIRE(waits.size() >= 14);
  waits.resize(14);
  CHECK(waits == std::vector<std::int64_t>{0, 10, 20, 40, 80, 160, 320, 640, 1280, 2560,
                                           5120, 10240, 20480, 30000});
  CHECK_FALSE(h.control.health().complaints(0).empty());

  broken = false;
  h.advance(31s);
  const auto loops = h.all<decision_made>().size();
  CHECK(loops > 0);
  CHECK(h.control.health().complaints(0).empty());
  broken =
      true;  // a completed loop cleared the budget: the next crash is answered at once
  h.advance(5s);
  const auto restarts = h.all<actor_restarted>();
  CHECK(restarts.at(restarts.size() - 1)->after > 0ms);
  bool at_once = false;
  for (std::size_t i = 14; i < restarts.size(); ++i) at_once |= restarts[i]->after == 0ms;
  CHECK(at_once);
}

TEST_CASE("a broken target does not touch the others") {
  virtual_loop h;
  std::map<std::string, simple_app> worlds;
  h.client.app = [&](const net::http_request& r) {
    const auto name = r.url.substr(7, r.url.find(':', 7) - 7);
    if (name == "bad" && worlds[name].polls > 1) return hangs();
    return worlds[name](r);
  };
  for (const std::string name : {"good", "bad"})
    h.control.add(std::make_shared<target_spec>(app_spec(name, "http://" + name + ":1")));
  h.advance(101s);
  CHECK(worlds["good"].polls == 21);
}

TEST_CASE("with chaos in every actor the application is held and nothing is sent twice") {
  const std::uint64_t seed = Catch::rngSeed();
  std::set<std::string> struck;
  for (std::uint64_t run = 0; run < 20; ++run) {
    CAPTURE(seed, run);
    auto random = std::make_shared<std::mt19937_64>(seed * 1000 + run);
    std::size_t strikes = 0;
    std::set<std::pair<std::chrono::milliseconds, bool>> moments;
    virtual_loop h{chaos{[&, random](std::string_view who) {
      const auto draw = std::uniform_real_distribution<double>{}(*random);
      if (draw >= 0.05) return strike::none;
      ++strikes;
      moments.emplace(h.elapsed(), who == "recorder");
      struck.emplace(who);
      return draw < 0.025 ? strike::before : strike::after;
    }}};
    simple_app world;
    h.client.app = [&](const net::http_request& r) {
      world.load = load_at(h.elapsed());
      return world(r);
    };
    h.control.add(app());
    h.advance(10min);
    REQUIRE(world.redundant == 0);
    REQUIRE(world.puts.size() == 29);  // one per step of the load, to the end
    REQUIRE(h.all<decision_made>().size() >= 118);
    REQUIRE(h.control.health().complaints(0).empty());
    // Each crash is on record, once; one of an actor that was being replaced at that very
    // moment, since another of its target had crashed, may count as part of the other.
    const auto crashes = h.all<actor_crashed>().size();
    REQUIRE(crashes <= strikes);
    REQUIRE(crashes >= moments.size());
  }
  CHECK(struck ==
        std::set<std::string>{"actuator", "decider", "poller", "recorder", "supervisor"});
}

TEST_CASE(
    "an actor that dies while nobody watches is replaced as soon as somebody does") {
  bool strikes = false;
  virtual_loop h{chaos{[&](std::string_view who) {
    return strikes && (who == "decider" || who == "supervisor") ? strike::before
                                                                : strike::none;
  }}};
  simple_app world;
  h.client.app = std::ref(world);
  h.control.add(app());
  h.advance(1s);
  h.control.kill_supervisor("once");  // the next one is spoiled, and waits
  strikes = true;
  h.advance(10s);
  strikes = false;
  h.advance(30s);
  CHECK(h.control.health().complaints(0).empty());
  CHECK(h.all<actor_restarted>().back()->actor == "decider");
  CHECK(h.actors_running() == 5);
  world.load = 20;
  h.advance(5s);
  CHECK(world.puts == std::vector<int>{25});
}

TEST_CASE("a supervisor that dies is replaced, and nobody else") {
  virtual_loop h;
  simple_app world;
  h.client.app = [&](const net::http_request& r) {
    world.load = load_at(h.elapsed());
    return world(r);
  };
  h.control.add(app());
  h.advance(30s);
  const auto& target_actors = h.control.state().targets.at("app");
  const auto poller = target_actors.poller;
  h.control.kill_supervisor("as the test asks");
  h.advance(70s);
  CHECK(target_actors.poller == poller);
  CHECK(world.puts == std::vector<int>{15, 25, 8, 12});
  REQUIRE(h.all<actor_crashed>().size() == 1);
  CHECK(h.all<actor_crashed>().at(0)->actor == "supervisor");
  CHECK(h.actors_running() == 5);  // supervisor, recorder, and the target's three
  h.control.add(app("another"));
  h.advance(1s);
  CHECK(h.actors_running() == 8);
}
