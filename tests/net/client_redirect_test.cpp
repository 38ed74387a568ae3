// Which redirects the client follows, and what it takes along.
#include "tests/net/client_fixture.hpp"

using namespace scaleit;
using namespace scaleit::test;

namespace {

std::string moved(int status, const std::string& location) {
  return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + location +
         "\r\nContent-Length: 4\r\n\r\ngone";
}

/// Redirects /from as told, answers everything else with its request line.
unruly_server::script redirecting(int status, std::string location) {
  return [=](peer& p) {
    for (auto r = p.read_request(); !r.empty(); r = p.read_request())
      p.send(r.find(" /from ") != std::string::npos ? moved(status, location)
                                                    : ok(r.substr(0, r.find(" HTTP"))));
  };
}

}  // namespace

TEST_CASE("the client follows a GET's redirects") {
  for (const int status : {301, 302, 303, 307, 308}) {
    unruly_server server{redirecting(status, "/to?a=b#c")};
    client_fixture f;
    check_ok(f.get(server.url("/from")), "GET /to?a=b");
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("the client follows relative and absolute locations") {
  unruly_server server{redirecting(302, "to/../there")};
  client_fixture f;
  check_ok(f.get(server.url("/from")), "GET /there");
  unruly_server away{redirecting(302, server.url("/x/y"))};
  check_ok(f.get(away.url("/from")), "GET /x/y");
  unruly_server same_scheme{
      redirecting(302, "//127.0.0.1:" + std::to_string(server.port()) + "/z")};
  check_ok(f.get(same_scheme.url("/from")), "GET /z");
}

TEST_CASE("the client encodes what a location should have encoded") {
  const std::vector<std::pair<std::string, std::string>> locations{
      {"/a b", "/a%20b"},
      {"/s?x[]=1", "/s?x%5B%5D=1"},
      {"/caf\xc3\xa9", "/caf%C3%A9"},
      {"/caf\xe9", "/caf%E9"},
      {"/a%20b", "/a%20b"},
      {"/100%", "/100%25"},
      {"/a|b{c}", "/a%7Cb%7Bc%7D"},
      {"  /to \t", "/to"},
      {"/to#a b#c", "/to"},
      {"?q=a b", "/from?q=a%20b"},
      {"to\\x", "/to%5Cx"},
  };
  for (const auto& [location, target] : locations) {
    unruly_server server{[where = location](peer& p) {
      p.read_request();
      p.send(moved(302, where));
      const auto r = p.read_request();
      p.send(ok(r.substr(4, r.find(" HTTP") - 4)));
      p.wait_until_closed();
    }};
    client_fixture f;
    INFO(location);
    check_ok(f.get(server.url("/from")), target);
  }
}

TEST_CASE("the client follows a redirect whose body is broken") {
  unruly_server server{[](peer& p) {
    const auto r = p.read_request();
    p.send(r.find(" /from ") != std::string::npos
               ? "HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: 9\r\n\r\ngone"
               : ok("there"));
    p.close();
  }};
  client_fixture f;
  check_ok(f.get(server.url("/from")), "there");
}

TEST_CASE("the client keeps a write's method, or does not follow") {
  for (const int status : {307, 308}) {
    unruly_server server{redirecting(status, "/to")};
    client_fixture f;
    check_ok(f.put(server.url("/from")), "PUT /to");
    CHECK_THAT(server.requests().at(1), ContainsSubstring("\r\n\r\n{\"replicas\":3}"));
  }
  for (const int status : {301, 302, 303}) {
    unruly_server server{redirecting(status, "/to")};
    client_fixture f;
    check_ok(f.put(server.url("/from")), "gone", status);
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("the client gives up after too many redirects") {
  unruly_server loop{redirecting(302, "/from")};
  client_fixture f;
  const auto r = f.get(loop.url("/from"));
  check_failed(r, failure_kind::http, "more than 5 redirects");
  CHECK(r.error->http_status == 302);
  CHECK(loop.requests().size() == 6);
}

TEST_CASE("redirects share one deadline") {
  unruly_server slow{[](peer& p) {
    while (!p.read_request().empty()) {
      std::this_thread::sleep_for(40ms);
      if (!p.send(moved(302, "/again"))) return;
    }
  }};
  client_fixture f;
  const auto r = f.get(slow.url("/from"), 100ms);
  check_failed(r, failure_kind::timeout, "within 100ms");
  CHECK(r.took < 300ms);
}

TEST_CASE("the client keeps credentials to their origin") {
  unruly_server other{redirecting(302, "/to")};
  unruly_server server{redirecting(307, other.url("/there"))};
  unruly_server home{redirecting(307, "/there")};
  client_fixture f;
  http_request r;
  r.url = server.url("/from");
  r.headers = {{"Authorization", "Bearer s3cret"}, {"X-Api-Key", "s3cret"}};
  check_ok(f.send(r), "GET /there");
  CHECK_THAT(server.requests().at(0), ContainsSubstring("s3cret"));
  CHECK_THAT(other.requests().at(0), !ContainsSubstring("s3cret"));
  r.url = home.url("/from");
  check_ok(f.send(r), "GET /there");
  CHECK_THAT(home.requests().at(1), ContainsSubstring("Authorization: Bearer s3cret"));
}

TEST_CASE("the client refuses a location that is none") {
  for (const std::string location :
       {"", "http://", "ftp://127.0.0.1/", "http://a b/", "http://u:p@127.0.0.1/",
        "http://127.0.0.1:99999/"}) {
    unruly_server server{redirecting(302, location)};
    client_fixture f;
    INFO(location);
    const auto r = f.get(server.url("/from"));
    check_failed(r, failure_kind::http, "bad redirect from 127.0.0.1:");
    CHECK(r.error->http_status == 302);
  }
}
