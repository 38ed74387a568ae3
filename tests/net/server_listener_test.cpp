// The HTTP server's listener: where it listens, and how it ends.
#include "net/server.hpp"
#include "tests/net/raw_client.hpp"
#include "tests/support/catch.hpp"

#include <optional>
#include <string>
#include <system_error>

using namespace scaleit;
using namespace scaleit::net;
using namespace scaleit::test;

TEST_CASE("an IPv6 literal is an address") {
  std::optional<server_thread> s;
  try {
    s.emplace(hello, server_options{.address = "::1"});
  } catch (const std::system_error&) {
    WARN("no IPv6 on this machine");
    return;
  }
  raw_client c(s->port(), true);
  CHECK(c.ask(get).body == "hello");
}

TEST_CASE("a server that cannot listen says so with a system_error") {
  event_loop loop;
  http_server first(loop, {}, hello);
  CHECK(first.port() != 0);
  try {
    http_server second(loop, {.port = first.port()}, hello);
    FAIL("two servers on one port");
  } catch (const std::system_error& e) {
    CHECK(e.code() == std::errc::address_in_use);
    CHECK_THAT(e.what(), ContainsSubstring(std::to_string(first.port())));
  }
  CHECK_THROWS_AS(http_server(loop, {.address = "localhost"}, hello), std::system_error);
  CHECK_THROWS_AS(http_server(loop, {.address = "192.0.2.1"}, hello), std::system_error);
}

TEST_CASE("a port is free again as soon as its server has ended") {
  std::uint16_t port = 0;
  {
    server_thread s(hello);
    port = s.port();
    raw_client c(port);
    CHECK(c.ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").status == 200);
  }
  server_thread again(hello, {.port = port});
  raw_client c(port);
  CHECK(c.ask(get).status == 200);
}

TEST_CASE("a handler may end its own server") {
  event_loop loop;
  std::optional<http_server> server;
  server.emplace(loop, server_options{}, [&](server_request&&, responder r) {
    server.reset();
    r.send({200, {}, "too late", {}});
  });
  raw_client c(server->port());
  c.send(std::string(get) + get);
  loop.io().run();  // returns, as nothing is left to wait for
  CHECK(c.closed());
}

TEST_CASE("servers on loops of their own do not meet") {
  server_thread a([](server_request&&, responder r) { r.send({200, {}, "other", {}}); });
  server_thread b(hello);
  raw_client ca(a.port());
  raw_client cb(b.port());
  for (int i = 0; i < 100; ++i) {
    ca.send(get);
    cb.send(get);
    REQUIRE(ca.read_answer().body == "other");
    REQUIRE(cb.read_answer().body == "hello");
  }
}
