// What a change of a running target does, and what it leaves alone.
#include "actors/spec_change.hpp"
#include "record/event_json.hpp"
#include "record/event_reader.hpp"
#include "record/replayer.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/virtual_loop.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace scaleit;
using namespace scaleit::test;

namespace {

template <class F>
target_ptr with(F change) {
  auto s = app_spec();
  change(s);
  return shared(std::move(s));
}

/// Replays what the control loop has told; the decisions of which the replay differs.
int differences(const virtual_loop& h, const std::map<std::string, target_ptr>& specs,
                int& compared) {
  int differ = 0;
  record::replay_options o;
  o.parse_spec = [&](std::string_view, const std::string& json) {
    return specs.at(json);
  };
  o.decided = [&](const record::replayed& r) {
    ++compared;
    differ += r.differs() || r.differs_at() || r.made == nullptr || r.recorded == nullptr;
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
  return differ;
}

/// The specs of all changes, by what the record says of them.
std::map<std::string, target_ptr> specs_in(const virtual_loop& h) {
  std::map<std::string, target_ptr> all;
  record::event_reader reader;
  record::recorded_event e;
  for (const auto& told : h.events) {
    if (!told->as<target_added>() && !told->as<target_changed>()) continue;
    auto line = record::to_json(*told);
    REQUIRE(reader.read(line, e));
    all.emplace(e.spec, told->target);
  }
  return all;
}

}  // namespace

TEST_CASE("a change restarts only whom it concerns") {
  const auto replaced = [](const target_ptr& to) {
    virtual_loop h;
    simple_app world;
    h.client.app = std::ref(world);
    h.control.add(shared(app_spec()));
    h.advance(1s);
    const auto& c = h.control.state().targets.at("app");
    const auto before = std::tuple{c.actuator, c.decider, c.poller};
    h.control.add(to);
    h.advance(900ms);
    CHECK(h.all<target_changed>().size() == 1);
    CHECK(h.all<actor_restarted>().empty());
    // At once, to see what comes of it.
    CHECK(world.polls == (to->metrics[0].url.empty() ? 2 : 3));
    CHECK(h.actors_running() == 5);
    CHECK(c.actuator == std::get<0>(before));
    CHECK(c.decider == std::get<1>(before));
    return c.poller != std::get<2>(before);
  };
  CHECK_FALSE(replaced(with([](auto& s) { s.mode = scaling_mode::paused; })));
  CHECK_FALSE(replaced(with([](auto& s) { s.metrics[0].target = 0.5; })));
  CHECK_FALSE(replaced(with([](auto& s) { s.scale.method = scale_method::post; })));
  CHECK_FALSE(replaced(with([](auto& s) { s.interval = 2s; })));
  CHECK(replaced(with([](auto& s) { s.status.timeout = 1s; })));
  CHECK(replaced(with([](auto& s) { s.status.headers = {{"X-A", "b"}}; })));
  CHECK(replaced(with([](auto& s) { s.metrics[0].value = "/cpu"; })));
  CHECK(replaced(with([](auto& s) { s.metrics[0].url = "http://localhost:1/x"; })));
}

TEST_CASE("a poll in flight is kept when what it asks for is the same") {
  for (const bool same : {true, false}) {
    virtual_loop h;
    simple_app world{10, 9.5, {}, 0, 0};
    h.client.app = [&](const net::http_request& r) {
      auto x = world(r);
      x.after = 500ms;
      return x;
    };
    h.control.add(shared(app_spec()));
    h.advance(100ms);
    h.control.add(with([&](auto& s) {
      s.metrics[0].target = 0.5;
      s.interval = 10s;
      if (!same) s.status.timeout = 1s;
    }));
    h.advance(450ms);
    CHECK(world.polls == (same ? 1 : 2));
    CHECK(h.all<status_observed>().size() == (same ? 1 : 0));
    h.advance(450ms);
    CHECK(world.puts == std::vector<int>{19});  // by the new spec
  }
}

TEST_CASE("what is asked of the application is as the new spec says") {
  virtual_loop h;
  simple_app world;
  std::vector<std::string> urls;
  h.client.app = [&](const net::http_request& r) {
    if (r.method != net::verb::get) urls.push_back(r.url);
    return world(r);
  };
  h.control.add(shared(app_spec()));
  h.advance(1s);
  h.control.add(with([](auto& s) { s.scale.url = "http://localhost:9/other"; }));
  world.load = 20;
  h.advance(10s);
  CHECK(urls == std::vector<std::string>{"http://localhost:9/other"});
}

TEST_CASE("nothing is forgotten when decisions are not altered") {
  virtual_loop h;
  simple_app world;
  h.client.app = std::ref(world);
  auto spec = app_spec();
  spec.panic = panic_spec{};
  h.control.add(shared(spec));
  h.advance(30s);
  const auto& state = *h.control.state().targets.at("app").state;
  const auto before = state.history;
  spec.scale.timeout = 1s;
  h.client.app = [](const net::http_request&) { return hangs(); };
  h.control.add(shared(spec));
  h.drain();
  CHECK(state.spec->scale.timeout == 1s);
  CHECK(state.history == before);
  spec.panic->threshold_percent = 300;
  h.control.add(shared(spec));
  h.drain();
  CHECK(state.history.live.metrics.empty());
}

TEST_CASE("a replay agrees, whenever a change comes") {
  // Changes at every moment of a poll, its decision and its scale request.
  for (int at = 0; at < 60; ++at) {
    CAPTURE(at);
    virtual_loop h;
    simple_app world{10, 9.5, {}, 0, 0};
    h.client.app = [&](const net::http_request& r) {
      auto x = world(r);
      x.after = 5ms;
      return x;
    };
    h.control.add(shared(app_spec()));
    h.advance(5s - 1ms);
    world.load = 20;
    int steps = 0;
    const auto change = [&](double target) {
      h.control.add(with([&](auto& s) {
        s.metrics[0].target = target;
        s.panic = panic_spec{};
      }));
    };
    // Message by message, so that the change meets each order of them.
    for (int i = 0; i < 30; ++i) {
      if (steps++ == at) change(0.5);
      if (!h.run_once()) h.advance(1ms, false);
    }
    for (int i = 0; i < 30; ++i) {
      if (steps++ == at) change(0.4);
      if (!h.run_once()) h.advance(1ms, false);
    }
    h.advance(30s);
    int compared = 0;
    CHECK(differences(h, specs_in(h), compared) == 0);
    CHECK(compared == static_cast<int>(h.all<decision_made>().size()));
    CHECK(h.all<target_changed>().size() == 1);
  }
}

TEST_CASE("a replay agrees when the supervisor dies while a poll is decided") {
  for (int at = 0; at < 30; ++at) {
    CAPTURE(at);
    virtual_loop h;
    simple_app world{10, 9.5, {}, 0, 0};
    h.client.app = [&](const net::http_request& r) {
      auto x = world(r);
      x.after = 5ms;
      return x;
    };
    h.control.add(shared(app_spec()));
    h.advance(5s - 1ms);
    world.load = 20;
    for (int i = 0; i < 30; ++i) {
      if (i == at) h.control.kill_supervisor("as the test asks");
      if (!h.run_once()) h.advance(1ms, false);
    }
    h.advance(30s);
    int compared = 0;
    CHECK(differences(h, specs_in(h), compared) == 0);
    CHECK(compared == static_cast<int>(h.all<decision_made>().size()));
  }
}

TEST_CASE("a removal lets a scale request in flight end, and an add waits for it") {
  for (const bool fail : {false, true}) {
    virtual_loop h;
    simple_app world{10, 9.5, {}, 0, 0};
    h.client.app = [&](const net::http_request& r) {
      if (r.method == net::verb::get) return world(r);
      if (fail) return hangs();
      auto x = world(r);
      x.after = 1s;
      return x;
    };
    std::vector<std::string> told;
    const auto tell = [&](const actors::answer& a) {
      told.emplace_back(to_string(a.what));
    };
    h.control.add(shared(app_spec()));
    h.advance(100ms);
    h.control.remove("app", tell);
    h.control.add(shared(app_spec()), tell);
    h.advance(500ms);
    CHECK(told.empty());
    CHECK(world.polls == 1);
    h.advance(2s);
    CHECK(told == std::vector<std::string>{"removed", "added"});
    std::vector<std::string> types;
    for (const auto& e : h.events)
      if (e->target && types.size() < 6) types.emplace_back(type_name(*e).substr(8));
    CHECK(types == std::vector<std::string>{"target.added", "status.observed",
                                            "decision.made", "scale.requested",
                                            fail ? "scale.failed" : "scale.applied",
                                            "target.removed"});
    CHECK(world.redundant == 0);
    CHECK(h.actors_running() == 5);
  }
}

TEST_CASE("a removal goes on when the actuator dies, and ends with the daemon") {
  virtual_loop h{actors::chaos{[n = 0](std::string_view who) mutable {
    return who == "actuator" && ++n == 2 ? actors::strike::before : actors::strike::none;
  }}};
  simple_app world{10, 9.5, {}, 0, 0};
  h.client.app = [&](const net::http_request& r) {
    auto x = world(r);
    if (r.method != net::verb::get) x.after = 100ms;
    return x;
  };
  h.control.add(shared(app_spec()));
  h.advance(50ms);
  h.control.remove("app");
  h.advance(1s);
  CHECK(h.all<scale_applied>().size() == 1);
  CHECK(h.all<target_removed>().size() == 1);
  CHECK(h.actors_running() == 2);
}

TEST_CASE("what was decided before a pause is not sent after it") {
  std::function<void()> before_decision;
  virtual_loop h{actors::chaos{[&](std::string_view actor) {
    if (actor == "decider" && before_decision) std::exchange(before_decision, {})();
    return actors::strike::none;
  }}};
  int puts = 0;
  h.client.app = [&](const net::http_request& r) {
    puts += r.method != net::verb::get;
    return answers(200, R"({"cpu":{"highPriority":0.95},"replicas":10})");
  };
  std::vector<actors::outcome> told;
  before_decision = [&] {
    h.control.add(with([](auto& s) {
                    s.pause = {true, true};
                  }),
                  [&](const auto& a) { told.push_back(a.what); });
  };
  h.control.add(with([](auto&) {}));
  h.advance(20s);
  CHECK(told == std::vector{actors::outcome::changed});
  CHECK(puts == 0);
}

TEST_CASE("another form of an answer is another poll") {
  const auto as_prometheus =
      with([](auto& s) { s.metrics[0].format = metric_format::prometheus; });
  CHECK_FALSE(actors::polled_alike(app_spec(), *as_prometheus));
}
