// Reports while other things go on: metrics that are read elsewhere, scale requests,
// changes of the spec.
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reports.hpp"
#include "tests/support/virtual_loop.hpp"

#include <vector>

using namespace scaleit;
using namespace scaleit::test;

TEST_CASE("a report has the metrics from elsewhere read; of those that wait the newest") {
  virtual_loop h;
  int asked = 0;
  h.client.app = [&](const net::http_request& r) {
    if (r.method != net::verb::get) return answers(204);
    ++asked;
    return answers(200, R"({"value":300})", 300ms);
  };
  h.control.add(shared(with_queue(pushed_spec())));
  reports r{h.control};
  h.advance(1s);
  CHECK(asked == 0);
  r.report(document(10, 0.8));
  h.advance(100ms);
  CHECK(asked == 1);
  r.report(document(11, 0.8));
  r.report("no");
  r.report(document(12, 0.8));
  h.advance(100ms);
  CHECK(r.ends() == "unreadable");
  h.advance(100ms);
  CHECK(r.ends() == "unreadable decided");
  h.advance(300ms);
  CHECK(r.ends() == "unreadable decided decided decided");
  CHECK(asked == 2);
  const auto seen = h.all<status_observed>();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0]->seen.replicas == 10);
  CHECK(seen[0]->seen.find("queue")->value == 300);
  CHECK(seen[0]->seen.took == 300ms);
  CHECK(seen[1]->seen.replicas == 12);
  CHECK(r.outcomes()[2].decision == r.outcomes()[3].decision);
  h.advance(14s);  // its silence is counted from the report
  CHECK(h.all<status_failed>().empty());
  CHECK(asked == 2);
}

TEST_CASE("a report to a polled target waits for the metrics that are being read") {
  virtual_loop h;
  h.client.app = [&](const net::http_request& r) {
    if (r.method != net::verb::get) return answers(204);
    return r.url == "http://queue/v" ? answers(200, R"({"value":300})", 300ms)
                                     : answers(200, document(10, 0.8), 100ms);
  };
  h.control.add(shared(with_queue(app_spec())));
  h.advance(5200ms);
  reports r{h.control};
  r.report(document(10, 0.81));
  h.advance(200ms);
  CHECK(r.ends().empty());
  h.advance(200ms);
  CHECK(r.ends() == "decided");
  CHECK(h.all<status_observed>().size() == 3);
  h.advance(5s);
  CHECK(h.all<status_observed>().size() == 4);
  CHECK(h.all<status_failed>().empty());
}

TEST_CASE(
    "a target that is polled may report from now on, and back, and forgets nothing") {
  virtual_loop h;
  simple_app world{10, 8, {}, 0, 0};
  h.client.app = std::ref(world);
  h.control.add(shared(app_spec()));
  h.advance(12s);
  CHECK(world.polls == 3);
  const auto& state = *h.control.state().targets.at("app").state;
  const auto before = state.history;
  h.control.add(shared(pushed_spec()));
  h.advance(1s);
  CHECK(state.history == before);
  reports r{h.control};
  r.report(document(10, 0.8));
  h.advance(14s);
  CHECK(r.ends() == "decided");
  CHECK(world.polls == 3);
  CHECK(h.all<status_failed>().empty());
  h.advance(1s);  // 15 s after the report
  CHECK(h.all<status_failed>().size() == 1);
  const auto silent = state.history;
  h.control.add(shared(app_spec()));
  h.drain();
  CHECK(state.history == silent);
  h.advance(8s);
  CHECK(world.polls == 5);  // at once, and in its turn
  h.control.add(shared(pushed_spec()));
  h.advance(14s);  // its silence begins anew
  CHECK(h.all<status_failed>().size() == 1);
  CHECK(h.all<target_changed>().size() == 3);
}

TEST_CASE("how long a target may be silent can be changed while it runs") {
  virtual_loop h;
  h.client.app = [](const net::http_request&) { return answers(204); };
  auto spec = pushed_spec();
  h.control.add(shared(spec));
  h.advance(8s);
  const auto poller = h.control.state().targets.at("app").poller;
  spec.max_age = 10s;
  h.control.add(shared(spec));
  h.advance(1900ms);
  CHECK(h.all<status_failed>().empty());
  h.advance(200ms);
  REQUIRE(h.all<status_failed>().size() == 1);
  CHECK(h.all<status_failed>()[0]->what.detail == "nothing was reported for 10s");
  CHECK(h.control.state().targets.at("app").poller == poller);
  spec.max_age = 60s;
  h.control.add(shared(spec));
  h.advance(40s);
  CHECK(h.all<status_failed>().size() == 1);
}

TEST_CASE("a report while a scale request is in flight is decided on, and not acted on") {
  virtual_loop h;
  simple_app world;
  h.client.app = [&](const net::http_request& r) {
    auto x = world(r);
    x.after = 500ms;
    return x;
  };
  h.control.add(shared(pushed_spec()));
  reports r{h.control};
  h.advance(1s);
  r.report(document(10, 0.96));
  h.advance(100ms);
  r.report(document(10, 0.96));
  h.drain();
  CHECK(r.ends() == "decided decided");
  h.advance(1s);
  CHECK(world.puts == std::vector<int>{12});
  r.report(document(12, 0.8));
  h.advance(1s);
  CHECK(world.puts == std::vector<int>{12});
}
