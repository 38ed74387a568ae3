// Answers that are handed on as they arrive.
#include "tests/net/client_fixture.hpp"

using namespace scaleit;
using namespace scaleit::test;

namespace {

struct streamed {
  std::optional<net::http_head> head;
  std::string body;
  std::size_t chunks = 0, largest = 0;
  std::optional<net::http_end> end;

  net::stream_handlers handlers() {
    return {[this](net::http_head&& h) {
              CHECK_FALSE(head);
              head = std::move(h);
            },
            [this](std::string_view bytes) {
              CHECK(head);
              CHECK_FALSE(bytes.empty());
              body += bytes;
              ++chunks;
              largest = std::max(largest, bytes.size());
            },
            [this](net::http_end&& e) {
              CHECK_FALSE(end);
              end = std::move(e);
            }};
  }
};

net::prepared_ptr a_watch(const std::string& url, std::chrono::milliseconds silence = 2s,
                          verb method = verb::get) {
  http_request r;
  r.method = method;
  r.url = url;
  r.silence = silence;
  return net::prepare(r);
}

const std::string chunked_head =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n";

}  // namespace

TEST_CASE("a stream is handed on while it arrives") {
  std::atomic<bool> go = false;
  unruly_server server{[&](peer& p) {
    p.read_request();
    p.send(chunked_head + "5\r\nfirst\r\n");
    while (!go) std::this_thread::yield();
    p.send("6\r\nsecond\r\n0\r\n\r\n");
    p.read_request();
    p.send(ok("again"));
    p.wait_until_closed();
  }};
  client_fixture f;
  streamed s;
  f.client->stream(a_watch(server.url()), s.handlers());
  CHECK_FALSE(s.head);
  REQUIRE(f.until([&] { return s.body == "first"; }));
  CHECK(s.head->status == 200);
  CHECK(s.head->headers ==
        std::vector<header>{{"Transfer-Encoding", "chunked"}, {"X-A", "b"}});
  CHECK_FALSE(s.end);
  go = true;
  REQUIRE(f.until([&] { return s.end.has_value(); }));
  CHECK(s.body == "firstsecond");
  CHECK_FALSE(s.end->error);
  CHECK(s.end->took.count() > 0);
  check_ok(f.get(server.url()), "again");
  CHECK(server.connections() == 1);
}

TEST_CASE("a stream may be longer than any answer, in pieces of bounded size") {
  constexpr std::size_t total = 5'000'000;
  unruly_server server{answer_always(ok(std::string(total, 'x')))};
  client_fixture f;
  streamed s;
  f.client->stream(a_watch(server.url()), s.handlers());
  REQUIRE(f.until([&] { return s.end.has_value(); }));
  CHECK_FALSE(s.end->error);
  CHECK(s.body.size() == total);
  CHECK(s.largest <= 64 * 1024);
}

TEST_CASE("a stream may last as long as it says something") {
  unruly_server server{[](peer& p) {
    p.read_request();
    p.send(chunked_head);
    for (int i = 0; i < 10 && p.send("1\r\nx\r\n"); ++i)
      std::this_thread::sleep_for(30ms);
    p.wait_until_closed();
  }};
  client_fixture f;
  streamed s;
  f.client->stream(a_watch(server.url(), 150ms), s.handlers());
  REQUIRE(f.until([&] { return s.end.has_value(); }));
  CHECK(s.body == std::string(10, 'x'));
  REQUIRE(s.end->error);
  CHECK(s.end->error->kind == failure_kind::timeout);
  CHECK_THAT(s.end->error->detail,
             ContainsSubstring("fell silent for 150ms, after 10 bytes"));
  CHECK(f.client->stats().connections_open == 0);
}

TEST_CASE("a stream that breaks says so at its end") {
  unruly_server server{[](peer& p) {
    p.read_request();
    p.send(chunked_head + "5\r\nfirst\r\n");
    p.close();
  }};
  client_fixture f;
  streamed s;
  f.client->stream(a_watch(server.url()), s.handlers());
  REQUIRE(f.until([&] { return s.end.has_value(); }));
  CHECK(s.body == "first");
  REQUIRE(s.end->error);
  CHECK(s.end->error->kind == failure_kind::body);
}

TEST_CASE("a stream that does not come about has no head") {
  client_fixture f;
  streamed s;
  f.client->stream(a_watch("http://127.0.0.1:" + std::to_string(closed_port())),
                   s.handlers());
  REQUIRE(f.until([&] { return s.end.has_value(); }));
  CHECK_FALSE(s.head);
  CHECK(s.end->error->kind == failure_kind::connect);
}

TEST_CASE("a stream follows redirects and tells of errors in full") {
  unruly_server server{[](peer& p) {
    for (auto r = p.read_request(); !r.empty(); r = p.read_request())
      p.send(r.find(" /from ") != std::string::npos
                 ? "HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: 4\r\n\r\ngone"
                 : "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone");
  }};
  client_fixture f;
  streamed s;
  f.client->stream(a_watch(server.url("/from")), s.handlers());
  REQUIRE(f.until([&] { return s.end.has_value(); }));
  CHECK(s.head->status == 404);
  CHECK(s.body == "none");
}

TEST_CASE("a stream may be cancelled, and its client destroyed, by what it hears") {
  unruly_server server{[](peer& p) {
    p.read_request();
    p.send(chunked_head);
    while (p.send("5\r\nagain\r\n")) {
    }
  }};
  client_fixture f;
  net::http_client::ticket t = 0;
  bool heard = false;
  const bool destroy = GENERATE(true, false);
  const bool at_head = GENERATE(true, false);
  const auto token = std::make_shared<int>();
  const auto leave = [&, token] {
    heard = true;
    if (destroy)
      f.client.reset();
    else
      f.client->cancel(t);
  };
  net::stream_handlers h;
  h.on_head = [=](net::http_head&&) {
    if (at_head) leave();
  };
  h.on_chunk = [=](std::string_view) {
    if (!at_head) leave();
  };
  h.on_end = [](net::http_end&&) { FAIL(); };
  t = f.client->stream(a_watch(server.url()), std::move(h));
  REQUIRE(f.until([&] { return heard; }));
  f.loop.io().run_for(10ms);
  if (!destroy) CHECK(f.client->stats().connections_open == 0);
}

TEST_CASE("the client speaks every method") {
  unruly_server server{[](peer& p) {
    for (auto r = p.read_request(); !r.empty(); r = p.read_request())
      p.send(r.starts_with("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
                                   : ok(r.substr(0, r.find(' '))));
  }};
  client_fixture f;
  const auto ask = [&](verb m) {
    http_request r;
    r.method = m;
    r.url = server.url();
    return f.send(r);
  };
  check_ok(ask(verb::delete_), "DELETE");
  check_ok(ask(verb::options), "OPTIONS");
  check_ok(ask(verb::head), "");
  check_ok(ask(verb::post), "POST");
  check_ok(ask(verb::patch), "PATCH");
  CHECK(server.connections() == 1);
  CHECK_THAT(server.requests().at(0), !ContainsSubstring("Content-Length"));
  CHECK_THAT(server.requests().at(3), ContainsSubstring("Content-Length: 0"));
}
