// What is said of an answer that is no good one.
#include "spec/refusal.hpp"

#include "tests/support/catch.hpp"

using namespace scaleit;
using namespace scaleit::spec;

namespace {

http_response answer(int status, std::string body) {
  http_response r;
  r.status = status;
  r.body = std::move(body);
  return r;
}

std::string said(int status, std::string body, const std::vector<header>& sent = {}) {
  const auto f = refusal(answer(status, std::move(body)), sent);
  REQUIRE(f);
  CHECK(f->kind == failure_kind::http);
  CHECK(f->http_status == status);
  CHECK(f->detail.size() <= bounds::detail_bytes_max);
  return f->detail;
}

}  // namespace

TEST_CASE("a status that is no 2xx is told with some of the body") {
  CHECK_FALSE(refusal(answer(204, ""), {}));
  CHECK(said(503, "") == "answered 503");
  CHECK(said(503, " \r\n ") == "answered 503");
  CHECK(said(401, R"({"error":"token expired"})") ==
        R"(answered 401: {"error":"token expired"})");
  CHECK(said(400, "at most\r\n\r\n   15 replicas\n") ==
        "answered 400: at most 15 replicas");
  CHECK(said(500, "a\x01\x1b[31mb\xff") == "answered 500: a<U+0001><U+001B>[31mb?");
  const auto cut = said(500, std::string(100'000, 'x'));
  CHECK(cut.ends_with("xxx..."));
}

TEST_CASE("of a page the text is told") {
  CHECK(
      said(502,
           "<html><head><title>502 Bad Gateway</title><style>h1 {x: y}</style></head>"
           "<body><h1>No <b>luck</b></h1><script>if (a<b) c();</script></body></html>") ==
      "answered 502: 502 Bad Gateway No luck");
  CHECK(said(502, "<!DOCTYPE HTML><") == "answered 502");
  CHECK(said(502, "<html") == "answered 502");
}

TEST_CASE("what was sent as a header is not told when it comes back") {
  const std::vector<header> sent{{"Authorization", "Bearer s3cret-token"},
                                 {"X-Api-Key", "hush-hush"}};
  CHECK(said(401, "Bearer token s3cret-token or hush-hush is wrong", sent) ==
        "answered 401: Bearer token *** or *** is wrong");
  CHECK(said(401, "got 'Bearer s3cret-token'", sent) == "answered 401: got '***'");
  // Not even the part of it that a cut would leave.
  CHECK_THAT(said(401, std::string(130, 'x') + " s3cret-token", sent),
             !ContainsSubstring("s3c"));
}

TEST_CASE("an error is told as it is") {
  http_response r;
  r.error = failure{failure_kind::timeout, "no answer"};
  CHECK(refusal(r, {}) == r.error);
}

TEST_CASE("a body that is no JSON for another reason is told by that") {
  const auto why = [](http_response r) {
    const auto f = unreadable(r);
    REQUIRE(f);
    return std::string{to_string(f->kind)} + ": " + f->detail;
  };
  CHECK_FALSE(unreadable(answer(200, R"({"replicas":1})")));
  CHECK_FALSE(unreadable(answer(200, "")));
  CHECK_FALSE(unreadable(answer(200, "nonsense")));
  auto compressed = answer(200, "xyz");
  compressed.encoding = "br";
  CHECK(why(compressed) == "json: the answer is compressed (br)");
  CHECK(why(answer(200, "\x1f\x8b\x08")) == "json: the answer is compressed (gzip)");
  CHECK(why(answer(200, "\x28\xb5\x2f\xfd")) == "json: the answer is compressed (zstd)");
  const std::string utf16 = "json: the answer is in UTF-16; accepted: UTF-8";
  CHECK(why(answer(200, "\xff\xfe{")) == utf16);
  CHECK(why(answer(200, std::string("{\0\"\0", 4))) == utf16);
  CHECK(why(answer(200, std::string("\0{\0\"", 4))) == utf16);
  const std::string utf32 = "json: the answer is in UTF-32; accepted: UTF-8";
  CHECK(why(answer(200, std::string("\xff\xfe\0\0{\0\0\0", 8))) == utf32);
  CHECK(why(answer(200, std::string("\0\0\xfe\xff\0\0\0{", 8))) == utf32);
  CHECK(why(answer(200, std::string("{\0\0\0", 4))) == utf32);
  CHECK(why(answer(200, std::string("\0\0\0{", 4))) == utf32);
  CHECK(why(answer(200, "\n<HTML>Sign in</html>")) ==
        "json: the answer is an HTML page, not JSON (a login page?): Sign in");
}

TEST_CASE("a body that may be cut is proved whole by its end") {
  auto r = answer(200, "{\"replicas\":1}\r\n");
  r.may_be_cut = true;
  CHECK_FALSE(unreadable(r));
  for (const std::string half : {"", "{\"replicas\":1", "1"}) {
    r.body = half;
    const auto f = unreadable(r);
    REQUIRE(f);
    CHECK(f->kind == failure_kind::body);
    CHECK_THAT(f->detail, ContainsSubstring("without TLS's close_notify"));
  }
}
