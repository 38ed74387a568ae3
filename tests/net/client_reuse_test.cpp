// Servers that do not deal well with a second request on a connection, or with a second
// connection.
#include "tests/net/client_fixture.hpp"

using namespace scaleit;
using namespace scaleit::test;

namespace {

/// Answers the first request of a connection, and does `then` to the second.
unruly_server::script first_then(std::function<void(peer&)> then) {
  return [then = std::move(then)](peer& p) {
    if (p.read_request().empty() || !p.send(ok("x"))) return;
    if (p.read_request().empty()) return;
    then(p);
  };
}

unruly_server::script first_then_send(const std::string& bytes) {
  return first_then([bytes](peer& p) {
    p.send(bytes);
    p.close();
  });
}

const std::vector<std::string> refusals{
    "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 421 Misdirected\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 3\r\n\r\nwhy",
    "HTTP/1.0 503 Busy\r\n\r\n",
};
const std::vector<std::string> garbage{"", "\r\n", "rubbish\r\n", "HTTP/1.1 2",
                                       "\x15\x03"};

http_request write_to(const unruly_server& s, verb method, bool keep_alive) {
  http_request r;
  r.method = method;
  r.url = s.url();
  r.body = "{}";
  r.keep_alive = keep_alive;
  r.timeout = 1s;
  return r;
}

}  // namespace

TEST_CASE("what is idempotent is sent once more when a kept connection fails it") {
  auto all = refusals;
  all.insert(all.end(), garbage.begin(), garbage.end());
  const auto method = GENERATE(verb::get, verb::put, verb::delete_);
  for (const auto& bytes : all) {
    unruly_server server{first_then_send(bytes)};
    client_fixture f;
    INFO(bytes);
    check_ok(f.get(server.url()), "x");
    check_ok(f.send(write_to(server, method, true)), "x");
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("what is not idempotent is sent once more only when that is allowed") {
  const auto bytes = GENERATE(from_range(refusals));
  unruly_server server{first_then_send(bytes)};
  client_fixture f;
  check_ok(f.get(server.url()), "x");
  const auto r = f.send(write_to(server, verb::post, true));
  REQUIRE_FALSE(r.error);
  CHECK(r.status == (bytes.find("503") == std::string::npos ? 200 : 503));
}

TEST_CASE("a refusal on a fresh connection is the answer") {
  for (const auto& bytes : refusals) {
    unruly_server server{[&](peer& p) {
      p.read_request();
      p.send(bytes);
      p.close();
    }};
    client_fixture f;
    const auto r = f.get(server.url());
    REQUIRE_FALSE(r.error);
    CHECK(r.status > 400);
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("a request with a connection of its own is the first on it, and the last") {
  unruly_server server{first_then([](peer& p) { p.wait_until_closed(); })};
  client_fixture f;
  check_ok(f.get(server.url()), "x");
  for (const auto method : {verb::put, verb::post, verb::patch}) {
    check_ok(f.send(write_to(server, method, false)), "x");
    CHECK(f.client->stats().connections_open == 0);
  }
  CHECK(server.connections() == 4);
  CHECK_THAT(server.requests().at(0), !ContainsSubstring("Connection: close"));
  CHECK_THAT(server.requests().at(1), ContainsSubstring("\r\nConnection: close\r\n"));
}

TEST_CASE("a server with a single thread is not held by the connection that is kept") {
  std::mutex one_thread;
  unruly_server server{[&](peer& p) {
    const std::lock_guard served{one_thread};
    while (!p.read_request().empty() && p.send(ok("x"))) {
    }
  }};
  client_fixture f;
  SECTION("a request with a connection of its own takes its place") {
    check_ok(f.get(server.url()), "x");
    check_ok(f.send(write_to(server, verb::put, false)), "x");
  }
  SECTION("a second request at once waits a moment for it") {
    int done = 0;
    for (int i = 0; i < 3; ++i)
      f.client->submit(net::prepare(write_to(server, verb::get, true)),
                       [&](http_response&& r) { done += !r.error; });
    CHECK(f.until([&] { return done == 3; }));
  }
}

TEST_CASE("a server that never answers second requests gets one per connection") {
  unruly_server server{first_then([](peer& p) { p.wait_until_closed(); })};
  client_fixture f;
  int failed = 0;
  for (int i = 0; i < 10; ++i) failed += f.get(server.url(), 60ms).error.has_value();
  CHECK(failed <= bounds::reuse_failures_max);
  check_ok(f.get(server.url()), "x");
}

TEST_CASE("a connection that dies now and then does not end reuse") {
  std::atomic<int> answered = 0;
  unruly_server server{[&](peer& p) {
    while (!p.read_request().empty()) {
      if (++answered % 5 == 0) return p.close();
      p.send(ok("x"));
    }
  }};
  client_fixture f;
  for (int i = 0; i < 40; ++i) check_ok(f.get(server.url()), "x");
  CHECK(server.connections() < 15);
}

TEST_CASE("a connection does not grow older than it may") {
  unruly_server server{answer_always(ok("x"))};
  net::client_options o;
  o.age_max = 0ms;
  client_fixture f{o};
  check_ok(f.get(server.url()), "x");
  CHECK(f.client->stats().connections_open == 0);
  check_ok(f.get(server.url()), "x");
  CHECK(server.connections() == 2);
}
