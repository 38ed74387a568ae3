// How the client gets a connection, keeps it, and what happens when it dies.
#include "tests/net/client_fixture.hpp"

using namespace scaleit;
using namespace scaleit::test;

TEST_CASE("the client uses a connection again") {
  unruly_server server{answer_always(ok("x"))};
  client_fixture f;
  for (int i = 0; i < 20; ++i) check_ok(f.get(server.url()), "x");
  CHECK(server.connections() == 1);
  CHECK(f.client->stats().connections_idle == 1);
}

TEST_CASE("the client honours Connection: close and HTTP/1.0") {
  for (const std::string& bytes :
       {ok("x", "Connection: close\r\n"),
        std::string{"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"}}) {
    unruly_server server{answer_always(bytes)};
    client_fixture f;
    check_ok(f.get(server.url()), "x");
    CHECK(f.client->stats().connections_open == 0);
    check_ok(f.get(server.url()), "x");
    CHECK(server.connections() == 2);
  }
  unruly_server kept{answer_always(
      "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx")};
  client_fixture f;
  check_ok(f.get(kept.url()), "x");
  check_ok(f.get(kept.url()), "x");
  CHECK(kept.connections() == 1);
}

TEST_CASE("the client copes with a server that closes after each answer unannounced") {
  unruly_server server{[](peer& p) {
    p.read_request();
    p.send(ok("x"));
    p.close();
  }};
  client_fixture f;
  // The close may be there before the next request, or meet it on its way.
  for (int i = 0; i < 20; ++i) {
    check_ok(f.get(server.url()), "x");
    check_ok(f.get(server.url()), "x");
    check_ok(f.put(server.url()), "x");
  }
  CHECK(server.requests().size() >= 60);
}

TEST_CASE("the client retries a GET whose kept connection died") {
  unruly_server server{[](peer& p) {
    p.read_request();
    p.send(ok(std::to_string(p.number())));
    p.read_request();  // and dies of it
    p.reset();
  }};
  client_fixture f;
  check_ok(f.get(server.url()), "1");
  check_ok(f.get(server.url()), "2");
  CHECK(server.requests().size() == 3);
}

TEST_CASE("the client retries a GET only once") {
  unruly_server dying{[](peer& p) {
    p.read_request();
    if (p.number() > 1) return p.close();
    p.send(ok("x"));
    p.read_request();
    p.close();
  }};
  client_fixture f;
  check_ok(f.get(dying.url()), "x");
  check_failed(f.get(dying.url()), failure_kind::connect, "before an answer");
  CHECK(dying.requests().size() == 3);
}

TEST_CASE(
    "the client sends a PUT once more when its kept connection died, a POST never") {
  const auto method = GENERATE(verb::put, verb::post);
  unruly_server server{[](peer& p) {
    p.read_request();
    p.send(ok("x"));
    p.read_request();
    p.close();
  }};
  client_fixture f;
  check_ok(f.get(server.url()), "x");
  http_request r;
  r.method = method;
  r.url = server.url();
  r.body = "{}";
  const auto got = f.send(r);
  if (method == verb::put)
    check_ok(got, "x");
  else
    check_failed(got, failure_kind::connect, "before an answer");
  CHECK(server.requests().size() == (method == verb::put ? 3 : 2));
}

TEST_CASE("the client sends a PUT on a fresh connection when the kept one is dead") {
  std::atomic<bool> closed = false;
  unruly_server server{[&](peer& p) {
    p.read_request();
    p.send(ok(std::to_string(p.number())));
    if (p.number() == 1) {
      p.close();
      closed = true;
    }
    p.wait_until_closed();
  }};
  client_fixture f;
  check_ok(f.get(server.url()), "1");
  while (!closed) std::this_thread::yield();
  // The loop has not turned since: only the peek can tell.
  CHECK(f.client->stats().connections_idle == 1);
  check_ok(f.put(server.url()), "2");
  CHECK(server.requests().size() == 2);
}

TEST_CASE("the client drops a connection that says more than it was asked") {
  SECTION("together with the answer") {
    unruly_server server{[](peer& p) {
      while (!p.read_request().empty() && p.send(ok("x") + ok("stray"))) {
      }
    }};
    client_fixture f;
    check_ok(f.get(server.url()), "x");
    CHECK(f.client->stats().connections_open == 0);
    check_ok(f.get(server.url()), "x");
    CHECK(server.connections() == 2);
  }
  SECTION("after the answer") {
    std::atomic<bool> go = false;
    unruly_server server{[&](peer& p) {
      p.read_request();
      p.send(ok("x"));
      while (!go) std::this_thread::yield();
      p.send(ok("stray"));
      p.wait_until_closed();
    }};
    client_fixture f;
    check_ok(f.get(server.url()), "x");
    go = true;
    CHECK(f.until([&] { return f.client->stats().connections_open == 0; }));
    check_ok(f.get(server.url()), "x");
  }
}

TEST_CASE("the client notices when an idle connection is closed") {
  unruly_server server{[](peer& p) {
    p.read_request();
    p.send(ok("x"));
    p.close();
  }};
  client_fixture f;
  check_ok(f.get(server.url()), "x");
  CHECK(f.until([&] { return f.client->stats().connections_open == 0; }));
}

TEST_CASE("the client closes connections that are idle too long") {
  unruly_server server{answer_always(ok("x"))};
  net::client_options o;
  o.idle_timeout = 50ms;
  client_fixture f{o};
  check_ok(f.get(server.url()), "x");
  CHECK(f.client->stats().connections_idle == 1);
  CHECK(f.until([&] { return f.client->stats().connections_open == 0; }));
}

TEST_CASE("an idle client sleeps") {
  unruly_server server{answer_always(ok("x"))};
  client_fixture f;
  check_ok(f.get(server.url(), 100ms), "x");
  f.loop.io().run_for(150ms);  // the request's own deadline wakes the timer once
  CHECK(f.loop.io().run_for(300ms) == 0);
}

TEST_CASE("the client reports a refused connection") {
  client_fixture f;
  const auto port = std::to_string(closed_port());
  check_failed(f.get("http://127.0.0.1:" + port), failure_kind::connect,
               "connection refused by 127.0.0.1:" + port);
}

TEST_CASE("the client finds a server that comes back") {
  std::uint16_t port = 0;
  client_fixture f;
  {
    unruly_server first{answer_always(ok("before"))};
    port = first.port();
    check_ok(f.get(first.url("/", "localhost")), "before");
  }
  const auto url = "http://localhost:" + std::to_string(port) + "/";
  check_failed(f.get(url), failure_kind::connect, "connection refused by localhost:");
  unruly_server second{answer_always(ok("after")), "127.0.0.1", port};
  check_ok(f.get(url), "after");
}

TEST_CASE("the client speaks IPv6") {
  unruly_server server{answer_always(ok("six")), "::1"};
  client_fixture f;
  const auto host = "[::1]:" + std::to_string(server.port());
  check_ok(f.get("http://" + host), "six");
  CHECK_THAT(server.requests().at(0), ContainsSubstring("\r\nHost: " + host + "\r\n"));
}

TEST_CASE("the client reports a name that does not resolve") {
  client_fixture f;
  const auto r = f.get("http://no-such-host.invalid/", 4s);
  REQUIRE(r.error);
  if (r.error->kind == failure_kind::connect)
    check_failed(r, failure_kind::connect, "cannot resolve no-such-host.invalid: ");
  else  // a name server that does not answer
    check_failed(r, failure_kind::timeout,
                 "resolving no-such-host.invalid took longer than 4s");
}

TEST_CASE("the client tells in which phase the deadline passed") {
  SECTION("connecting, by the request's deadline") {
    deaf_listener deaf;
    client_fixture f;
    const auto where = "127.0.0.1:" + std::to_string(deaf.port());
    check_failed(f.get("http://" + where, 80ms), failure_kind::timeout,
                 "no connection to " + where + " within 80ms");
  }
  SECTION("connecting, by the connect timeout") {
    deaf_listener deaf;
    net::client_options o;
    o.connect_timeout = 60ms;
    client_fixture f{o};
    const auto where = "127.0.0.1:" + std::to_string(deaf.port());
    check_failed(f.get("http://" + where, 5s), failure_kind::timeout,
                 "no connection to " + where + " within 60ms");
  }
  SECTION("answering") {
    unruly_server server{[](peer& p) { p.wait_until_closed(); }};
    client_fixture f;
    const auto r = f.get(server.url(), 80ms);
    check_failed(r, failure_kind::timeout, "no answer from 127.0.0.1:");
    CHECK(r.took >= 80ms);
    CHECK(r.error->took == r.took);
    CHECK(f.client->stats().connections_open == 0);
  }
  SECTION("the header") {
    unruly_server server{[](peer& p) {
      p.send("HTTP/1.1 200 OK\r\nConte");
      p.wait_until_closed();
    }};
    client_fixture f;
    check_failed(f.get(server.url(), 80ms), failure_kind::timeout,
                 "its header is incomplete");
  }
  SECTION("slowly, but for ever") {
    unruly_server server{[](peer& p) {
      p.read_request();
      p.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (p.send("1\r\nx\r\n")) std::this_thread::sleep_for(5ms);
    }};
    client_fixture f;
    check_failed(f.get(server.url(), 100ms), failure_kind::timeout,
                 "incomplete after 100ms");
  }
}

TEST_CASE("the client knows whether a request that failed has left") {
  client_fixture f;
  CHECK(f.put("http://127.0.0.1:" + std::to_string(closed_port())).unsent);
  unruly_server ends{[](peer& p) { p.read_request(); }};
  const auto lost = f.put(ends.url());
  REQUIRE(lost.error);
  CHECK_FALSE(lost.unsent);
  unruly_server silent{[](peer& p) { p.wait_until_closed(); }};
  CHECK_FALSE(f.put(silent.url(), "{}", 100ms).unsent);
  unruly_server plain{[](peer& p) { p.read_request(); }};
  auto url = plain.url();
  CHECK(f.put(url.insert(4, "s")).unsent);  // no TLS there
  const auto good = unruly_server{answer_always(ok("x"))};
  CHECK_FALSE(f.put(good.url()).unsent);
}
