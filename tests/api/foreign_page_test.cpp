#include "api/access.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::api;

namespace {

using headers = std::vector<header>;

int status(const std::string& method, headers h, reach from) {
  net::server_request r;
  r.method = method;
  r.path = "/api/v1";
  r.headers = std::move(h);
  const auto answer = refuse_foreign_page(r, from);
  if (!answer) return 200;
  CHECK(answer->body.size() < 1000);
  CHECK(answer->body.find('\n') == std::string::npos);
  CHECK(answer->headers.empty());  // above all none of CORS
  return answer->status;
}

int of_host(const std::string& host, reach from = reach::loopback) {
  return status("GET", {{"Host", host}}, from);
}

}  // namespace

TEST_CASE("on loopback Host must be a name of the loopback") {
  for (const auto* host :
       {"localhost", "localhost:8001", "LocalHost:1", "localhost.",
        "localhost:", "a.localhost", "scaleit.localhost:8001", "127.0.0.1",
        "127.0.0.1:8001", "127.255.3.4", "[::1]", "[::1]:8001", "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]:1", "127.0.0.1."}) {
    CAPTURE(host);
    CHECK(of_host(host) == 200);
  }
  for (const auto* host : {"evil.example",
                           "evil.example:8001",
                           "localhost.evil.example",
                           "127.0.0.1.evil.example",
                           "evillocalhost",
                           "localhost, evil.example",
                           "evil.example, localhost",
                           "localhost evil.example",
                           "user@localhost",
                           "localhost@evil.example",
                           "localhost/evil",
                           "localhost:8001:8001",
                           "localhost:99999",
                           "localhost:-1",
                           "localhost:a",
                           "0.0.0.0",
                           "[::]",
                           "10.0.0.1",
                           "127.1",
                           "2130706433",
                           "0x7f.0.0.1",
                           "0177.0.0.1",
                           "[::1",
                           "::1",
                           "[::1]x",
                           "[localhost]",
                           "[127.0.0.1]",
                           "",
                           " ",
                           ":8001",
                           "localhost\t",
                           "localhost..",
                           "loc\xC3\xA4lhost",
                           "localhost\x01"}) {
    CAPTURE(host);
    CHECK(of_host(host) == 421);
    CHECK(of_host(host, reach::network) == 200);
    CHECK(of_host(host, reach::unix_socket) == 200);
  }
  CHECK(of_host(std::string(8000, 'a')) == 421);
  CHECK(status("GET", {}, reach::loopback) == 200);  // HTTP/1.0, and no browser
}

TEST_CASE("a page of another origin gets nothing, by any method and on any listener") {
  struct row {
    const char* host;
    const char* origin;
    bool ours;
  };
  const row rows[] = {
      {"localhost:8001", "http://localhost:8001", true},
      {"LOCALHOST:8001", "http://localhost:8001", true},
      {"localhost:8001", "HTTP://LocalHost:8001", true},
      {"localhost", "http://localhost", true},
      {"localhost:80", "http://localhost", true},
      {"localhost", "http://localhost:80", true},
      {"localhost", "https://localhost", true},
      {"localhost:443", "https://localhost", true},
      {"[::1]:8001", "http://[::1]:8001", true},
      {"127.0.0.1:8001", "https://127.0.0.1:8001", true},
      {"localhost:8001", "http://localhost:3000", false},
      {"localhost:8001", "http://localhost", false},
      {"localhost:8001", "http://127.0.0.1:8001", false},
      {"localhost:8001", "http://evil.example", false},
      {"localhost:8001", "http://evil.example:8001", false},
      {"localhost:8001", "http://localhost:8001.evil.example", false},
      {"localhost:8001", "http://localhost:8001@evil.example", false},
      {"localhost:8001", "http://localhost:8001/", false},
      {"localhost:8001", "http://localhost:8001, http://evil.example", false},
      {"localhost:8001", "http://localhost:8001, http://localhost:8001", false},
      {"localhost:8001", "http://localhost:8001 http://evil.example", false},
      {"localhost:8001", "localhost:8001", false},
      {"localhost:8001", "ftp://localhost:8001", false},
      {"localhost:8001", "file://", false},
      {"localhost:8001", "chrome-extension://localhost:8001", false},
      {"localhost:8001", "null", false},
      {"localhost:8001", "", false},
      {"localhost:443", "http://localhost", false},
      {"localhost", "https://localhost:80", false},
      {"[::1]:8001", "http://::1:8001", false},
  };
  for (const auto& r : rows)
    for (const auto* method :
         {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
      for (const auto from : {reach::loopback, reach::network, reach::unix_socket}) {
        CAPTURE(r.host, r.origin, method);
        CHECK(status(method, {{"Host", r.host}, {"origin", r.origin}}, from) ==
              (r.ours ? 200 : 403));
      }
  CHECK(status("GET", {{"Origin", "http://localhost"}}, reach::loopback) == 403);
  CHECK(status("GET", {{"Host", "localhost"}, {"Origin", std::string(8000, 'x')}},
               reach::loopback) == 403);
}

TEST_CASE("what a browser sends for a page of another site is refused") {
  const auto of = [](const char* method, headers h) {
    h.push_back({"Host", "localhost:8001"});
    return status(method, std::move(h), reach::loopback);
  };
  for (const auto* site : {"same-origin", "none"})
    CHECK(of("POST", {{"Sec-Fetch-Site", site}}) == 200);
  for (const auto* site :
       {"cross-site", "same-site", "same-origin, cross-site", "", "Cross-Site"})
    CHECK(of("GET", {{"Sec-Fetch-Site", site}}) == 403);
  // A link that somebody has followed.
  const headers link{{"Sec-Fetch-Site", "cross-site"},
                     {"Sec-Fetch-Mode", "navigate"},
                     {"Sec-Fetch-Dest", "document"}};
  CHECK(of("GET", link) == 200);
  CHECK(of("POST", link) == 403);
  CHECK(of("GET", {link[0], link[1], {"Sec-Fetch-Dest", "iframe"}}) == 403);
  CHECK(of("GET", {link[0], {"Sec-Fetch-Mode", "no-cors"}, link[2]}) == 403);
}
