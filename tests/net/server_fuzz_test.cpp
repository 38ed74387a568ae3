// The HTTP server against bytes that nobody meant: after any of them it answers the
// next client. Chance has a fixed seed.
#include "net/router.hpp"
#include "tests/net/raw_client.hpp"
#include "tests/support/catch.hpp"

#include <random>
#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::net;
using namespace scaleit::test;

namespace {

router service() {
  router all;
  all.on("GET", "/plain/{x}", [](routed_request&& r, responder a) {
    a.send({200, "text/plain", r.match.segment("x"), {}});
  });
  all.on("PUT", "/body", [](routed_request&& r, responder a) {
    a.send({200, "text/plain", std::move(r.body), {}});
  });
  all.on("GET", "/stream", [](routed_request&&, responder a) {
    auto w = a.stream({200, "text/plain", {}, {}}, {.finite = true});
    for (int i = 0; i < 10; ++i) w.write("piece\n");
    w.end();
  });
  return all;
}

void still_answers(server_thread& s) {
  raw_client c(s.port());
  REQUIRE(c.ask("GET /plain/fine HTTP/1.1\r\nHost: h\r\n\r\n").body == "fine");
}

const std::vector<std::string> requests{
    "GET /plain/a%20b?x=1 HTTP/1.1\r\nHost: h\r\nAccept: a\r\nAccept: b\r\n\r\n",
    ("PUT /body HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n"
     "Expect: 100-continue\r\n\r\nhello"),
    ("PUT /body HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
     "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n"),
    "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
    "HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /stream HTTP/1.0\r\n\r\n"};

}  // namespace

TEST_CASE("pipelined requests cut at any byte are answered alike, or not at all") {
  server_thread s(service());
  std::string all;
  for (const auto& r : requests) all += r;
  std::string whole;
  {
    raw_client c(s.port());
    c.send(all);
    whole = c.read_until_close();
    CHECK(whole.ends_with("piece\n"));
  }
  for (std::size_t cut = 0; cut < all.size(); ++cut) {
    INFO(cut);
    raw_client torn(s.port());  // its end is missing
    torn.send(all.substr(0, cut));
    raw_client c(s.port());
    c.send(all.substr(0, cut));
    s.on_loop([] {});  // the loop has turned: most of the pieces do not meet again
    c.send(all.substr(cut));
    // Not compared with the whole, byte by byte: the dates may differ.
    const auto answers = c.read_until_close();
    CHECK(answers.ends_with("piece\n"));
    CHECK(answers.find(" 400 ") == std::string::npos);
    torn.half_close();
    torn.read_until_close();
    CHECK(torn.end() == 0);
  }
  still_answers(s);
}

TEST_CASE("random bytes, and requests with some of them changed, end in an answer") {
  server_thread s(service());
  std::mt19937_64 random(7);
  const auto pick = [&](std::size_t n) { return random() % n; };
  for (int round = 0; round < tries(2000); ++round) {
    std::string bytes;
    if (round % 4 == 0) {
      for (auto n = pick(300); n > 0; --n) bytes += static_cast<char>(pick(256));
    } else {
      for (auto n = 1 + pick(3); n > 0; --n) bytes += requests[pick(requests.size())];
      for (auto n = 1 + pick(4); n > 0; --n) {
        const auto at = pick(bytes.size());
        switch (pick(4)) {
          case 0:
            bytes[at] = static_cast<char>(pick(256));
            break;
          case 1:
            bytes.erase(at, 1 + pick(8));
            break;
          case 2:
            bytes.insert(at, 1 + pick(3), "\r\n :0%/\0a"[pick(9)]);
            break;
          default:
            bytes.insert(at, bytes.substr(pick(bytes.size()), pick(40)));
        }
        if (bytes.empty()) bytes = "x";
      }
    }
    INFO(round);
    raw_client c(s.port());
    c.send(bytes);
    c.half_close();
    c.read_until_close();
    CAPTURE(c.end());
    REQUIRE((c.end() == 0 || c.end() == ECONNRESET));  // and not EAGAIN, which is a hang
  }
  still_answers(s);
  while (s.connections() > 0) std::this_thread::yield();
  CHECK(s.streams() == 0);
}
