// What the client makes of answers: good, odd, cut, huge and wrong ones.
#include "tests/net/client_fixture.hpp"

using namespace scaleit;
using namespace scaleit::test;

namespace {

/// The answer to a GET when the server sends `bytes` and then closes.
http_response get_and_close(const std::string& bytes, net::client_options options = {}) {
  unruly_server server{[&](peer& p) {
    p.read_request();
    p.send(bytes);
    p.close();
  }};
  client_fixture f{std::move(options)};
  return f.get(server.url());
}

}  // namespace

TEST_CASE("the client sends what was prepared and reads a plain answer") {
  unruly_server server{answer_always(ok(R"({"replicas":2})"))};
  client_fixture f;
  http_request r;
  r.url = server.url("/app/status?x=1#part");
  r.headers = {{"Authorization", "Bearer s3cret"}, {"accept", "text/plain"}};
  const auto got = f.send(r);
  check_ok(got, R"({"replicas":2})");
  CHECK(got.took.count() > 0);
  CHECK(server.requests().at(0) == "GET /app/status?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" +
                                       std::to_string(server.port()) +
                                       "\r\nUser-Agent: scaleit/" SCALEIT_VERSION
                                       "\r\nAccept-Encoding: identity"
                                       "\r\nAuthorization: Bearer s3cret\r\n"
                                       "accept: text/plain\r\n\r\n");
}

TEST_CASE("the client sends a body with its type and length") {
  unruly_server server{answer_always("HTTP/1.1 204 No Content\r\n\r\n")};
  client_fixture f;
  check_ok(f.put(server.url("/app/replicas")), "", 204);
  CHECK_THAT(server.requests().at(0), StartsWith("PUT /app/replicas HTTP/1.1\r\n"));
  CHECK_THAT(server.requests().at(0),
             ContainsSubstring("\r\nContent-Type: application/json\r\n"
                               "Content-Length: 14\r\n\r\n{\"rep"));
  // A 204 has no body, so the connection can carry the next request.
  check_ok(f.put(server.url("/app/replicas")), "", 204);
  CHECK(server.connections() == 1);
}

TEST_CASE("the client sends a body larger than the socket's buffer") {
  unruly_server server{answer_always(ok("yes"))};
  client_fixture f;
  const std::string body(8 * 1024 * 1024, 'x');
  check_ok(f.put(server.url(), body, 20s), "yes");
  CHECK_THAT(server.requests().at(0), ContainsSubstring("Content-Length: 8388608\r\n"));
  CHECK(server.requests().at(0).size() > body.size());
}

TEST_CASE("the client takes any status for an answer") {
  for (const int status : {201, 304, 400, 404, 500, 503, 599}) {
    const auto line = "HTTP/1.1 " + std::to_string(status) + " Whatever\r\n";
    const std::string body = status == 304 ? "" : "why";
    check_ok(get_and_close(line + "Content-Length: " + std::to_string(body.size()) +
                           "\r\n\r\n" + body),
             body, status);
  }
}

TEST_CASE("the client puts an answer together that comes byte by byte") {
  unruly_server server{[](peer& p) {
    while (!p.read_request().empty()) p.send_bytewise(ok(R"({"cpu":0.5})", "X-A: b\r\n"));
  }};
  client_fixture f;
  check_ok(f.get(server.url()), R"({"cpu":0.5})");
  check_ok(f.get(server.url()), R"({"cpu":0.5})");
}

TEST_CASE("the client reads chunked answers, with extensions and trailers") {
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;a=b\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nX-Trailer: x\r\n\r\n";
  unruly_server server{[&](peer& p) {
    p.read_request();
    p.send(chunked);
    while (!p.read_request().empty()) p.send_bytewise(chunked);
  }};
  client_fixture f;
  check_ok(f.get(server.url()), "hello world");
  check_ok(f.get(server.url()), "hello world");
  CHECK(server.connections() == 1);
}

TEST_CASE("the client reads HTTP/1.0, with a length and until the end") {
  check_ok(get_and_close("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"), "hi");
  check_ok(get_and_close("HTTP/1.0 200 OK\r\n\r\nup to the end"), "up to the end");
  check_ok(get_and_close("HTTP/1.1 200 OK\r\n\r\nup to the end"), "up to the end");
}

TEST_CASE("the client reads an answer to the end although more of it comes late") {
  unruly_server server{[](peer& p) {
    p.read_request();
    p.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
    std::this_thread::sleep_for(60ms);  // longer than any write is held back
    p.send("67890");
    p.wait_until_closed();
  }};
  client_fixture f;
  check_ok(f.get(server.url()), "1234567890");
}

TEST_CASE("the client skips interim answers, but not for ever") {
  const std::string interim =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n";
  check_ok(get_and_close(interim + ok("real")), "real");
  std::string many;
  for (int i = 0; i < 10; ++i) many += interim;
  check_failed(get_and_close(many + ok("real")), failure_kind::http,
               "too many interim answers");
  check_failed(get_and_close("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
               failure_kind::http, "it switches protocols (101)");
}

TEST_CASE("the client calls bytes that are not HTTP an http failure") {
  for (const std::string bytes :
       {"garbage\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 two hundred OK\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 20\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n"}) {
    const auto r = get_and_close(bytes);
    INFO(bytes);
    check_failed(r, failure_kind::http, "is not HTTP: ");
  }
  check_failed(get_and_close(std::string{"\0\1\2\3\xff\xfe", 6}), failure_kind::http, "");
  check_failed(get_and_close("SSH-2.0-OpenSSH_9.2\r\n"), failure_kind::http,
               "it begins with 'SSH-2.0-OpenSSH_9.2'");
}

TEST_CASE("the client names what is wrong with HTTP it cannot read") {
  const std::string ok_line = "HTTP/1.1 200 OK\r\n";
  const std::string chunks = ok_line + "Transfer-Encoding: chunked\r\n\r\n";
  const auto check = [](const std::string& bytes, const std::string& why) {
    INFO(bytes);
    check_failed(get_and_close(bytes), failure_kind::http, "is faulty HTTP: " + why);
  };
  check(ok_line + "Content-Length: -1\r\n\r\n", "its Content-Length is '-1'");
  check(ok_line + "Content-Length: 1x\r\n\r\na", "its Content-Length is '1x'");
  check(ok_line + "Content-Length: 99999999999999999999\r\n\r\na",
        "its Content-Length is");
  check(ok_line + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "it has two Content-Lengths, 1 and 2");
  check(chunks + "zz\r\n", "the size of a chunk is 'zz'");
  check(chunks + "\r\n", "the size of a chunk is ''");
  check(chunks + "fffffffffffffffff\r\n", "the size of a chunk is");
  check(chunks + "2\r\nabc\r\n", "a chunk is longer than its size");
}

TEST_CASE("the client bounds the header of an answer") {
  const std::string many =
      "HTTP/1.1 200 OK\r\nX-Long: " + std::string(40'000, 'x') + "\r\n\r\n";
  check_failed(get_and_close(many), failure_kind::http, "larger than 16384 bytes");
  std::string fields = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 5000; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
  check_failed(get_and_close(fields + "\r\n"), failure_kind::http,
               "larger than 16384 bytes");
  check_failed(get_and_close("HTTP/1.1 200 " + std::string(100'000, 'x')),
               failure_kind::http, "larger than 16384 bytes");
}

TEST_CASE("the client bounds the header of an answer that never ends") {
  unruly_server server{[](peer& p) {
    p.read_request();
    p.send("HTTP/1.1 200 OK\r\n");
    while (p.send("X-Again: and again\r\n")) {
    }
  }};
  client_fixture f;
  check_failed(f.get(server.url()), failure_kind::http, "larger than 16384 bytes");
}

TEST_CASE("the client bounds the trailers and chunk extensions of an answer") {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  check_failed(
      get_and_close(head + "1;x=" + std::string(200'000, 'x') + "\r\na\r\n0\r\n\r\n"),
      failure_kind::http, "");
  std::string trailers = head + "1\r\na\r\n0\r\n";
  for (int i = 0; i < 20'000; ++i) trailers += "X-" + std::to_string(i) + ": y\r\n";
  check_failed(get_and_close(trailers + "\r\n"), failure_kind::http, "");
}

TEST_CASE("the client bounds the body of an answer") {
  const std::string sentence = "answer is larger than 1048576 bytes";
  SECTION("announced by its length") {
    check_failed(get_and_close("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nabc"),
                 failure_kind::body, sentence);
  }
  SECTION("just below and just above") {
    check_ok(get_and_close(ok(std::string(1'048'576, 'x'))), std::string(1'048'576, 'x'));
    check_failed(get_and_close(ok(std::string(1'048'577, 'x'))), failure_kind::body,
                 sentence);
  }
  SECTION("chunked, without an end") {
    unruly_server server{[](peer& p) {
      p.read_request();
      p.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (p.send("1000\r\n" + std::string(4096, 'x') + "\r\n")) {
      }
    }};
    client_fixture f;
    check_failed(f.get(server.url()), failure_kind::body, sentence);
    CHECK(f.client->stats().connections_open == 0);
  }
  SECTION("until the end, which never comes") {
    unruly_server server{[](peer& p) {
      p.read_request();
      p.send("HTTP/1.0 200 OK\r\n\r\n");
      while (p.send(std::string(4096, 'x'))) {
      }
    }};
    client_fixture f;
    check_failed(f.get(server.url()), failure_kind::body, sentence);
  }
}

TEST_CASE("the client tells how much of a cut answer it got") {
  check_failed(get_and_close("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234"),
               failure_kind::body, "ended after 4 of 10 bytes");
  check_failed(
      get_and_close("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n"),
      failure_kind::body, "ended after 4 bytes");
  check_failed(get_and_close("HTTP/1.1 200 OK\r\nConte"), failure_kind::http,
               "ended in its header");
  const auto r = get_and_close("HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\n");
  check_failed(r, failure_kind::body, "ended after 0 of 10 bytes");
  CHECK(r.error->http_status == 503);
}

TEST_CASE("the client reports a reset in the middle of an answer") {
  unruly_server server{[](peer& p) {
    p.read_request();
    p.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234");
    p.read_request();  // the client closes after the timeout; a reset needs to be read
                       // first
  }};
  unruly_server resetting{[](peer& p) {
    p.read_request();
    p.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234");
    std::this_thread::sleep_for(50ms);  // a reset throws away what was not read
    p.reset();
  }};
  client_fixture f;
  check_failed(f.get(resetting.url()), failure_kind::body,
               "broke off after 4 of 10 bytes");
  check_failed(f.get(server.url(), 100ms), failure_kind::timeout,
               "incomplete after 100ms: 4 of 10 bytes");
}

TEST_CASE("the client reports a reset before the answer") {
  unruly_server server{[](peer& p) {
    p.read_request();
    p.reset();
  }};
  client_fixture f;
  check_failed(f.get(server.url()), failure_kind::connect, "before an answer");
  CHECK(server.connections() == 1);  // a fresh connection: not sent again
}

TEST_CASE("the client reads an answer that comes before the request is through") {
  unruly_server server{[](peer& p) {
    p.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    p.wait_until_closed();
  }};
  client_fixture f;
  check_ok(f.put(server.url(), std::string(16 * 1024 * 1024, 'x')), "", 413);
  CHECK(f.client->stats().connections_open == 0);
}
