// Which URLs and headers can be sent, and what is said about the others.
#include "net/prepared_request.hpp"

#include "tests/support/catch.hpp"

#include <stdexcept>

using namespace scaleit;
using namespace scaleit::net;

namespace {

std::string refusal(const http_request& r) {
  try {
    prepare(r);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "accepted";
}

std::string refusal(const std::string& url) {
  http_request r;
  r.url = url;
  return refusal(r);
}

}  // namespace

TEST_CASE("a URL is taken apart") {
  struct row {
    const char *url, *origin, *authority, *target;
  };
  for (const auto& x : {
           row{"http://localhost", "http://localhost:80", "localhost", "/"},
           row{"HTTP://LocalHost:80/A?b#c", "http://localhost:80", "localhost", "/A?b"},
           row{"https://h:8443/x", "https://h:8443", "h:8443", "/x"},
           row{"https://h/", "https://h:443", "h", "/"},
           row{"http://h:443?q", "http://h:443", "h:443", "/?q"},
           row{"http://[::1]:8123/s", "http://[::1]:8123", "[::1]:8123", "/s"},
           row{"http://[0:0::1]/", "http://[::1]:80", "[::1]", "/"},
           row{"http://10.0.0.1:/", "http://10.0.0.1:80", "10.0.0.1", "/"},
           row{"http://10.0.0.1.example:81/x", "http://10.0.0.1.example:81",
               "10.0.0.1.example:81", "/x"},
           row{"http://1.2.3.4x", "http://1.2.3.4x:80", "1.2.3.4x", "/"},
           row{"http://a_b.c-d:1/%20", "http://a_b.c-d:1", "a_b.c-d:1", "/%20"},
           row{"http://p:9090/api/v1/query?query=sum(jobs_waiting)", "http://p:9090",
               "p:9090", "/api/v1/query?query=sum(jobs_waiting)"},
       }) {
    INFO(x.url);
    const auto u = parse_url(x.url);
    CHECK(u.origin() == x.origin);
    CHECK(u.authority == x.authority);
    CHECK(u.target == x.target);
  }
}

TEST_CASE("a URL that cannot be asked is refused with a sentence") {
  for (const std::string url : {"",
                                "x",
                                "/path",
                                "localhost:8123",
                                "http:",
                                "http:/x",
                                "http://",
                                "http:///x",
                                "ftp://h/",
                                "http://h:0/",
                                "http://h:65536/",
                                "http://h:x/",
                                "http://h:8x/",
                                "http://[::1]x/",
                                "http://1.2.3.4:8x/",
                                "http://1.2.3.4.example:8x/",
                                "http://h:99999/",
                                "http://a b/",
                                "http://h/a b",
                                "http://h/\r\nX: y",
                                "http://%41/",
                                "http://[::1",
                                "http://[v1.x]/",
                                "http://h\x01/"}) {
    const auto why = refusal(url);
    INFO(url << ": " << why);
    CHECK_THAT(why, StartsWith("URL \""));
    for (const char c : why) CHECK((c >= 0x20 && c < 0x7f));
  }
  CHECK(refusal("http://h/" + std::string(10'000, 'x')) != "accepted");
  CHECK(refusal("http://" + std::string(300, 'x') + "/") != "accepted");
}

TEST_CASE("a URL is refused with the character that it cannot hold") {
  const auto why = [](const std::string& url, const std::string& part) {
    INFO(url);
    CHECK_THAT(refusal(url), ContainsSubstring(part));
  };
  why("http://h/a|b", "'|' is not accepted; write %7C");
  why("http://h/{x}", "'{' is not accepted; write %7B");
  why("http://h/a b", "' ' is not accepted; write %20");
  why("http://h/caf\xc3\xa9", "write %C3%A9");
  why("http://b\xc3\xbc"
      "cher.example:8123",
      "punycode");
  why("http://[fe80::1%25eth0]:8123", "the zone of an IPv6 address is not supported");
}

TEST_CASE("a Location is resolved against the URL that was asked") {
  struct row {
    const char *base, *location, *result;
  };
  for (const auto& x : {
           row{"http://h/a/b?q", "c", "http://h/a/c"},
           row{"http://h/a/b?q", "/c?d#e", "http://h/c?d"},
           row{"http://h/a/b?q", "../c", "http://h/c"},
           row{"http://h/a/b?q", "?r", "http://h/a/b?r"},
           row{"http://h/a/b?q", "", "http://h/a/b?q"},
           row{"https://h:8443", "c", "https://h:8443/c"},
           row{"https://h/a", "//i:81/c", "https://i:81/c"},
           row{"https://h/a", "http://i", "http://i"},
           row{"http://h/a", "HTTP://i//b/../c", "HTTP://i//c"},
           // Names that begin like addresses
           row{"http://10.0.0.1.example:81/a/b", "c", "http://10.0.0.1.example:81/a/c"},
           row{"http://h/a", "//10.0.0.1.example/c", "http://10.0.0.1.example/c"},
           row{"http://h/a", "http://10.0.0.1.example/c", "http://10.0.0.1.example/c"},
       }) {
    INFO(x.base << " to " << x.location);
    CHECK(resolve_location(x.base, x.location) == x.result);
  }
  for (const auto* bad : {"mailto:a", "http:c", "http:/c", "\r\nX: y", ":"}) {
    INFO(bad);
    CHECK_THROWS_AS(resolve_location("http://h/a", bad), std::invalid_argument);
  }
}

TEST_CASE("a URL with a password is refused without printing it") {
  for (const std::string url : {"http://user:s3cret@h/", "http://s3cret@h/",
                                "user:s3cret@h", "http://user:s3 cret@h:x/"}) {
    const auto why = refusal(url);
    CHECK_THAT(why, ContainsSubstring("user name or password"));
    CHECK_THAT(why, !ContainsSubstring("s3"));
  }
  CHECK(refusal("http://h/a@b?c@d") == "accepted");
}

TEST_CASE("a header that cannot be sent is refused without printing its value") {
  http_request r;
  r.url = "http://h/";
  for (const header& h :
       {header{"X-Key", "s3cret\r\nEvil: x"}, header{"X-Key", "s3cret\n"},
        header{"X-Key", std::string{"s3cret\0", 7}}, header{"X Key", "s3cret"},
        header{"", "s3cret"}, header{"X\r\nY", "s3cret"},
        header{"Content-Length", "s3cret"}, header{"transfer-encoding", "s3cret"},
        header{"Connection", "s3cret"}}) {
    r.headers = {h};
    const auto why = refusal(r);
    INFO(why);
    CHECK_THAT(why, ContainsSubstring("header"));
    CHECK_THAT(why, !ContainsSubstring("s3cret"));
  }
  r.headers = {{"X-Fine", "tab\tand \xc3\xa4"}};
  CHECK(refusal(r) == "accepted");
  r.content_type = "a\r\nb";
  CHECK(refusal(r) != "accepted");
}

TEST_CASE("configured headers take the place of defaults") {
  http_request r;
  r.url = "http://h/";
  r.method = verb::patch;
  r.body = "{}";
  r.content_type = "application/json";
  r.headers = {{"host", "other"}, {"USER-AGENT", "me"}, {"content-type", "text/x"}};
  CHECK(prepare(r)->wire() ==
        "PATCH / HTTP/1.1\r\nAccept: application/json\r\n"
        "Accept-Encoding: identity\r\nhost: other\r\nUSER-AGENT: me\r\n"
        "content-type: text/x\r\nContent-Length: 2\r\n\r\n{}");
  r = {};
  r.url = "http://h/";
  r.method = verb::post;
  CHECK_THAT(prepare(r)->wire(), ContainsSubstring("\r\nContent-Length: 0\r\n\r\n"));
}

TEST_CASE("a unix socket is where a request goes, and part of what shares connections") {
  http_request r;
  r.url = "http://localhost/api";
  const auto plain = prepare(r);
  r.unix_socket = "/run/a.sock";
  const auto a = prepare(r);
  CHECK(a->url().where == "unix:/run/a.sock");
  CHECK(a->wire() == plain->wire());
  CHECK_FALSE(a->origin() == plain->origin());
  CHECK(a->origin() == prepare(r)->origin());
  CHECK(redirected(*a, "/other")->url().unix_socket == "/run/a.sock");
  CHECK(redirected(*a, "http://elsewhere/")->url().unix_socket.empty());
  r.unix_socket = "/run/b.sock";
  CHECK_FALSE(a->origin() == prepare(r)->origin());
  for (const auto& bad : {std::string(108, 'x'), std::string("/a\0b", 4)}) {
    r.unix_socket = bad;
    CHECK_THROWS_AS(prepare(r), std::invalid_argument);
  }
}
