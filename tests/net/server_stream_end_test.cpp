// How streams end, and how many there may be.
#include "net/server.hpp"
#include "tests/net/raw_client.hpp"
#include "tests/net/stream_fixture.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::net;
using namespace scaleit::test;

using outcome = stream_writer::outcome;

TEST_CASE("a client that leaves is noticed while nothing is written") {
  hub h;
  server_thread s(h.handler());
  {
    raw_client c(s.port());
    c.send(get);
    h.writer().write("x");
    CHECK_FALSE(c.read_head().empty());
    CHECK(c.read_chunk() == "x");
  }
  CHECK(h.end() == stream_end::left);
  CHECK(h.writer().write("x") == outcome::closed);
  CHECK(s.streams() == 0);
}

TEST_CASE("a client that leaves in the middle of much is noticed too") {
  hub h;
  server_thread s(h.handler());
  {
    raw_client c(s.port(), false, 4096);
    c.send(get);
    fill(h.writer(), std::string(1000, 'x'));
  }
  CHECK(h.end() == stream_end::left);
  CHECK(s.connections() == 0);
}

TEST_CASE("a finite stream is sent whole to a client that half-closes") {
  hub h;
  h.options.finite = true;
  server_thread s(h.handler());
  raw_client c(s.port());
  c.send(get);
  c.half_close();
  CHECK_FALSE(c.read_head().empty());
  h.writer().write("one");
  CHECK(c.read_chunk() == "one");
  h.writer().write("two");
  CHECK(c.read_chunk() == "two");
  h.writer().end();
  CHECK(c.read_chunk().empty());
  CHECK(c.closed());
  CHECK(h.end() == stream_end::complete);
}

TEST_CASE("a writer that is dropped or cuts leaves the answer visibly torn") {
  for (const auto* version : {"1.1", "1.0"}) {
    INFO(version);
    server_thread s([](server_request&&, responder r) {
      auto w = r.stream({200, {}, {}, {}});
      w.write("half");
    });
    raw_client c(s.port());
    c.send(std::string("GET / HTTP/") + version + "\r\nHost: h\r\n\r\n");
    const auto all = c.read_until_close();
    CHECK(all.find("\r\n0\r\n\r\n") == std::string::npos);
    // A unix socket knows no reset.
    if (version[2] == '0' && !is_over("unix")) CHECK(c.end() == ECONNRESET);
    CHECK(s.streams() == 0);
  }
}

TEST_CASE("when the server stops, streams end in order and documents stay torn") {
  for (const auto finite : {false, true}) {
    hub h;
    h.options.finite = finite;
    server_thread s(h.handler());
    raw_client c(s.port());
    c.send(get);
    CHECK_FALSE(c.read_head().empty());
    h.writer().write("x");
    CHECK(c.read_chunk() == "x");
    s.on_loop([&] { h.writer().write("last words"); });
    s.stop();
    CHECK(h.end() == stream_end::stopped);
    CHECK(h.writer().write("x") == outcome::closed);
    const auto rest = c.read_until_close();
    CHECK(rest.ends_with("\r\n0\r\n\r\n") == !finite);
    if (!finite) CHECK_THAT(rest, ContainsSubstring("last words"));
    CHECK(c.end() == 0);
  }
}

TEST_CASE("a server may stop while threads write, and its writers outlive it") {
  hub h;
  std::atomic<bool> done = false;
  std::thread writing;
  {
    server_thread s(h.handler());
    std::vector<std::unique_ptr<raw_client>> clients;
    for (int i = 0; i < 4; ++i) {
      clients.push_back(std::make_unique<raw_client>(s.port()));
      clients.back()->send(get);
      h.writer(static_cast<std::size_t>(i));
    }
    writing = std::thread([&] {
      while (!done)
        for (std::size_t i = 0; i < 4; ++i) h.writer(i).write("some more of the same\n");
    });
    CHECK_FALSE(clients[3]->read_head().empty());
    CHECK_FALSE(clients[3]->read_chunk().empty());
    s.stop();
    for (std::size_t i = 0; i < 4; ++i) CHECK(h.end(i) == stream_end::stopped);
  }
  done = true;
  writing.join();
  CHECK(h.writer().write("x") == outcome::closed);
}

TEST_CASE("on_close may end the server") {
  event_loop loop;
  std::optional<http_server> server;
  std::optional<stream_writer> writer;
  int closed = 0;
  server.emplace(loop, server_options{}, [&](server_request&&, responder r) {
    writer = r.stream({200, {}, {}, {}}, {.on_close = [&](stream_end) {
                        ++closed;
                        server.reset();
                      }});
  });
  {
    raw_client c(server->port());
    c.send(get);
    while (!writer) loop.io().run_one();
  }
  loop.io().run();  // returns, as nothing is left to wait for
  CHECK(closed == 1);
  CHECK_FALSE(server);
}

// -- bounds ---------------------------------------------------------------

TEST_CASE("streams beyond the bound get 503, and leave room for other requests") {
  hub h;
  server_thread s(
      [&](server_request&& q, responder r) {
        if (q.path == "/plain") return r.send({200, {}, "plain", {}});
        h(std::move(q), std::move(r));
      },
      {.connections_max = 4, .streams_max = 100});
  std::vector<std::unique_ptr<raw_client>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<raw_client>(s.port()));
    clients.back()->send(get);
    CHECK_FALSE(clients.back()->read_head().empty());
  }
  CHECK(s.streams() == 3);
  raw_client more(s.port());
  const auto refused = more.ask(get);
  CHECK(refused.status == 503);
  CHECK(refused.has("\r\nRetry-After: "));
  CHECK(refused.has("\r\nContent-Type: application/problem+json\r\n"));
  for (int i = 0; i < 10; ++i) {
    raw_client other(s.port());
    CHECK(other.ask("GET /plain HTTP/1.1\r\nHost: h\r\n\r\n").body == "plain");
  }
  CHECK(s.streams() == 3);
  h.writer(0).end();
  CHECK(h.end() == stream_end::complete);
  raw_client again(s.port());
  again.send(get);
  CHECK_THAT(again.read_head(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("a head that cannot be sent becomes a 500 and no stream") {
  for (const auto& head :
       {server_response{204, {}, {}, {}}, server_response{200, "a\r\nb", {}, {}},
        server_response{200, {}, {}, {{"Transfer-Encoding", "x"}}}}) {
    bool open = true;
    server_thread s([&](server_request&&, responder r) { open = r.stream(head).open(); });
    raw_client c(s.port());
    CHECK(c.ask(get).status == 500);
    s.on_loop([&] { CHECK_FALSE(open); });
  }
}
