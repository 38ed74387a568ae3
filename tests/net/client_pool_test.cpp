// The bounds of the pool, its queues, and giving up.
#include "tests/net/client_fixture.hpp"

#include <algorithm>
#include <memory>
#include <sys/resource.h>

using namespace scaleit;
using namespace scaleit::test;

namespace {

/// Answers when the test opens the gate, until then holds every request.
struct gated_server {
  std::atomic<int> allowed{0};
  unruly_server server{[this](peer& p) {
    while (!p.read_request().empty()) {
      while (allowed <= 0 && !over) std::this_thread::sleep_for(1ms);
      --allowed;
      if (!p.send(ok("x"))) return;
    }
  }};
  std::atomic<bool> over{false};
  ~gated_server() { over = true; }
};

net::prepared_ptr a_get(const std::string& url, std::chrono::milliseconds timeout = 3s) {
  http_request r;
  r.url = url;
  r.timeout = timeout;
  return net::prepare(r);
}

/// `wanted`, or as many connections as this process may have both ends of.
std::size_t connections_here(std::size_t wanted) {
  constexpr std::size_t other_files = 100;
  const auto needed = static_cast<rlim_t>(2 * wanted + other_files);
  rlimit l{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &l) == 0);
  if (l.rlim_cur < needed) {
    l.rlim_cur = std::min(needed, l.rlim_max);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &l) == 0);
  }
  if (l.rlim_cur >= needed) return wanted;
  REQUIRE(l.rlim_cur > 2 * other_files);
  const std::size_t fewer = (l.rlim_cur - other_files) / 2;
  WARN("only " << l.rlim_cur << " files may be open: " << fewer << " connections");
  return fewer;
}

}  // namespace

TEST_CASE("the client respects the bound per origin and queues in order") {
  const std::size_t lanes = GENERATE(1u, 3u);
  unruly_server server{answer_always(ok("x"))};
  net::client_options o;
  o.connections_per_origin_max = lanes;
  client_fixture f{o};
  std::vector<int> order;
  for (int i = 0; i < 50; ++i)
    f.client->submit(a_get(server.url()), [&order, i](http_response&& r) {
      CHECK_FALSE(r.error);
      order.push_back(i);
    });
  CHECK(f.client->stats().connections_open == lanes);
  CHECK(f.client->stats().requests_in_flight == lanes);
  CHECK(f.client->stats().requests_queued == 50 - lanes);
  REQUIRE(f.until([&] { return order.size() == 50; }));
  CHECK(server.connections() == static_cast<int>(lanes));
  CHECK(f.client->stats().connections_idle == lanes);
  CHECK(f.client->stats().requests_queued == 0);
  if (lanes == 1) CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("the client respects the bound over all origins") {
  unruly_server a{answer_always(ok("a"))}, b{answer_always(ok("b"))},
      c{answer_always(ok("c"))};
  net::client_options o;
  o.connections_max = 2;
  client_fixture f{o};
  SECTION("an idle connection of another origin makes room, the oldest first") {
    check_ok(f.get(a.url()), "a");
    check_ok(f.get(b.url()), "b");
    check_ok(f.get(c.url()), "c");
    CHECK(f.client->stats().connections_open == 2);
    check_ok(f.get(b.url()), "b");
    CHECK(b.connections() == 1);
    check_ok(f.get(a.url()), "a");
    CHECK(a.connections() == 2);
  }
  SECTION("many at once all get their turn") {
    int done = 0;
    for (int i = 0; i < 30; ++i)
      for (auto* s : {&a, &b, &c})
        f.client->submit(a_get(s->url()), [&](http_response&& r) {
          CHECK_FALSE(r.error);
          ++done;
        });
    CHECK(f.client->stats().connections_open == 2);
    CHECK(f.until([&] { return done == 90; }));
    CHECK(f.client->stats().connections_open <= 2);
  }
}

TEST_CASE("the client counts the time in the queue") {
  unruly_server server{[](peer& p) { p.wait_until_closed(); }};
  net::client_options o;
  o.connections_per_origin_max = 1;
  client_fixture f{o};
  f.client->submit(a_get(server.url(), 5s), [](http_response&&) { FAIL(); });
  check_failed(f.get(server.url(), 60ms), failure_kind::timeout,
               "no free connection to 127.0.0.1:");
}

TEST_CASE("the client refuses requests beyond the bound of a queue") {
  unruly_server server{[](peer& p) { p.wait_until_closed(); }};
  net::client_options o;
  o.connections_per_origin_max = 1;
  client_fixture f{o};
  const auto r = a_get(server.url(), 10s);
  for (std::size_t i = 0; i < bounds::queued_requests_per_origin_max + 1; ++i)
    f.client->submit(r, [](http_response&&) { FAIL(); });
  check_failed(f.get(server.url()), failure_kind::connect,
               "too many requests waiting for 127.0.0.1:");
}

TEST_CASE("the client carries a thousand connections to one origin") {
  const auto n = connections_here(1000);
  unruly_server server{answer_always(ok("x"))};
  net::client_options o;
  o.connections_per_origin_max = n;
  client_fixture f{o};
  std::size_t done = 0;
  const auto r = a_get(server.url(), 30s);  // a busy machine takes its time
  for (std::size_t i = 0; i < n; ++i)
    f.client->submit(r, [&](http_response&& x) {
      CHECK_FALSE(x.error);
      ++done;
    });
  CHECK(f.client->stats().connections_open == n);
  CHECK(f.until([&] { return done == n; }));
}

TEST_CASE("a cancelled request is forgotten in every phase") {
  deaf_listener deaf;
  unruly_server silent{[](peer& p) { p.wait_until_closed(); }};
  net::client_options o;
  o.connections_per_origin_max = 1;
  client_fixture f{o};
  const auto token = std::make_shared<int>();
  auto never = [token](http_response&&) { FAIL("called after cancel"); };
  auto cancelled = [&](net::http_client::ticket t) {
    f.client->cancel(t);
    CHECK(token.use_count() == 2);  // ours and the one in `never`
    CHECK(f.client->stats().requests_in_flight == 0);
    f.client->cancel(t);  // unknown by now
  };
  SECTION("before the loop turned") {
    cancelled(f.client->submit(a_get(silent.url()), never));
  }
  SECTION("resolving") {
    const auto t = f.client->submit(a_get("http://no-such-host.invalid/"), never);
    f.loop.io().run_one_for(10ms);
    cancelled(t);
  }
  SECTION("connecting") {
    const auto t =
        f.client->submit(a_get("http://127.0.0.1:" + std::to_string(deaf.port())), never);
    f.loop.io().run_for(20ms);
    cancelled(t);
  }
  SECTION("waiting for the answer") {
    const auto t = f.client->submit(a_get(silent.url()), never);
    f.loop.io().run_for(20ms);
    cancelled(t);
  }
  SECTION("queued") {
    const auto first = f.client->submit(a_get(silent.url()), never);
    const auto t = f.client->submit(a_get(silent.url()), never);
    f.client->cancel(t);
    CHECK(f.client->stats().requests_queued == 0);
    cancelled(first);
  }
  f.loop.io().run_for(20ms);
  CHECK(f.client->stats().connections_open == 0);
}

TEST_CASE("cancelling the one in front lets the next one in") {
  gated_server gate;
  net::client_options o;
  o.connections_per_origin_max = 1;
  client_fixture f{o};
  bool done = false;
  const auto t =
      f.client->submit(a_get(gate.server.url()), [](http_response&&) { FAIL(); });
  f.client->submit(a_get(gate.server.url()), [&](http_response&& r) { done = !r.error; });
  f.loop.io().run_for(10ms);
  gate.allowed = 10;
  f.client->cancel(t);
  CHECK(f.until([&] { return done; }));
}

TEST_CASE("a destroyed client drops its requests without a word") {
  deaf_listener deaf;
  unruly_server silent{[](peer& p) { p.wait_until_closed(); }};
  unruly_server good{answer_always(ok("x"))};
  net::client_options o;
  o.connections_per_origin_max = 2;
  client_fixture f{o};
  const auto token = std::make_shared<int>();
  check_ok(f.get(good.url()), "x");
  for (int i = 0; i < 5; ++i)
    for (const auto& url :
         {silent.url(), "http://127.0.0.1:" + std::to_string(deaf.port())})
      f.client->submit(a_get(url), [token](http_response&&) { FAIL(); });
  f.client->submit(a_get("http://no-such-host.invalid/"), [token](http_response&&) {});
  f.loop.io().run_for(20ms);
  f.client.reset();
  CHECK(token.use_count() == 1);
  f.loop.io().run_for(50ms);
}

TEST_CASE("a handler may submit, cancel and destroy the client") {
  unruly_server server{answer_always(ok("x"))};
  client_fixture f;
  SECTION("submit, on the connection that has just become free") {
    int left = 20;
    std::function<void(http_response &&)> again = [&](http_response&& r) {
      CHECK_FALSE(r.error);
      if (--left > 0) f.client->submit(a_get(server.url()), again);
    };
    f.client->submit(a_get(server.url()), again);
    CHECK(f.until([&] { return left == 0; }));
    CHECK(server.connections() == 1);
  }
  SECTION("cancel another") {
    bool done = false;
    net::http_client::ticket other = 0;
    f.client->submit(a_get(server.url()), [&](http_response&&) {
      f.client->cancel(other);
      done = true;
    });
    unruly_server silent{[](peer& p) { p.wait_until_closed(); }};
    other = f.client->submit(a_get(silent.url()), [](http_response&&) { FAIL(); });
    CHECK(f.until([&] { return done; }));
    CHECK(f.client->stats().requests_in_flight == 0);
  }
  SECTION("destroy, from an answer") {
    f.client->submit(a_get(server.url()), [&](http_response&&) { f.client.reset(); });
    CHECK(f.until([&] { return !f.client; }));
  }
  SECTION("destroy, from a failure and from a timeout") {
    const bool refused = GENERATE(true, false);
    unruly_server silent{[](peer& p) { p.wait_until_closed(); }};
    const auto url =
        refused ? "http://127.0.0.1:" + std::to_string(closed_port()) : silent.url();
    for (int i = 0; i < 3; ++i)
      f.client->submit(a_get(url, 30ms), [&](http_response&& r) {
        CHECK(r.error);
        f.client.reset();
      });
    CHECK(f.until([&] { return !f.client; }));
  }
  f.loop.io().run_for(10ms);
}
