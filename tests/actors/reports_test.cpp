// Statuses that are reported, under virtual time: decided on at once, whoever crashes.
#include "tests/support/reports.hpp"

#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/virtual_loop.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::test;
using actors::report_end;

namespace {

/// What happened to the target, from `from` on: `15000 status.failed`.
std::vector<std::string> polls(const virtual_loop& h, std::chrono::milliseconds from) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < h.events.size(); ++i) {
    const auto& e = *h.events[i];
    if (h.event_times[i] < from) continue;
    if (const auto* x = e.as<status_failed>())
      all.push_back(fmt::format("{} {}", h.event_times[i].count(), x->what.detail));
    if (e.as<status_observed>())
      all.push_back(fmt::format("{} observed", h.event_times[i].count()));
  }
  return all;
}

}  // namespace

TEST_CASE("a report is decided on at once, and who reports hears what was decided") {
  virtual_loop h;
  simple_app world;
  h.client.app = std::ref(world);
  h.control.add(shared(pushed_spec()));
  h.advance(1234ms);
  reports r{h.control};
  r.report(document(10, 0.95));
  h.drain();  // without time
  REQUIRE(r.ends() == "decided");
  const auto& heard = r.outcomes()[0].decision;
  const auto* d = heard->as<decision_made>();
  REQUIRE(d != nullptr);
  CHECK(d->made.desired == 12);
  CHECK(heard->target->name == "app");
  CHECK(polls(h, 0ms) == std::vector<std::string>{"1234 observed"});
  h.advance(10ms);
  CHECK(world.puts == std::vector<int>{12});
  CHECK(world.polls == 0);  // nobody is asked
  CHECK(h.control.state().targets.at("app").state->loops_completed == 1);
}

TEST_CASE("reports of one moment are decided one after the other") {
  virtual_loop h;
  simple_app world;
  h.client.app = std::ref(world);
  h.control.add(shared(pushed_spec()));
  h.drain();
  reports r{h.control};
  for (int n = 1; n <= 50; ++n) r.report(n % 10 == 0 ? "no" : document(n, 0.8));
  h.drain();
  CHECK(r.count("decided") == 45);
  CHECK(r.count("unreadable") == 5);
  const auto made = h.all<decision_made>();
  REQUIRE(made.size() == 45);
  CHECK(made[0]->made.current == 1);
  CHECK(made[44]->made.current == 49);
  // Each has its own, right after its poll.
  for (std::size_t i = 0; i + 1 < h.events.size(); ++i)
    if (h.events[i]->as<status_observed>())
      REQUIRE(h.events[i + 1]->as<decision_made>()->cause == h.events[i]->sequence);
}

TEST_CASE("silence is a failed poll when it has lasted, and each interval from then on") {
  using all = std::vector<std::string>;
  struct row {
    std::chrono::milliseconds max_age;
    std::chrono::milliseconds reported;
    all told;  ///< in 33 s
  };
  const auto silent = [](int at, const char* since) {
    return fmt::format("{} nothing was reported for {}", at, since);
  };
  for (const auto& x :
       {row{0ms,
            27s,
            {silent(15000, "15s"), silent(20000, "20s"), silent(25000, "25s"),
             "27000 observed"}},
        row{7s,
            13s,
            {silent(7000, "7s"), silent(12000, "12s"), "13000 observed",
             silent(20000, "7s"), silent(25000, "12s"), silent(30000, "17s")}},
        row{20s, 8s, {"8000 observed", silent(28000, "20s"), silent(33000, "25s")}},
        row{1s,
            22s,
            {silent(1000, "1s"), silent(6000, "6s"), silent(11000, "11s"),
             silent(16000, "16s"), silent(21000, "21s"), "22000 observed",
             silent(23000, "1s"), silent(28000, "6s"), silent(33000, "11s")}}}) {
    CAPTURE(x.max_age.count());
    virtual_loop h;
    h.client.app = [](const net::http_request&) { return answers(204); };
    auto spec = pushed_spec();
    spec.max_age = x.max_age;
    h.control.add(shared(spec));
    reports r{h.control};
    h.advance(x.reported);
    r.report(document(10, 0.8));
    h.advance(33s - x.reported);
    CHECK(polls(h, 0ms) == x.told);
    for (const auto* f : h.all<status_failed>()) {
      CHECK(f->what.kind == failure_kind::stale);
      CHECK(f->what.took == 0ms);
    }
    CHECK(h.actors_running() == 5);
  }
}

TEST_CASE("reports that come all the time leave nothing behind") {
  virtual_loop h;
  h.client.app = [](const net::http_request&) { return answers(204); };
  h.control.add(shared(pushed_spec()));
  h.drain();
  reports r{h.control};
  for (int i = 0; i < 2000; ++i) {
    r.report(document(10, 0.8));
    h.advance(10ms);
  }
  CHECK(h.all<status_failed>().empty());
  CHECK(r.count("decided") == 2000);
  const auto timers = h.timers();
  for (int i = 0; i < 500; ++i) {
    r.report(document(10, 0.8));
    h.advance(10ms);
  }
  CHECK(h.timers() <= timers + 1);
}

TEST_CASE("failed polls of silence lead to the fallback, as others do") {
  virtual_loop h;
  simple_app world;
  h.client.app = std::ref(world);
  auto spec = pushed_spec();
  spec.fallback = fallback_spec{3, 25, fallback_behavior::fixed};
  h.control.add(shared(spec));
  reports r{h.control};
  h.advance(1s);
  r.report(document(10, 0.8));
  h.advance(29s);  // 16 s, 21 s, 26 s, and not yet 31 s
  CHECK(world.puts.empty());
  h.advance(2s);
  CHECK(world.puts == std::vector<int>{25});
}

TEST_CASE("a report to a target that is polled is a poll out of turn") {
  virtual_loop h;
  simple_app world;
  h.client.app = [&](const net::http_request& r) {
    auto x = world(r);
    x.after = 500ms;
    return x;
  };
  h.control.add(shared(app_spec()));
  reports r{h.control};
  h.advance(4s);
  r.report(document(10, 0.8));
  h.advance(1100ms);  // the next poll is in flight
  r.report(document(10, 0.81));
  h.drain();
  CHECK(r.ends() == "decided decided");
  h.advance(5s);
  CHECK(polls(h, 0ms) == std::vector<std::string>{"500 observed", "4000 observed",
                                                  "5100 observed", "5500 observed"});
  CHECK(world.polls == 3);
  h.advance(30s);
  CHECK(h.all<status_failed>().empty());
}

TEST_CASE("a report and the answer of a poll at one moment are two polls") {
  virtual_loop h;
  simple_app world;
  h.client.app = std::ref(world);
  h.control.add(shared(app_spec()));
  h.advance(5s);
  reports r{h.control};
  r.report(document(10, 0.81));
  h.advance(1ms, false);  // both wait in one mailbox
  h.drain();
  CHECK(r.ends() == "decided");
  h.advance(1s);
  CHECK(h.all<status_observed>().size() == 3);
  CHECK(h.all<decision_made>().size() == 3);
}

TEST_CASE("what is no status is refused, and is no poll") {
  struct row {
    const char* body;
    failure_kind kind;
    const char* why;
  };
  virtual_loop h;
  h.client.app = [](const net::http_request&) { return answers(204); };
  h.control.add(shared(pushed_spec()));
  h.advance(1s);
  const auto before = h.events.size();
  for (const auto& x :
       {row{"", failure_kind::json, "not JSON"}, row{"{", failure_kind::json, "not JSON"},
        row{"[]", failure_kind::schema, "/replicas is absent"},
        row{R"({"replicas":-1,"cpu":{"highPriority":1}})", failure_kind::schema,
            "/replicas is -1"},
        row{R"({"error":"no data"})", failure_kind::schema, "it says: no data"}}) {
    CAPTURE(x.body);
    reports r{h.control};
    r.report(x.body);
    h.drain();
    REQUIRE(r.ends() == "unreadable");
    CHECK(r.outcomes()[0].why.kind == x.kind);
    CHECK_THAT(r.outcomes()[0].why.detail, ContainsSubstring(x.why));
  }
  reports large{h.control};
  large.report(std::string(bounds::response_body_bytes_max + 1, ' '));
  CHECK(large.ends() == "unreadable");
  CHECK(large.outcomes()[0].why.detail == "larger than 1048576 bytes");
  CHECK(h.events.size() == before);
  h.advance(14s);  // it ends no silence
  CHECK(polls(h, 0ms) == std::vector<std::string>{"15000 nothing was reported for 15s"});
}

TEST_CASE("a report of which nothing can come says so") {
  virtual_loop h;
  h.client.app = [](const net::http_request&) { return answers(204); };
  reports r{h.control};
  r.report(document(10, 0.8), "nobody");
  CHECK(r.ends() == "unknown");
  h.control.add(shared(pushed_spec()));
  h.drain();
  for (std::size_t n = 0; n < bounds::api_waiting_max + 3; ++n)
    r.report(document(10, 0.8));
  CHECK(r.count("busy") == 3);
  h.drain();
  CHECK(r.count("decided") == bounds::api_waiting_max);
  reports last{h.control};
  h.control.stop("enough", {});
  h.drain();
  last.report(document(10, 0.8));
  CHECK(last.ends() == "stopping");
}

TEST_CASE("a document is read as the spec says, its own time included") {
  virtual_loop h;
  h.client.app = [](const net::http_request&) { return answers(204); };
  auto spec = pushed_spec();
  spec.status.replicas = "/n";
  spec.status.ready = "/ready";
  spec.status.observed_at = "/at";
  spec.max_age = 30s;
  h.control.add(shared(spec));
  h.drain();
  reports r{h.control};
  const auto old = default_wall - 31s;
  r.report(fmt::format(R"({{"n":10,"ready":8,"at":{},"cpu":{{"highPriority":1.6}}}})",
                       old.time_since_epoch() / 1s));
  h.drain();
  REQUIRE(r.ends() == "decided");
  const auto& seen = h.all<status_observed>().at(0)->seen;
  CHECK(seen.replicas == 10);
  CHECK(seen.ready == 8);
  CHECK(seen.observed_at == old);
  // It came, which ends the silence, and tells nothing any more.
  CHECK(r.outcomes()[0].decision->as<decision_made>()->made.desired == 10);
  h.advance(29s);
  CHECK(h.all<status_failed>().empty());
}
