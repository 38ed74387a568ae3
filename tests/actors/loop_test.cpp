// The control loop of one target, step by step, under virtual time.
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/virtual_loop.hpp"

#include <string>

using namespace scaleit;
using namespace scaleit::test;

TEST_CASE("a status out of tolerance becomes a scale request") {
  virtual_loop h;
  simple_app world{10, 9.5, {}, 0, 0};
  h.client.app = std::ref(world);
  h.control.add(shared(app_spec()));
  h.advance(4s);
  CHECK(h.story() == std::vector<std::string>{
                         "0 daemon daemon.started", "0 app target.added",
                         "1 app status.observed", "1 app decision.made",
                         "1 app scale.requested 10->12", "2 app scale.applied 10->12"});
  CHECK(world.puts == std::vector<int>{12});
  const auto* applied = h.all<scale_applied>().at(0);
  CHECK(applied->took == 1ms);
  CHECK(applied->loop_took == 2ms);
  CHECK(applied->poll->as<status_observed>()->seen.metrics.at(0).value == 0.95);
}

TEST_CASE("a status within tolerance is a decision, and nothing is sent") {
  virtual_loop h;
  simple_app world;
  h.client.app = std::ref(world);
  h.control.add(shared(app_spec()));
  h.advance(21s);
  CHECK(world.polls == 5);
  CHECK(world.puts.empty());
  CHECK(h.all<decision_made>().size() == 5);
  CHECK(h.all<decision_made>().back()->made.steps.at(0).code == rule::tolerance);
}

TEST_CASE("requests are made as the spec says") {
  virtual_loop h;
  std::vector<net::http_request> requests;
  simple_app world{10, 20, {}, 0, 0};
  h.client.app = [&](const net::http_request& r) {
    requests.push_back(r);
    return world(r);
  };
  auto spec = app_spec();
  spec.status.headers = {{"Authorization", "Bearer x"}};
  spec.status.timeout = 700ms;
  spec.scale.method = scale_method::patch;
  spec.scale.content_type = "application/merge-patch+json";
  spec.scale.body = R"({"spec":{"replicas":${replicas},"was":"${replicas}"}})";
  h.control.add(shared(spec));
  h.advance(1s);
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].method == net::verb::get);
  CHECK(requests[0].url == "http://localhost:8123/app/status");
  CHECK(requests[0].headers == spec.status.headers);
  CHECK(requests[0].timeout == 700ms);
  CHECK(requests[1].method == net::verb::patch);
  CHECK(requests[1].url == "http://localhost:8123/app/replicas");
  CHECK(requests[1].content_type == "application/merge-patch+json");
  CHECK(requests[1].body == R"({"spec":{"replicas":25,"was":"25"}})");
}

TEST_CASE("failures of every kind are events, and polling goes on") {
  virtual_loop h;
  std::size_t n = 0;
  const std::vector<reply> script{
      fails(failure_kind::connect),
      fails(failure_kind::timeout),
      answers(503, "busy"),
      answers(200, "<html>"),
      answers(200, "{}"),
      answers(302),
      answers(200, R"({"cpu":{"highPriority":0.8},"replicas":10})")};
  h.client.app = [&](const net::http_request&) {
    return script[std::min(n++, script.size() - 1)];
  };
  h.control.add(shared(app_spec()));
  h.advance(31s);
  std::vector<failure_kind> kinds;
  for (const auto* f : h.all<status_failed>()) kinds.push_back(f->what.kind);
  CHECK(kinds == std::vector<failure_kind>{failure_kind::connect, failure_kind::timeout,
                                           failure_kind::http, failure_kind::json,
                                           failure_kind::schema, failure_kind::http});
  CHECK(h.all<status_failed>().at(2)->what.http_status == 503);
  CHECK(h.all<decision_made>().size() == 1);
  CHECK(h.all<actor_crashed>().empty());
}

TEST_CASE("a failed scale request is an event, and the next poll decides anew") {
  virtual_loop h;
  simple_app world{10, 9.5, {}, 0, 0};
  int refusals = 2;
  h.client.app = [&](const net::http_request& r) {
    if (r.method == net::verb::put && refusals-- > 0) return answers(400, "no");
    return world(r);
  };
  h.control.add(shared(app_spec()));
  h.advance(16s);
  CHECK(h.all<scale_failed>().size() == 2);
  CHECK(h.all<scale_failed>().at(0)->what.http_status == 400);
  CHECK(world.puts == std::vector<int>{12});
}

TEST_CASE("polls keep their place in the interval, whatever the answers take") {
  virtual_loop h;
  std::vector<std::int64_t> times;
  h.client.app = [&](const net::http_request&) {
    times.push_back(h.elapsed().count());
    return answers(200, R"({"cpu":{"highPriority":0.8},"replicas":10})", 1700ms);
  };
  h.control.add(shared(app_spec()));
  h.advance(21s);
  CHECK(times == std::vector<std::int64_t>{0, 5000, 10000, 15000, 20000});
}

TEST_CASE("a tick that finds the poll before still running is counted, not queued") {
  virtual_loop h;
  std::vector<std::int64_t> times;
  h.client.app = [&](const net::http_request&) {
    times.push_back(h.elapsed().count());
    return answers(200, R"({"cpu":{"highPriority":0.8},"replicas":10})", 1250ms);
  };
  auto spec = app_spec();
  spec.interval = 500ms;
  h.control.add(shared(spec));
  h.advance(4s);
  CHECK(times == std::vector<std::int64_t>{0, 1500, 3000});
  REQUIRE(h.all<status_observed>().size() == 2);
  CHECK(h.all<status_observed>().at(0)->ticks_skipped == 2);
  CHECK(h.all<status_observed>().at(1)->ticks_skipped == 2);
  CHECK(h.client.in_flight() == 1);
}

TEST_CASE("while a scale request is in flight no second one is sent") {
  virtual_loop h;
  simple_app world{10, 9.5, {}, 0, 0};
  std::size_t arrived = 0;
  h.client.app = [&](const net::http_request& r) {
    if (r.method == net::verb::get) return world(r);
    ++arrived;
    return answers(204, "", 1900ms);  // accepted, never carried out
  };
  auto spec = app_spec();
  spec.interval = 500ms;
  h.control.add(shared(spec));
  h.advance(1800ms);
  CHECK(h.all<decision_made>().size() == 4);
  CHECK(arrived == 1);
}

TEST_CASE("a status read before the last scale request ended leads to no request") {
  virtual_loop h;
  simple_app world{10, 9.5, {}, 0, 0};
  h.client.app = [&](const net::http_request& r) {
    auto x = world(r);
    if (r.method == net::verb::put)
      x.after = 1000ms;  // carried out at once, answered late
    // The second status is read while 10 still ran, and arrives after the request's
    // answer.
    if (world.polls == 2) {
      x = answers(200, R"({"cpu":{"highPriority":0.95},"replicas":10})", 1200ms);
    }
    return x;
  };
  auto spec = app_spec();
  spec.interval = 500ms;
  h.control.add(shared(spec));
  h.advance(1990ms);
  CHECK(h.all<decision_made>().at(1)->made.desired == 12);
  CHECK(world.puts == std::vector<int>{12});
  CHECK(world.redundant == 0);
}

TEST_CASE("a scale request without an answer is not repeated blindly") {
  virtual_loop h;
  simple_app world{10, 9.5, {}, 0, 0};
  h.client.app = [&](const net::http_request& r) {
    auto x = world(r);
    return r.method == net::verb::put ? hangs() : x;  // carried out, never answered
  };
  h.control.add(shared(app_spec()));
  h.advance(60s);
  CHECK(h.all<scale_failed>().size() == 1);
  CHECK(h.all<scale_failed>().at(0)->what.kind == failure_kind::timeout);
  CHECK(world.puts == std::vector<int>{12});
}

TEST_CASE("the event times are those of the record, in order") {
  virtual_loop h;
  simple_app world{10, 9.5, {}, 0, 0};
  h.client.app = std::ref(world);
  h.control.add(shared(app_spec()));
  h.advance(10s);
  for (std::size_t i = 1; i < h.events.size(); ++i) {
    CHECK(h.events[i]->sequence == h.events[i - 1]->sequence + 1);
    CHECK(h.events[i]->time >= h.events[i - 1]->time);
  }
  CHECK(to_rfc3339(h.events.front()->time) == "2026-01-31T09:30:00.000000Z");
}

TEST_CASE("the same world gives the same story, again and again") {
  const auto run = [] {
    virtual_loop h;
    simple_app world{3, 9.5, {}, 0, 0};
    h.client.app = [&](const net::http_request& r) {
      world.load += 0.37;
      return world.polls % 7 == 3 ? fails(failure_kind::timeout) : world(r);
    };
    h.control.add(shared(app_spec()));
    h.advance(5min);
    return h.story();
  };
  const auto first = run();
  CHECK(first.size() > 60);
  for (int i = 0; i < 20; ++i) REQUIRE(run() == first);
}
