// Answers that are not quite as RFC 9112 has them, and that every client takes.
#include "tests/net/client_fixture.hpp"

using namespace scaleit;
using namespace scaleit::test;

namespace {

const std::string document = R"({"replicas":2})";  // 14 bytes

struct odd_answer {
  const char* name;
  std::string bytes;
  int status = 200;
  std::string body = document;
};

const std::vector<odd_answer> odd_answers{
    {"no space behind the status",
     "HTTP/1.1 200\r\nContent-Length: 14\r\n\r\n" + document},
    {"no space behind a 204", "HTTP/1.1 204\r\n\r\n", 204, ""},
    {"several spaces in the status line",
     "HTTP/1.1   200   fine\r\nContent-Length: 14\r\n\r\n" + document},
    {"a reason above ASCII",
     "HTTP/1.1 200 \xe9\xff\r\nContent-Length: 14\r\n\r\n" + document},
    {"lower case", "http/1.1 200 ok\r\ncontent-length: 14\r\n\r\n" + document},
    {"a version without its minor",
     "HTTP/1 200 OK\r\nContent-Length: 14\r\n\r\n" + document},
    {"a later minor version", "HTTP/1.2 200 OK\r\nContent-Length: 14\r\n\r\n" + document},
    {"LF alone", "HTTP/1.1 200 OK\nContent-Length: 14\n\n" + document},
    {"LF here and CRLF there",
     "HTTP/1.1 200 OK\nContent-Length: 14\r\nX: y\n\r\n" + document},
    {"blank lines first",
     "\r\n\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n" + document},
    {"an empty field name",
     "HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 14\r\n\r\n" + document},
    {"a line that is no field",
     "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 14\r\n\r\n" + document},
    {"characters that no name may hold",
     "HTTP/1.1 200 OK\r\nX (y)@: z\r\nContent-Length: 14\r\n\r\n" + document},
    {"a blank before the colon",
     "HTTP/1.1 200 OK\r\nContent-Length \t: 14\r\n\r\n" + document},
    {"no blank behind the colon, and some at the end",
     "HTTP/1.1 200 OK\r\nContent-Length:14 \t \r\n\r\n" + document},
    {"a folded field",
     "HTTP/1.1 200 OK\r\nX: a\r\n  b: c\r\n\td\r\nContent-Length:\r\n 14\r\n\r\n" +
         document},
    {"the same length twice",
     "HTTP/1.1 200 OK\r\nContent-Length: 14\r\nContent-Length: 14\r\n\r\n" + document},
    {"the same length twice in a list",
     "HTTP/1.1 200 OK\r\nContent-Length: 14, 14\r\n\r\n" + document},
    {"a length with zeros", "HTTP/1.1 200 OK\r\nContent-Length: 0014\r\n\r\n" + document},
    {"a length beside chunks",
     "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
     "e\r\n" +
         document + "\r\n0\r\n\r\n"},
    {"a length that is none beside chunks",
     "HTTP/1.1 200 OK\r\nContent-Length: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
     "e\r\n" +
         document + "\r\n0\r\n\r\n"},
    {"chunked twice",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
     "e\r\n" +
         document + "\r\n0\r\n\r\n"},
    {"an identity that is transferred",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 14\r\n\r\n" +
         document},
    {"padded chunk sizes",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
     "00000e   \r\n" +
         document + "\r\n0  \r\n\r\n"},
    {"blanks before chunk sizes, and extensions",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
     " E ; a=\"b\"\r\n" +
         document + "\r\n 0 ;x\r\n\r\n"},
    {"chunks with LF alone",
     "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\ne\n" + document + "\n0\n\n"},
    {"a trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n" +
                      document + "\r\n0\r\nX: y\r\nnonsense\r\n\r\n"},
    {"chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n" +
                               document + "\r\n0\r\n\r\n"},
    {"interim answers",
     "HTTP/1.1 100\r\n\r\n\r\nHTTP/1.1 103 Hints\nLink: <x>\n\n"
     "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n" +
         document},
    {"an interim answer of HTTP/1.0",
     "HTTP/1.0 100 Continue\r\n\r\nHTTP/1.1 200\r\nContent-Length: 14\r\n\r\n" +
         document},
};

}  // namespace

TEST_CASE("the client takes odd answers, at once and byte by byte") {
  for (const auto& odd : odd_answers) {
    unruly_server server{[&](peer& p) {
      p.read_request();
      p.send(odd.bytes);
      p.read_request();
      p.send_bytewise(odd.bytes);
      p.wait_until_closed();
    }};
    client_fixture f;
    INFO(odd.name);
    check_ok(f.get(server.url()), odd.body, odd.status);
    check_ok(f.get(server.url()), odd.body, odd.status);
  }
}

TEST_CASE("an answer in chunks needs no more than its last chunk") {
  unruly_server server{[](peer& p) {
    p.read_request();
    p.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n" + document +
           "\r\n0\r\n");
    p.close();
  }};
  client_fixture f;
  check_ok(f.get(server.url()), document);
}

TEST_CASE("the client tells how a body is encoded") {
  for (const std::string field :
       {"Content-Encoding: gzip", "Transfer-Encoding: gzip, chunked"}) {
    unruly_server server{answer_always("HTTP/1.1 200 OK\r\n" + field +
                                       "\r\nContent-Length: 5\r\n\r\n0\r\n\r\n")};
    client_fixture f;
    CHECK(f.get(server.url()).encoding == "gzip");
  }
  unruly_server plain{answer_always(ok("x", "Content-Encoding: identity\r\n"))};
  client_fixture f;
  CHECK(f.get(plain.url()).encoding.empty());
}

TEST_CASE("a 2xx is enough for a request that says so") {
  client_fixture f;
  const auto put = [&](const unruly_server& s) {
    http_request r;
    r.method = verb::put;
    r.url = s.url();
    r.body = "{}";
    r.status_is_enough = true;
    return f.send(r);
  };
  for (const std::string rest :
       {"Content-Length: 10\r\n\r\n12", "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\r\nab", "Content-Length: 99999999\r\n\r\n", "Content-Length: 0\r\n\r\n"}) {
    INFO(rest);
    for (const std::string line : {"HTTP/1.1 200 OK\r\n", "HTTP/1.1 202 Accepted\r\n"}) {
      unruly_server server{[&](peer& p) {
        p.read_request();
        p.send(line + rest);
        p.wait_until_closed();
      }};
      const auto r = put(server);
      REQUIRE_FALSE(r.error);
      CHECK(r.status / 100 == 2);
    }
  }
  SECTION("of another status some of the body is told, whole or not") {
    unruly_server cut{[](peer& p) {
      p.read_request();
      p.send("HTTP/1.1 422 No\r\nContent-Length: 100\r\n\r\nat most 15");
      p.close();
    }};
    check_ok(put(cut), "at most 15", 422);
  }
}

TEST_CASE("the client tells that a plain port speaks TLS") {
  for (const std::string bytes : {"\x15\x03\x01", "\x16\x03\x03", "\x15"}) {
    unruly_server server{[&](peer& p) {
      p.read_request();
      p.send(bytes + std::string("\0\2\2\x46", 4));
      p.close();
    }};
    client_fixture f;
    if (bytes.size() > 1)
      check_failed(f.get(server.url()), failure_kind::http, "speaks TLS: https://");
    else
      check_failed(f.get(server.url()), failure_kind::http, "not HTTP");
  }
}
