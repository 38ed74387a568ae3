// The HTTP server against well-behaved clients: what it answers.
#include "net/server.hpp"

#include "tests/net/raw_client.hpp"
#include "tests/support/catch.hpp"

#include <stdexcept>
#include <vector>

using namespace scaleit;
using namespace scaleit::net;
using namespace scaleit::test;

namespace {

/// Says what the server understood.
void echo(server_request&& q, responder r) {
  const auto header = [&](std::string_view name) {
    return std::string(q.header(name).value_or(""));
  };
  r.send({200,
          "text/plain",
          q.method + "|" + q.path + "|" + q.query + "|" + header("accept") + "|" +
              header("CONTENT-TYPE") + "|" + q.body,
          {}});
}

}  // namespace

TEST_CASE("an answer carries date, server, type and length") {
  server_thread s(hello);
  raw_client c(s.port());
  const auto a = c.ask(get);
  CHECK(a.status == 200);
  CHECK(a.body == "hello");
  CHECK_THAT(a.head, StartsWith("HTTP/1.1 200 OK\r\n"));
  CHECK(a.has("\r\nContent-Length: 5\r\n"));
  CHECK(a.has("\r\nContent-Type: text/plain\r\n"));
  CHECK(a.has("\r\nServer: scaleit/" SCALEIT_VERSION "\r\n"));
  const auto date = a.head.find("\r\nDate: ");
  REQUIRE(date != std::string::npos);
  CHECK(a.head.substr(date + 8 + 25, 6) == " GMT\r\n");
  CHECK_FALSE(a.has("Connection:"));
}

TEST_CASE("the handler sees method, path, query, headers and body") {
  server_thread s(echo);
  raw_client c(s.port());
  CHECK(c.ask("PUT /a/b?x=1&y=?2 HTTP/1.1\r\nhOST: h\r\nACCEPT: text/plain\r\nAccept: "
              "*/*\r\n"
              "content-type: application/json\r\nContent-Length: 3\r\n\r\nabc")
            .body == "PUT|/a/b|x=1&y=?2|text/plain, */*|application/json|abc");
  CHECK(c.ask("GET http://h:80/p?q HTTP/1.1\r\nHost: h\r\n\r\n").body == "GET|/p|q|||");
  CHECK(c.ask("GET http://h HTTP/1.1\r\nHost: h\r\n\r\n").body == "GET|/||||");
  CHECK(c.ask("GET http://h?q HTTP/1.1\r\nHost: h\r\n\r\n").body == "GET|/|q|||");
  CHECK(c.ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").body == "OPTIONS|*||||");
  CHECK(c.ask("get /x HTTP/1.1\r\nHost: h\r\n\r\n").body == "get|/x||||");
}

TEST_CASE("every header reaches the handler, whatever its case; lines are joined") {
  server_thread s([](server_request&& q, responder r) {
    std::string all;
    for (const auto& h : q.headers) all += h.name + "=" + h.value + ";";
    const auto given = [&](std::string_view name) {
      const auto value = q.header(name);
      return value ? "[" + std::string(*value) + "]" : std::string("none");
    };
    r.send({200, {}, all + given("last-event-id") + given("IF-MATCH") + given("X"), {}});
  });
  raw_client c(s.port());
  CHECK(c.ask("GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer x\r\n"
              "Last-Event-ID: 7\r\nif-none-match: \"a\"\r\nIf-Match:\r\n"
              "If-None-Match: \"b\"\r\n\r\n")
            .body ==
        "Host=h;Authorization=Bearer x;Last-Event-ID=7;if-none-match=\"a\", "
        "\"b\";If-Match=;[7][]none");
}

TEST_CASE("one connection carries many requests") {
  server_thread s(hello);
  raw_client c(s.port());
  for (int i = 0; i < 5; ++i) CHECK(c.ask(get).status == 200);
  CHECK(s.connections() == 1);
}

TEST_CASE("pipelined requests are answered in order, one at a time") {
  std::vector<responder> held;
  server_thread s([&](server_request&& q, responder r) {
    if (q.path == "/later")
      held.push_back(std::move(r));
    else
      r.send({200, {}, q.path, {}});
  });
  raw_client c(s.port());
  c.send(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /later HTTP/1.1\r\nHost: h\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxx\r\n"
      "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(c.read_answer().body == "/1");
  s.eventually([&] { return !held.empty(); });
  s.on_loop([&] { held.at(0).send({200, {}, "late", {}}); });
  CHECK(c.read_answer().body == "late");
  CHECK(c.read_answer().body == "/2");
  CHECK(c.read_answer().body == "/3");
}

TEST_CASE("between two requests that came at once the loop does what else there is") {
  std::string order;
  net::event_loop* loop = nullptr;
  server_thread s([&](server_request&&, responder r) {
    order += 'r';
    boost::asio::post(loop->io(), [&] { order += '-'; });
    r.send({200, {}, "served", {}});
  });
  loop = &s.loop();
  raw_client c(s.port());
  c.send(std::string(get) + get + get);
  for (int i = 0; i < 3; ++i) CHECK(c.read_answer().body == "served");
  s.eventually([&] { return order.size() == 6; });
  CHECK(s.on_loop([&] { return order; }) == "r-r-r-");
}

TEST_CASE("a request may come byte by byte") {
  server_thread s(echo);
  raw_client c(s.port());
  for (char b :
       std::string("\r\nPOST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody"))
    REQUIRE(c.send({&b, 1}));
  CHECK(c.read_answer().body == "POST|/x||||body");
}

TEST_CASE("a chunked body is put together and its trailer ignored") {
  server_thread s(echo);
  raw_client c(s.port());
  CHECK(c.ask("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
              "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nAccept: trailer\r\n\r\n")
            .body == "POST|/x||||abcde");
  CHECK(c.ask(get).status == 200);
}

TEST_CASE("HTTP/1.0 closes unless the client asks to keep the connection") {
  server_thread s(hello);
  raw_client c(s.port());
  const auto kept = c.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(kept.status == 200);
  CHECK(kept.has("\r\nConnection: keep-alive\r\n"));
  const auto last = c.ask("GET / HTTP/1.0\r\n\r\n");
  CHECK(last.body == "hello");
  CHECK(last.has("\r\nConnection: close\r\n"));
  CHECK(c.closed());
  CHECK(c.end() == 0);
}

TEST_CASE("Connection: close is obeyed") {
  server_thread s(hello);
  raw_client c(s.port());
  const auto a = c.ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK(a.has("\r\nConnection: close\r\n"));
  CHECK(a.body == "hello");
  CHECK(c.closed());
  CHECK(c.end() == 0);
}

TEST_CASE("HEAD is answered like GET, without the body") {
  server_thread s(echo);
  raw_client c(s.port());
  c.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto a = c.read_answer(true);
  CHECK(a.has("HTTP/1.1 200 OK\r\n"));
  CHECK(a.has("\r\nContent-Length: 11\r\n"));
  CHECK(c.ask(get).body == "GET|/x||||");  // so nothing followed the header
}

TEST_CASE("204 and 304 carry neither length nor body") {
  server_thread s([](server_request&& q, responder r) {
    r.send({q.path == "/304" ? 304 : 204, {}, "ignored", {}});
  });
  raw_client c(s.port());
  const auto a = c.ask("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  CHECK(a.status == 204);
  CHECK_FALSE(a.has("Content-Length"));
  const auto b = c.ask("GET /304 HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(b.status == 304);
  CHECK_FALSE(b.has("Content-Length"));
  CHECK(c.ask(get).status == 204);
}

TEST_CASE("an empty answer has length 0") {
  server_thread s([](server_request&&, responder r) { r.send({404, {}, {}, {}}); });
  raw_client c(s.port());
  const auto a = c.ask(get);
  CHECK(a.status == 404);
  CHECK(a.has("HTTP/1.1 404 Not Found\r\n"));
  CHECK(a.has("\r\nContent-Length: 0\r\n"));
}

TEST_CASE("the handler's further headers are sent") {
  server_thread s([](server_request&&, responder r) {
    r.send({405, {}, {}, {{"Allow", "GET"}, {"X-Y", "z"}}});
  });
  raw_client c(s.port());
  const auto a = c.ask(get);
  CHECK(a.has("\r\nAllow: GET\r\nX-Y: z\r\n"));
}

TEST_CASE("a header that would split the answer becomes a 500") {
  server_thread s([](server_request&& q, responder r) {
    if (q.path == "/type")
      r.send({200, "text/plain\r\nEvil: 1", "x", {}});
    else if (q.path == "/status")
      r.send({100, {}, "x", {}});
    else if (q.path == "/length")
      r.send({200, {}, "x", {{"content-length", "100"}}});
    else if (q.path == "/name")
      r.send({200, {}, "x", {{"A: b", "Evil"}}});
    else
      r.send({200, {}, "x", {{"Location", "/\r\nEvil: 1"}}});
  });
  raw_client c(s.port());
  for (const auto* path : {"/type", "/status", "/length", "/name", "/header"}) {
    const auto a = c.ask(std::string("GET ") + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(a.status == 500);
    CHECK_FALSE(a.has("Evil"));
    CHECK_FALSE(a.has("100"));
  }
}

TEST_CASE("Expect: 100-continue is answered before the body comes") {
  server_thread s(echo);
  raw_client c(s.port());
  c.send(
      "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(c.read_answer().head == "HTTP/1.1 100 Continue\r\n\r\n");
  c.send("o");
  c.send("k");
  CHECK(c.read_answer().body == "PUT|/||||ok");
  // A client that does not wait gets only the final answer.
  CHECK(c.ask("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: "
              "2\r\n\r\nok")
            .status == 200);
}

TEST_CASE("a client that half-closes still gets its answers") {
  std::vector<responder> held;
  server_thread s([&](server_request&& q, responder r) {
    if (q.path == "/later")
      held.push_back(std::move(r));
    else
      r.send({200, {}, "now", {}});
  });
  raw_client c(s.port());
  c.send("GET /now HTTP/1.1\r\nHost: h\r\n\r\nGET /later HTTP/1.1\r\nHost: h\r\n\r\n");
  c.half_close();
  CHECK(c.read_answer().body == "now");
  s.eventually([&] { return !held.empty(); });
  s.on_loop([&] { held.at(0).send({200, {}, "later", {}}); });
  CHECK(c.read_answer().body == "later");
  CHECK(c.closed());
  CHECK(c.end() == 0);
}

TEST_CASE("a large answer reaches a client with a small window") {
  const std::string big(4'000'000, 'x');
  server_thread s([&](server_request&&, responder r) { r.send({200, {}, big, {}}); });
  raw_client c(s.port(), false, 4096);
  CHECK(c.ask(get).body.size() == big.size());
  CHECK(c.ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").body == big);
}

// -- the responder --------------------------------------------------------

TEST_CASE("a responder dropped unanswered answers 500") {
  server_thread s([](server_request&&, responder) {});
  raw_client c(s.port());
  CHECK(c.ask(get).status == 500);
  CHECK(c.ask(get).status == 500);
}

TEST_CASE("a responder that is assigned over answers for what it held") {
  std::vector<responder> held;
  server_thread s([&](server_request&&, responder r) { held.push_back(std::move(r)); });
  raw_client a(s.port());
  a.send(get);
  while (s.on_loop([&] { return held.size(); }) < 1) std::this_thread::yield();
  raw_client b(s.port());
  b.send(get);
  while (s.on_loop([&] { return held.size(); }) < 2) std::this_thread::yield();
  s.on_loop([&] {
    held[0] = std::move(held[1]);
    held[0].send({200, {}, "b", {}});
    held[0].send({200, {}, "again", {}});  // only the first counts
  });
  CHECK(a.read_answer().status == 500);
  CHECK(b.read_answer().body == "b");
}

TEST_CASE("a handler that throws costs one 500") {
  server_thread s([](server_request&& q, responder r) {
    if (q.path == "/throw") throw std::runtime_error("bug");
    r.send({200, {}, "fine", {}});
  });
  raw_client c(s.port());
  CHECK(c.ask("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n").status == 500);
  CHECK(c.ask(get).body == "fine");
}

TEST_CASE("an answer for a client that has gone is dropped") {
  std::vector<responder> held;
  server_thread s([&](server_request&&, responder r) { held.push_back(std::move(r)); });
  {
    raw_client c(s.port());
    c.send(get);
    while (s.on_loop([&] { return held.size(); }) < 1) std::this_thread::yield();
  }
  s.on_loop([&] { held[0].send({200, {}, std::string(1'000'000, 'x'), {}}); });
  while (s.connections() > 0) std::this_thread::yield();
}

TEST_CASE("responders may outlive the server and its loop") {
  std::vector<responder> held;
  {
    server_thread s([&](server_request&&, responder r) { held.push_back(std::move(r)); });
    raw_client a(s.port());
    raw_client b(s.port());
    a.send(get);
    b.send(get);
    while (s.on_loop([&] { return held.size(); }) < 2) std::this_thread::yield();
    s.stop();
    CHECK(a.closed());
    CHECK(b.closed());
  }
  held[0].send({200, {}, "late", {}});
}

TEST_CASE("a cut answer has the full length and part of the body") {
  server_thread s([](server_request&&, responder r) {
    r.send_cut({200, {}, "0123456789", {}}, 4);
  });
  raw_client c(s.port());
  c.send(get);
  const auto all = c.read_until_close();
  CHECK_THAT(all, ContainsSubstring("\r\nContent-Length: 10\r\n"));
  CHECK(all.substr(all.find("\r\n\r\n") + 4) == "0123");
  CHECK(c.end() == 0);
}

TEST_CASE("reset ends the connection with RST and no answer") {
  server_thread s([](server_request&&, responder r) { r.reset(); });
  raw_client c(s.port());
  c.send(get);
  CHECK(c.read_until_close().empty());
  if (!is_over("unix")) CHECK(c.end() == ECONNRESET);
  CHECK(s.connections() == 0);
}
