#include "api/access.hpp"

#include "messages/bounds.hpp"
#include "spec/listen.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <optional>
#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::api;
using namespace scaleit::test;
using namespace std::chrono_literals;
using spec::api_access;

namespace {

const std::string writer = "W0123456789abcdef0123456789abcdef";
const std::string reader = "R0123456789abcdef0123456789abcdef";
const std::string short_one = "sesame";
const steady_time start{1h};

tokens some_tokens() {
  const temporary_directory d;
  return tokens::read({{},
                       {{"ci", d.write("w", writer), api_access::write},
                        {"grafana", d.write("r", reader), api_access::read},
                        {"hand", d.write("s", short_one), api_access::write}}});
}

net::server_request request(const std::string& method,
                            const std::optional<std::string>& authorization,
                            const std::string& path = "/api/v1/targets") {
  net::server_request r;
  r.method = method;
  r.path = path;
  r.headers = {{"Host", "h:8001"}};
  if (authorization) r.headers.push_back({"authorization", *authorization});
  return r;
}

/// `ci write`, or `401 invalid_token`.
std::string told(const access_answer& a) {
  if (const auto* ok = std::get_if<admitted>(&a))
    return ok->who + (ok->access == api_access::write ? " write" : " read");
  const auto& no = std::get<refused>(a);
  std::string out = std::to_string(no.answer.status);
  for (const auto& h : no.answer.headers) {
    CHECK((h.name == "WWW-Authenticate" || h.name == "Retry-After"));
    const std::string_view v = h.value;
    const auto error = v.find("error=\"");
    if (h.name == "Retry-After")
      out += " after " + h.value;
    else if (error != std::string_view::npos)
      out += " " + h.value.substr(error + 7, v.size() - error - 8);
    if (h.name == "WWW-Authenticate") CHECK(v.starts_with("Bearer realm=\"scaleit\""));
  }
  CHECK(no.answer.content_type == "application/problem+json");
  // No sentence has a token.
  auto all = no.answer.body + no.log_line;
  for (const auto& h : no.answer.headers) all += h.value;
  for (const auto& secret : {writer, reader, short_one, std::string{"hunter2"}})
    CHECK(all.find(secret) == std::string::npos);
  return out;
}

}  // namespace

TEST_CASE("a token opens what it may") {
  struct row {
    const char* method;
    std::optional<std::string> authorization;
    const char* expected;
  };
  const row rows[] = {
      {"GET", "Bearer " + writer, "ci write"},
      {"PUT", "Bearer " + writer, "ci write"},
      {"DELETE", "bearer " + writer, "ci write"},
      {"GET", "BEARER   " + writer, "ci write"},
      {"GET", " Bearer " + writer + " \t", "ci write"},
      {"GET", "Bearer " + reader, "grafana read"},
      {"HEAD", "Bearer " + reader, "grafana read"},
      {"OPTIONS", "Bearer " + reader, "grafana read"},
      {"PUT", "Bearer " + reader, "403 insufficient_scope"},
      {"PATCH", "Bearer " + reader, "403 insufficient_scope"},
      {"POST", "Bearer " + reader, "403 insufficient_scope"},
      {"DELETE", "Bearer " + reader, "403 insufficient_scope"},
      {"get", "Bearer " + reader, "403 insufficient_scope"},
      {"BREW", "Bearer " + reader, "403 insufficient_scope"},
      {"GET", {}, "401"},
      {"PUT", {}, "401"},
      {"OPTIONS", {}, "401"},
      {"GET", "", "401"},
      {"GET", "Basic aHVudGVyMg==", "401"},
      {"GET", "Digest username=\"hunter2\"", "401"},
      {"GET", writer, "401"},
      {"GET", "Bearer:" + writer, "401"},
      {"GET", "Bearer" + writer, "401"},
      {"GET", "Token " + writer, "401"},
      {"GET", "Bearer hunter2", "401 invalid_token"},
      {"GET", "Bearer " + writer.substr(1), "401 invalid_token"},
      {"GET", "Bearer " + writer + "x", "401 invalid_token"},
      {"GET", "Bearer " + writer + ",", "401 invalid_token"},
      {"GET", "Bearer r" + reader.substr(1), "401 invalid_token"},
      {"GET", "Bearer " + std::string(8000, 'x'), "401 invalid_token"},
      {"GET", "Bearer", "400 invalid_request"},
      {"GET", "Bearer ", "400 invalid_request"},
      {"GET", "Bearer\t" + writer, "400 invalid_request"},
      {"GET", "Bearer \t" + writer, "400 invalid_request"},
      {"GET", "Bearer " + writer + " x", "400 invalid_request"},
      {"GET", "Bearer " + writer + ", Bearer " + writer, "400 invalid_request"},
      {"GET", "Bearer hunter2, Bearer " + writer, "400 invalid_request"},
      {"GET", "Bearer \"hunter2\xFF\"", "400 invalid_request"},
      {"GET", std::string("Bearer hunter2\0", 15) + writer, "400 invalid_request"},
      {"GET", "Basic x, Bearer " + writer, "401"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.method, r.authorization.value_or("none"));
    access_control a{some_tokens(), reach::network};
    CHECK(told(a.check(request(r.method, r.authorization), "10.0.0.1", start)) ==
          r.expected);
  }
}

TEST_CASE("without tokens everybody may, and is known by the address") {
  access_control a{{}, reach::network};
  CHECK(told(a.check(request("PUT", {}), "10.0.0.1", start)) == "10.0.0.1 write");
  CHECK(told(a.check(request("PUT", "Bearer x y z"), "", start)) == "local write");
  a.replace(some_tokens());
  CHECK(a.has_tokens());
  CHECK(told(a.check(request("PUT", {}), "10.0.0.1", start)) == "401");
}

TEST_CASE("only the paths that were said to be open need no token") {
  access_control a{some_tokens(), reach::network, {"/", "/openapi.json"}};
  const auto of = [&](const char* method, const char* path) {
    return told(a.check(request(method, {}, path), "10.0.0.1", start));
  };
  CHECK(of("GET", "/") == "10.0.0.1 read");
  CHECK(of("HEAD", "/openapi.json") == "10.0.0.1 read");
  CHECK(of("POST", "/") == "401");
  for (const auto* path :
       {"/api/v1", "/%61pi/v1/targets", "//api/v1", "/./api/v1", "/openapi.json/", "",
        "/openapi.json/../api/v1", "/API/v1", "*", "http://h/"})
    CHECK(of("GET", path) == "401");
}

TEST_CASE("wrong tokens lock their address out, but not who has a safe one") {
  access_control a{some_tokens(), reach::network};
  const auto from = [&](const char* address, const std::string& token, steady_time now) {
    return told(a.check(request("GET", "Bearer " + token), address, now));
  };
  const auto line_of = [&](const char* address, steady_time now) {
    return std::get<refused>(a.check(request("GET", "Bearer hunter2"), address, now))
        .log_line;
  };
  CHECK(line_of("10.0.0.1", start) == "a wrong token was sent to the API from 10.0.0.1");
  for (int n = 2; n < bounds::api_logins_failed_max; ++n)
    CHECK(line_of("10.0.0.1", start + 1s) == "");
  CHECK(from("10.0.0.1", short_one, start + 1s) == "hand write");
  CHECK(line_of("10.0.0.1", start + 1s) ==
        "10 wrong tokens were sent to the API from 10.0.0.1 within 1m: the next are "
        "answered 429");
  CHECK(from("10.0.0.1", "hunter2", start + 2s) == "429 after 58");
  CHECK(line_of("10.0.0.1", start + 2s) == "");
  CHECK(from("::ffff:10.0.0.1", "hunter2", start + 2s) == "429 after 58");
  CHECK(from("10.0.0.1", writer, start + 2s) == "ci write");
  CHECK(from("10.0.0.1", short_one, start + 2s) == "429 after 58");
  CHECK(from("10.0.0.2", short_one, start + 2s) == "hand write");
  CHECK(from("10.0.0.1", short_one, start + 60s) == "hand write");
  CHECK(from("10.0.0.1", "hunter2", start + 60s) == "401 invalid_token");
  // Who says nothing, or nothing that could be a token, guesses nothing.
  for (int n = 0; n < 100; ++n) {
    CHECK(told(a.check(request("GET", {}), "10.0.0.3", start)) == "401");
    CHECK(told(a.check(request("GET", "Bearer"), "10.0.0.3", start)) ==
          "400 invalid_request");
  }
  CHECK(from("10.0.0.3", "hunter2", start) == "401 invalid_token");
}

TEST_CASE("a page that is not ours is refused before its token is looked at") {
  access_control a{some_tokens(), reach::loopback};
  auto r = request("GET", "Bearer " + writer);
  CHECK(told(a.check(r, "127.0.0.1", start)) == "421");
  r.headers[0].value = "localhost:8001";
  CHECK(told(a.check(r, "127.0.0.1", start)) == "ci write");
  r.headers.push_back({"Origin", "http://evil.example"});
  CHECK(told(a.check(r, "127.0.0.1", start)) == "403");
}

TEST_CASE("a listener that can be reached from elsewhere needs a token and TLS") {
  const auto of = [](const char* address, bool token, bool tls, bool insecure) {
    const auto a = spec::parse_listen("listen.api", address);
    const auto no = refuse_listener(a, token, tls, insecure);
    const auto warning = warn_of_listener(a, token, tls, insecure);
    CHECK_FALSE((no && warning));
    if (no) CHECK(no->find(address) != std::string::npos);
    if (warning) CHECK(warning->starts_with("INSECURE: the API on "));
    return no ? "refused" : warning ? "warned" : "fine";
  };
  for (const auto* loopback : {"127.0.0.1:8001", "127.3.2.1:8001", "[::1]:8001"})
    for (const bool insecure : {false, true})
      CHECK(std::string{of(loopback, false, false, insecure)} == "fine");
  for (const auto* other : {"0.0.0.0:8001", "[::]:8001", "10.1.2.3:8001"}) {
    CHECK(std::string{of(other, true, true, false)} == "fine");
    CHECK(std::string{of(other, true, true, true)} == "fine");
    for (const auto& [token, tls] :
         {std::pair{true, false}, {false, true}, {false, false}}) {
      CHECK(std::string{of(other, token, tls, false)} == "refused");
      CHECK(std::string{of(other, token, tls, true)} == "warned");
    }
  }
  CHECK(refuse_listener({"0.0.0.0", 8001}, true, false, false) ==
        "the API on 0.0.0.0:8001 can be reached from elsewhere, and needs a certificate "
        "(listen.apiTls); or an address such as 127.0.0.1:8001; or insecure: true");
}
