// Reports while actors die, targets change and go: nothing is sent twice, nobody hears
// twice, and the target goes on.
#include "record/event_json.hpp"
#include "record/event_reader.hpp"
#include "record/replayer.hpp"
#include "spec/config_file.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reports.hpp"
#include "tests/support/virtual_loop.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::test;
using actors::chaos;
using actors::strike;

namespace {

struct comparison {
  int compared = 0;
  int differ = 0;
};

/// What a replay of the told makes of it, with the specs as a record has them.
comparison replayed(const virtual_loop& h) {
  comparison c;
  record::replay_options o;
  o.parse_spec = [](std::string_view, const std::string& json) {
    const auto read = spec::read_config_text(json, "record", spec::config_use::policy);
    REQUIRE(read.good());
    return std::make_shared<const target_spec>(read.content.targets.at(0));
  };
  o.decided = [&](const record::replayed& r) {
    ++c.compared;
    c.differ += r.differs() || r.differs_at() || !r.made || !r.recorded ? 1 : 0;
  };
  record::replayer replay{o};
  record::event_reader reader{record::event_reader::steps::read};
  record::recorded_event e;
  for (const auto& told : h.events) {
    auto line = record::to_json(*told);
    REQUIRE(reader.read(line, e));
    replay.feed(e);
  }
  replay.finish();
  return c;
}

std::string document_of(const simple_app& world) {
  return document(world.replicas, world.load / world.replicas);
}

}  // namespace

TEST_CASE("a crash at each message while reports come sends nothing twice") {
  for (const std::string actor : {"poller", "decider", "actuator", "supervisor"})
    for (const auto when : {strike::before, strike::after})
      for (int nth = 1; nth <= 16; ++nth) {
        CAPTURE(actor, nth, when == strike::before);
        virtual_loop h{crash_once(actor, nth, when)};
        simple_app world;
        h.client.app = std::ref(world);
        h.control.add(shared(pushed_spec()));
        h.drain();
        reports r{h.control};
        constexpr double loads[] = {8, 12, 20, 6, 9};
        for (int second = 0; second < 50; ++second) {
          world.load = loads[second / 10];
          r.report(document_of(world));
          if (second % 3 == 0) r.report(document_of(world));  // two at once
          h.advance(1s);
        }
        // Every step of the load was followed, once.
        REQUIRE(world.puts == std::vector<int>{15, 25, 8, 12});
        REQUIRE(world.redundant == 0);
        REQUIRE(h.all<scale_requested>().size() == 4);
        REQUIRE(h.all<scale_applied>().size() == 4);
        REQUIRE(r.called_again() == 0);
        REQUIRE(r.uncalled() <= 1);
        REQUIRE(r.count("decided") + r.uncalled() == r.sent);
        REQUIRE(h.all<status_failed>().empty());
      }
}

TEST_CASE("a poller that dies takes no silence along, and adds none") {
  for (const auto when : {strike::before, strike::after})
    for (int nth = 1; nth <= 5; ++nth) {
      CAPTURE(nth, when == strike::before);
      virtual_loop h{crash_once("poller", nth, when)};
      h.client.app = [](const net::http_request&) { return answers(204); };
      h.control.add(shared(pushed_spec()));
      h.advance(31s);
      std::vector<std::chrono::milliseconds> at;
      for (std::size_t i = 0; i < h.events.size(); ++i)
        if (h.events[i]->as<status_failed>()) at.push_back(h.event_times[i]);
      REQUIRE(at == std::vector<std::chrono::milliseconds>{15s, 20s, 25s, 30s});
    }
}

TEST_CASE("a target whose actors wait for their start says so to who reports") {
  bool broken = true;
  virtual_loop h{chaos{[&](std::string_view who) {
    return broken && who == "decider" ? strike::before : strike::none;
  }}};
  h.client.app = [](const net::http_request&) { return answers(204); };
  h.control.add(shared(pushed_spec()));
  h.drain();
  reports r{h.control};
  for (int i = 0; i < 20; ++i) {
    r.report(document(10, 0.8));
    h.advance(100ms);
  }
  CHECK(r.count("down") > 0);
  CHECK(r.count("decided") == 0);
  CHECK(r.count("down") + r.uncalled() == r.sent);
  broken = false;
  h.advance(31s);
  reports again{h.control};
  again.report(document(10, 0.8));
  h.drain();
  CHECK(again.ends() == "decided");
}

TEST_CASE("a removal at each moment of a report leaves nobody waiting") {
  for (const bool queue : {false, true})
    for (int at = 0; at < 12; ++at) {
      CAPTURE(at, queue);
      virtual_loop h;
      h.client.app = [](const net::http_request& r) {
        return r.method == net::verb::get ? answers(200, R"({"value":300})", 2ms)
                                          : answers(204);
      };
      h.control.add(shared(queue ? with_queue(pushed_spec()) : pushed_spec()));
      h.advance(1s);
      reports r{h.control};
      for (int n = 0; n < 3; ++n) r.report(document(10, 0.96));
      for (int i = 0; i < 12; ++i) {
        if (i == at) h.control.remove("app");
        if (!h.run_once()) h.advance(1ms, false);
      }
      h.advance(10s);
      CHECK(r.outcomes().size() + r.uncalled() == 3);
      CHECK(r.called_again() == 0);
      CHECK(h.all<target_removed>().size() == 1);
      CHECK(h.all<scale_requested>().size() == h.all<scale_applied>().size());
      CHECK(h.actors_running() == 2);
    }
}

TEST_CASE("a replay agrees with what was reported, silence and crashes included") {
  for (const std::string actor : {"", "poller", "decider"})
    for (int nth = 1; nth <= 12; nth += actor.empty() ? 12 : 1) {
      CAPTURE(actor, nth);
      virtual_loop h{crash_once(actor, nth, strike::before)};
      simple_app world;
      h.client.app = std::ref(world);
      auto spec = pushed_spec();
      spec.fallback = fallback_spec{2, 25, fallback_behavior::fixed};
      spec.panic = panic_spec{};
      h.control.add(shared(spec));
      h.drain();
      reports r{h.control};
      for (int second = 0; second < 90; ++second) {
        world.load = second < 30 ? 8 : 30;
        if (second < 20 || second > 60) r.report(document_of(world));
        h.advance(1s);
        if (second == 70) h.control.add(shared(app_spec()));
      }
      CHECK(h.all<status_failed>().size() >= 5);
      const auto c = replayed(h);
      CHECK(c.compared == static_cast<int>(h.all<decision_made>().size()));
      CHECK(c.differ == 0);
    }
}
