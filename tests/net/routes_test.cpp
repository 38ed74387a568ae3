// Routes and what they say when none fits; percent-encoding; problem documents.
#include "net/routes.hpp"

#include "net/problem.hpp"
#include "net/router.hpp"
#include "tests/net/raw_client.hpp"
#include "tests/support/catch.hpp"

#include <stdexcept>

using namespace scaleit;
using namespace scaleit::net;
using namespace scaleit::test;

namespace {

server_request request(std::string method, std::string path, std::string query = {}) {
  server_request r;
  r.method = std::move(method);
  r.path = std::move(path);
  r.query = std::move(query);
  return r;
}

struct answer {
  int status = 0;  // 0: a route was found
  std::size_t route = 0;
  std::vector<parameter> segments;
  std::string allow;
  std::string detail;
};

answer ask(const routes& all, const server_request& r) {
  const auto found = all.find(r);
  if (const auto* m = std::get_if<route_match>(&found))
    return {0, m->route, m->segments, {}, {}};
  const auto& refusal = std::get<server_response>(found);
  answer a{refusal.status, 0, {}, {}, refusal.body};
  if (refusal.status >= 400) CHECK(refusal.content_type == "application/problem+json");
  for (const auto& h : refusal.headers)
    if (h.name == "Allow" || h.name == "Accept") a.allow = h.value;
  return a;
}

answer ask(const routes& all, std::string method, std::string path) {
  return ask(all, request(std::move(method), std::move(path)));
}

}  // namespace

TEST_CASE("percent-encoding is taken off once, and only what is text comes out") {
  CHECK(percent_decode("") == "");
  CHECK(percent_decode("a+b") == "a+b");
  CHECK(percent_decode("%41%2f%2F%2541") == "A//%41");
  CHECK(percent_decode("caf%C3%A9") == "caf\xc3\xa9");
  for (const auto* bad : {"%", "%4", "a%", "%zz", "%4g", "%+1", "% 1", "%-1", "%00",
                          "%ff", "%C3", "%C0%80", "%ED%A0%80", "\xff"}) {
    INFO(bad);
    CHECK_FALSE(percent_decode(bad));
  }
}

TEST_CASE("a query is split before it is decoded") {
  using list = std::vector<parameter>;
  CHECK(parse_query("") == list{});
  CHECK(parse_query("a=1&b=x+y&a=2") == list{{"a", "1"}, {"b", "x y"}, {"a", "2"}});
  CHECK(parse_query("a&b=&=c&&d=e=f") ==
        list{{"a", ""}, {"b", ""}, {"", "c"}, {"d", "e=f"}});
  CHECK(parse_query("a%26b=c%3Dd%2Be") == list{{"a&b", "c=d+e"}});
  CHECK_FALSE(parse_query("a=%"));
  CHECK_FALSE(parse_query("a=1&%ff=2"));
}

TEST_CASE("a route is found by method and path") {
  routes all;
  const auto root = all.add("GET", "/");
  const auto list = all.add("GET", "/targets");
  const auto one = all.add("GET", "/targets/{name}");
  const auto put = all.add("PUT", "/targets/{name}");
  const auto mine = all.add("GET", "/targets/self");
  const auto pause = all.add("POST", "/targets/{name}/pause");
  const auto two = all.add("GET", "/{a}/x/{b}");
  CHECK(ask(all, "GET", "/").route == root);
  CHECK(ask(all, "GET", "/targets").route == list);
  CHECK(ask(all, "HEAD", "/targets").route == list);
  CHECK(ask(all, "PUT", "/targets/a").route == put);
  CHECK(ask(all, "POST", "/targets/a/pause").route == pause);
  CHECK(ask(all, "GET", "/targets/self").route == mine);
  CHECK(ask(all, "GET", "/%74argets/%73elf").route == mine);
  const auto a = ask(all, "GET", "/targets/a%2Fb%2541");
  CHECK(a.route == one);
  CHECK(a.segments == std::vector<parameter>{{"name", "a/b%41"}});
  const auto b = ask(all, "GET", "/1/x/2");
  CHECK(b.route == two);
  CHECK(b.segments == std::vector<parameter>{{"a", "1"}, {"b", "2"}});
}

TEST_CASE("what fits no pattern is 404, with the hint") {
  routes all;
  all.add("GET", "/targets/{name}");
  all.otherwise("try /targets");
  for (const auto* path :
       {"/", "/targets", "/targets/", "/targets/a/", "//targets/a", "/targets//a",
        "/targets/a/b", "/targets%2Fa", "/Targets/a", "targets/a", "*", ""}) {
    INFO(path);
    const auto r = ask(all, "GET", path);
    CHECK(r.status == 404);
    CHECK_THAT(r.detail, ContainsSubstring("try /targets"));
  }
}

TEST_CASE("a method that is not served is 405 with those that are, OPTIONS tells them") {
  routes all;
  all.add("GET", "/a");
  all.add("PUT", "/a");
  all.add("POST", "/b");
  CHECK(ask(all, "DELETE", "/a").status == 405);
  CHECK(ask(all, "DELETE", "/a").allow == "GET, HEAD, PUT, OPTIONS");
  CHECK(ask(all, "get", "/a").status == 405);
  CHECK(ask(all, "HEAD", "/b").allow == "POST, OPTIONS");
  CHECK(ask(all, "OPTIONS", "/b").status == 204);
  CHECK(ask(all, "OPTIONS", "/b").allow == "POST, OPTIONS");
  CHECK(ask(all, "OPTIONS", "/c").status == 404);
  CHECK(ask(all, "OPTIONS", "*").status == 204);
  all.add("OPTIONS", "/b");
  CHECK(ask(all, "OPTIONS", "/b").status == 0);
}

TEST_CASE("what cannot be decoded is 400, the query only where there is a route") {
  routes all;
  all.add("GET", "/{a}");
  CHECK(ask(all, "GET", "/%").status == 400);
  CHECK(ask(all, "GET", "/%00").status == 400);
  CHECK(ask(all, "GET", "/\xff").status == 400);
  CHECK(ask(all, request("GET", "/a", "%")).status == 400);
  CHECK(ask(all, request("GET", "/a/b", "%")).status == 404);
}

TEST_CASE("a body of another type is 415, one too large is 413") {
  routes all;
  all.add("PUT", "/a", {.takes = {"application/json", "application/yaml"}});
  all.add("PUT", "/b", {.body_bytes_max = 3});
  auto r = request("PUT", "/a");
  r.body = "{}";
  CHECK(ask(all, r).status == 0);
  for (const auto* good :
       {"application/json", "Application/JSON; charset=utf-8", "application/yaml ;x"}) {
    r.headers = {{"content-type", good}};
    CHECK(ask(all, r).status == 0);
  }
  for (const auto* bad :
       {"text/plain", "application/jsonx", "", "application/json, text/x"}) {
    r.headers = {{"Content-Type", bad}};
    CHECK(ask(all, r).status == 415);
    CHECK(ask(all, r).allow == "application/json, application/yaml");
  }
  r.body.clear();
  CHECK(ask(all, r).status == 0);  // there is nothing to have a type
  auto large = request("PUT", "/b");
  large.body = "1234";
  CHECK(ask(all, large).status == 413);
  CHECK_THAT(ask(all, large).detail,
             ContainsSubstring("has 4 bytes; accepted: at most 3"));
}

TEST_CASE("a pattern that cannot be, or is there already, is refused") {
  routes all;
  all.add("GET", "/a/{x}");
  CHECK_THROWS_AS(all.add("GET", "/a/{x}"), std::invalid_argument);
  CHECK_THROWS_AS(all.add("GET", "a"), std::invalid_argument);
  CHECK_NOTHROW(all.add("PUT", "/a/{x}"));
}

TEST_CASE("a problem document is JSON whatever is in it") {
  const auto p = problem(404, "no \"a\\b\" \x01 \xff here");
  CHECK(p.status == 404);
  CHECK(p.body == R"({"type":"about:blank","title":"Not Found","status":404,)"
                  R"("detail":"no \"a\\b\" <U+0001> ? here"})");
  CHECK(problem(413, std::string(100'000, 'x')).body.size() < 2'000);
}

TEST_CASE("a router hands requests to handlers over a socket") {
  router all;
  all.on("GET", "/hello/{name}", [](routed_request&& r, responder a) {
    const auto greeting = r.match.parameter_named("greeting").value_or("hello");
    a.send(
        {200, "text/plain", std::string(greeting) + " " + r.match.segment("name"), {}});
  });
  all.on("GET", "/bug", [](routed_request&& r, responder) { r.match.segment("none"); });
  server_thread s(all);
  raw_client c(s.port());
  const auto get = [&](const std::string& target) {
    return c.ask("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
  };
  CHECK(get("/hello/a%20b?greeting=good+day").body == "good day a b");
  CHECK(get("/hello/x").body == "hello x");
  CHECK(get("/bug").status == 500);
  CHECK(get("/").status == 404);
  c.send("HEAD /hello/x HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(c.read_answer(true).has("Content-Length: 7\r\n"));
  const auto refused =
      c.ask("PUT /hello/x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  CHECK(refused.status == 405);
  CHECK(refused.has("\r\nAllow: GET, HEAD, OPTIONS\r\n"));
}
