// The HTTP server against slow, greedy and malformed clients: what it refuses.
#include "net/server.hpp"
#include "tests/net/raw_client.hpp"
#include "tests/support/catch.hpp"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <vector>

using namespace scaleit;
using namespace scaleit::net;
using namespace scaleit::test;
using namespace std::chrono_literals;

namespace {

/// The answer to `request` and whether the connection was closed in good order.
int refused_with(std::uint16_t port, std::string_view request) {
  raw_client c(port);
  c.send(request);
  const auto a = c.read_answer();
  CHECK(a.has("\r\nConnection: close\r\n"));
  CHECK(a.has("\r\nContent-Type: application/problem+json\r\n"));
  CHECK_THAT(a.body, ContainsSubstring("\"status\":" + std::to_string(a.status) +
                                       ",\"detail\":\""));
  CHECK(c.closed());
  CHECK(c.end() == 0);
  return a.status;
}

}  // namespace

TEST_CASE("a malformed request gets 400 and the connection is closed") {
  server_thread s(hello);
  for (const std::string request : {
           "rubbish\r\n\r\n",
           "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
           "GET / HTTP/1.1\nHost: h\n\n",
           "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: h\r\nX: a\x01 b\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
           "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
           ("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n"
            "Content-Length: 2\r\n\r\nab"),
           "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n",
           ("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n"
            "Transfer-Encoding: chunked\r\n\r\n0"),
           "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
           "\x16\x03\x01\x02 a TLS hello\r\n\r\n",
       }) {
    INFO(request);
    CHECK(refused_with(s.port(), request) == 400);
  }
  raw_client c(s.port());
  CHECK(c.ask(get).status == 200);
}

TEST_CASE("an unsupported transfer coding gets 501, lest its body pass for a request") {
  server_thread s(hello);
  for (const std::string coding :
       {"gzip", "gzip, chunked", "chunked, gzip", "xchunked"}) {
    INFO(coding);
    CHECK(refused_with(s.port(),
                       "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: " + coding +
                           "\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n") == 501);
  }
}

TEST_CASE("a header that is too large gets 431, however it comes") {
  server_thread s(hello, {.header_bytes_max = 1000});
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\n";
  const std::string line(900, 'x');
  CHECK(refused_with(s.port(), "GET /" + std::string(1000, 'x')) == 431);
  CHECK(refused_with(s.port(), start + "X: " + std::string(2000, 'x')) == 431);
  CHECK(refused_with(s.port(), start + "X: " + line + "\r\nY: " + line + "\r\n\r\n") ==
        431);
  raw_client c(s.port());
  for (const auto& part : {start, "X: " + line + "\r\n"}) REQUIRE(c.send(part));
  c.send("Y: " + line + "\r\n\r\n");
  CHECK(c.read_answer().status == 431);
  raw_client fits(s.port());
  CHECK(fits.ask(start + "X: " + line + "\r\n\r\n").status == 200);
}

TEST_CASE("a header of too many fields gets 431") {
  server_thread s(hello);
  std::string fields;
  for (int i = 0; i < 99; ++i) fields += "A" + std::to_string(i) + ":\r\n";
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\n";
  raw_client fits(s.port());
  CHECK(fits.ask(start + fields + "\r\n").status == 200);
  CHECK(refused_with(s.port(), start + fields + "B:\r\n\r\n") == 431);
}

TEST_CASE("a body that is too large gets 413, told by its length or in chunks") {
  server_thread s(hello, {.body_bytes_max = 1000});
  const std::string put = "PUT / HTTP/1.1\r\nHost: h\r\n";
  CHECK(refused_with(s.port(), put + "Content-Length: 1001\r\n\r\n") == 413);
  CHECK(refused_with(s.port(),
                     put + "Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n") ==
        413);
  CHECK(refused_with(s.port(), put + "Content-Length: 200000\r\n\r\n" +
                                   std::string(200000, 'x')) == 413);
  const auto chunk = "1f4\r\n" + std::string(500, 'x') + "\r\n";
  CHECK(refused_with(s.port(), put + "Transfer-Encoding: chunked\r\n\r\n" + chunk +
                                   chunk + chunk) == 413);
  raw_client fits(s.port());
  CHECK(fits.ask(put + "Content-Length: 1000\r\n\r\n" + std::string(1000, 'x')).status ==
        200);
  CHECK(fits.ask(put + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + "0\r\n\r\n")
            .status == 200);
}

TEST_CASE("a chunk's header and the trailer are bounded too") {
  server_thread s(hello, {.header_bytes_max = 1000});
  const std::string put =
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(refused_with(s.port(), put + "1;" + std::string(100000, 'x')) == 400);
  CHECK(refused_with(s.port(), put + "0\r\nX: " + std::string(100000, 'x')) == 400);
}

TEST_CASE("a client that reads nothing after a refusal is let go") {
  server_thread s(hello, {.body_bytes_max = 10, .read_timeout = sat_out(40ms)});
  raw_client c(s.port());
  CHECK(c.ask("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n").status == 413);
  while (s.connections() > 0) std::this_thread::yield();  // it never closes its side
}

// -- time -----------------------------------------------------------------

TEST_CASE("a request that takes too long is given up, though bytes keep coming") {
  server_thread s(hello, {.read_timeout = sat_out(60ms), .idle_timeout = 1h});
  raw_client c(s.port());
  CHECK(c.ask(get).status == 200);
  const auto begin = std::chrono::steady_clock::now();
  c.send("GET / HTTP/1.1\r\nHost: h\r\nX: ");
  while (c.send("x")) {
    std::this_thread::sleep_for(1ms);
    REQUIRE(std::chrono::steady_clock::now() - begin < 5s);
  }
  CHECK(std::chrono::steady_clock::now() - begin >= sat_out(60ms));
}

TEST_CASE("a large body has the time that it needs, a trickle has not") {
  const auto body_bytes = 4 * bounds::transfer_bytes_per_second_min;
  server_thread s(hello, {.body_bytes_max = body_bytes, .read_timeout = sat_out(50ms)});
  const auto put =
      "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body_bytes) +
      "\r\n\r\n";
  raw_client good(s.port());
  good.send(put + std::string(body_bytes - 1, 'x'));
  std::this_thread::sleep_for(4 * sat_out(50ms));  // the body's due is four seconds more
  good.send("x");
  CHECK(good.read_answer().status == 200);
  raw_client trickle(s.port());
  trickle.send(put);
  const auto begin = std::chrono::steady_clock::now();
  while (trickle.send("x")) {
    std::this_thread::sleep_for(2ms);
    REQUIRE(std::chrono::steady_clock::now() - begin < 5s);
  }
}

TEST_CASE("a slow answer goes on as long as it makes progress") {
  const std::size_t size = 12'000'000;
  server_thread s(
      [&](server_request&&, responder r) {
        r.send({200, {}, std::string(size, 'x'), {}});
      },
      {.write_timeout = 500ms});
  raw_client c(s.port(), false, 65536);
  c.send(get);
  const auto begin = std::chrono::steady_clock::now();
  std::size_t read = 0;
  while (read < size) {
    const auto some = c.read_some(200'000);
    REQUIRE_FALSE(some.empty());
    read += some.size();
    std::this_thread::sleep_for(30ms);
  }
  CHECK(std::chrono::steady_clock::now() - begin > 1500ms);  // thrice the time-out
}

TEST_CASE("an idle connection is closed after a while, a new one too") {
  server_thread s(hello, {.idle_timeout = sat_out(40ms)});
  raw_client c(s.port());
  raw_client silent(s.port());
  CHECK(c.ask(get).status == 200);
  CHECK(c.closed());
  CHECK(c.end() == 0);
  CHECK(silent.closed());
}

TEST_CASE("empty lines do not keep a connection from being idle") {
  server_thread s(hello, {.idle_timeout = sat_out(40ms)});
  raw_client c(s.port());
  const auto begin = std::chrono::steady_clock::now();
  while (c.send("\r\n")) {
    std::this_thread::sleep_for(1ms);
    REQUIRE(std::chrono::steady_clock::now() - begin < 5s);
  }
}

TEST_CASE("a client that does not read its answer is given up") {
  server_thread s(
      [](server_request&&, responder r) {
        r.send({200, {}, std::string(8'000'000, 'x'), {}});
      },
      {.write_timeout = sat_out(50ms)});
  raw_client c(s.port(), false, 4096);
  c.send(get);
  while (s.connections() == 0) std::this_thread::yield();
  while (s.connections() > 0) std::this_thread::yield();
  CHECK(c.read_until_close().size() < 8'000'000);
}

TEST_CASE("a slow handler is not hurried by any timeout") {
  std::optional<responder> held;
  const auto any = sat_out(20ms);
  server_thread s([&](server_request&&, responder r) { held.emplace(std::move(r)); },
                  {.read_timeout = any, .write_timeout = any, .idle_timeout = any});
  raw_client c(s.port());
  c.send(get);
  boost::asio::steady_timer later(s.loop().io());
  s.on_loop([&] {
    later.expires_after(3 * any);
    later.async_wait([&](auto) { held->send({200, {}, "at last", {}}); });
  });
  CHECK(c.read_answer().body == "at last");
}

// -- connections ----------------------------------------------------------

TEST_CASE("a full server gives up the connection that was idle longest") {
  server_thread s(hello, {.connections_max = 2});
  raw_client first(s.port());
  CHECK(first.ask(get).status == 200);
  raw_client second(s.port());
  CHECK(second.ask(get).status == 200);
  CHECK(first.ask(get).status == 200);  // now second is the one
  raw_client third(s.port());
  CHECK(third.ask(get).status == 200);
  CHECK(second.closed());
  CHECK(first.ask(get).status == 200);
  CHECK(s.connections() == 2);
}

TEST_CASE("unfinished requests cannot keep a health check out") {
  server_thread s(hello, {.connections_max = 8});
  std::vector<std::unique_ptr<raw_client>> loris;
  for (int i = 0; i < 30; ++i) {
    loris.push_back(std::make_unique<raw_client>(s.port()));
    loris.back()->send("GET / HTTP/1.1\r\nHost:");
  }
  raw_client check(s.port());
  CHECK(check.ask(get).status == 200);
  CHECK(s.connections() <= 8);
}

TEST_CASE("clients that do not read their answers cannot keep a health check out") {
  server_thread s(
      [](server_request&& q, responder r) {
        r.send({200, {}, std::string(q.path == "/big" ? 8'000'000 : 5, 'x'), {}});
      },
      {.connections_max = 4});
  std::vector<std::unique_ptr<raw_client>> mute;
  for (int i = 0; i < 4; ++i) {
    mute.push_back(std::make_unique<raw_client>(s.port(), false, 4096));
    mute.back()->send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  raw_client check(s.port());
  CHECK(check.ask(get).status == 200);  // long before the write timeout of ten seconds
  CHECK(s.connections() <= 4);
}

TEST_CASE("clients that ask for much at once cannot keep a health check out") {
  if (is_over("tls")) return;  // nobody could shake hands while all of them arrive
  int answered = 0;
  std::atomic<int> before{0};  // the check
  boost::asio::io_context* io = nullptr;
  server_thread s(
      [&](server_request&& q, responder r) {
        ++answered;
        if (q.path == "/check") before = answered;
        // As one that is made piece by piece: later, and after others.
        boost::asio::post(*io, [held = std::make_shared<responder>(std::move(r))] {
          held->send({200, {}, "served", {}});
        });
      },
      {.connections_max = 32});
  io = &s.loop().io();
  std::string much;
  for (int i = 0; i < 100; ++i) much += get;
  std::promise<void> all_here;  // nobody is served before
  s.post([&] { all_here.get_future().wait(); });
  std::vector<std::unique_ptr<raw_client>> greedy;
  for (int i = 0; i < 60; ++i) {
    greedy.push_back(std::make_unique<raw_client>(s.port()));
    greedy.back()->send(much);
  }
  raw_client check(s.port());
  check.send("GET /check HTTP/1.1\r\nHost: h\r\n\r\n");
  all_here.set_value();
  CHECK(check.read_answer().status == 200);
  CHECK(before < 600);  // of 6000
  CHECK_THAT(greedy[0]->read_until_close(),
             ContainsSubstring("\r\nConnection: close\r\n"));
}

TEST_CASE("when every connection awaits its answer, the next one waits for room") {
  if (is_over("tls")) return;  // nor could those who wait
  std::vector<responder> held;
  server_thread s(
      [&](server_request&& q, responder r) {
        if (q.path == "/hold")
          held.push_back(std::move(r));
        else
          r.send({200, {}, "served", {}});
      },
      {.connections_max = 2});
  const std::string hold = "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n";
  raw_client a(s.port());
  raw_client b(s.port());
  a.send(hold);
  b.send(hold);
  while (s.on_loop([&] { return held.size(); }) < 2) std::this_thread::yield();
  raw_client c(s.port());
  raw_client d(s.port());
  c.send(get);
  d.send(get);
  CHECK(s.connections() == 2);
  s.on_loop([&] { held[0].send({200, {}, "a", {}}); });
  CHECK(a.read_answer().body == "a");
  CHECK(a.closed());
  CHECK(c.read_answer().body == "served");
  CHECK(d.read_answer().body == "served");
  s.on_loop([&] { held[1].send({200, {}, "b", {}}); });
  CHECK(b.read_answer().body == "b");
}

TEST_CASE("running out of descriptors neither spins nor ends the server") {
  event_loop loop;
  http_server server(loop, {}, hello);
  raw_client first(server.port());
  loop.io().poll();  // accepts it
  REQUIRE(server.connections() == 1);
  raw_client second(server.port());
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  auto low = before;
  low.rlim_cur = 3;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  const auto handlers = loop.io().run_for(250ms);
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(handlers > 0);
  CHECK(handlers < 20);
  CHECK(server.connections() == 1);
  second.send(get);
  loop.io().run_for(150ms);
  CHECK(second.read_answer().status == 200);
}

TEST_CASE("the sweep sleeps while nobody is connected") {
  event_loop loop;
  http_server server(loop, {.idle_timeout = 4ms}, hello);
  { raw_client c(server.port()); }
  loop.io().run_for(30ms);
  CHECK(server.connections() == 0);
  CHECK(loop.io().run_for(30ms) == 0);
}
