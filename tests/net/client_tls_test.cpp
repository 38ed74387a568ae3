// https: whom the client trusts, and what it says when it does not.
#include "tests/net/client_fixture.hpp"
#include "tests/support/certificates.hpp"

using namespace scaleit;
using namespace scaleit::test;

namespace {

struct tls_fixture {
  identity ca = make_ca("test CA");
  temporary_file ca_file{ca.certificate};
  client_fixture client() {
    net::client_options o;
    o.ca_file = ca_file.path();
    return client_fixture{o};
  }
};

}  // namespace

TEST_CASE("the client speaks https with a host it can verify") {
  tls_fixture t;
  unruly_server server{answer_always(ok("safe")),
                       issue(t.ca, {"DNS:localhost", "IP:127.0.0.1"})};
  auto f = t.client();
  check_ok(f.get(server.url()), "safe");
  check_ok(f.put(server.url()), "safe");
  check_ok(f.get(server.url("/", "localhost")), "safe");
  check_ok(f.get(server.url("/", "localhost")), "safe");
  CHECK(server.connections() == 2);
  CHECK_THAT(server.requests().at(0), StartsWith("GET / HTTP/1.1\r\n"));
}

TEST_CASE("the client moves large bodies over https") {
  tls_fixture t;
  const std::string body(900'000, 'x');
  unruly_server server{answer_always(ok(body)), issue(t.ca, {"IP:127.0.0.1"})};
  auto f = t.client();
  check_ok(f.put(server.url(), std::string(3'000'000, 'y')), body);
  check_ok(f.get(server.url()), body);
  CHECK(server.connections() == 1);
}

TEST_CASE("the client refuses a certificate for another host") {
  tls_fixture t;
  auto f = t.client();
  unruly_server name{answer_always(ok("x")), issue(t.ca, {"DNS:example.org"})};
  check_failed(f.get(name.url("/", "localhost")), failure_kind::tls, "ostname mismatch");
  check_failed(f.get(name.url()), failure_kind::tls, "IP address mismatch");
  CHECK(name.requests().empty());
}

TEST_CASE("the client refuses a certificate it cannot trace to a root it trusts") {
  tls_fixture t;
  const auto stranger = make_ca("stranger");
  unruly_server server{answer_always(ok("x")), issue(stranger, {"IP:127.0.0.1"})};
  auto f = t.client();
  check_failed(f.get(server.url()), failure_kind::tls, "certificate of 127.0.0.1:");
  client_fixture system_roots;
  check_failed(system_roots.get(server.url()), failure_kind::tls,
               "unable to get local issuer");
}

TEST_CASE("the client refuses a certificate that has expired") {
  tls_fixture t;
  unruly_server server{answer_always(ok("x")), issue(t.ca, {"IP:127.0.0.1"}, -3600)};
  auto f = t.client();
  check_failed(f.get(server.url()), failure_kind::tls, "certificate has expired");
}

TEST_CASE("https to a plain port fails and does not hang") {
  tls_fixture t;
  auto f = t.client();
  unruly_server plain{[](peer& p) {
    p.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    p.close();
  }};
  const auto where = "127.0.0.1:" + std::to_string(plain.port());
  check_failed(f.get("https://" + where), failure_kind::tls,
               "TLS handshake with " + where);
  unruly_server closing{[](peer& p) { p.close(); }};
  check_failed(f.get("https://127.0.0.1:" + std::to_string(closing.port())),
               failure_kind::tls, "during the TLS handshake");
  unruly_server silent{[](peer& p) { p.wait_until_closed(); }};
  check_failed(f.get("https://127.0.0.1:" + std::to_string(silent.port()), 80ms),
               failure_kind::timeout, "no TLS handshake with ");
}

TEST_CASE("http to an https port is an answer that is not HTTP, or none") {
  tls_fixture t;
  unruly_server server{answer_always(ok("x")), issue(t.ca, {"IP:127.0.0.1"})};
  client_fixture f;
  const auto r = f.get("http://127.0.0.1:" + std::to_string(server.port()));
  REQUIRE(r.error);
  CHECK((r.error->kind == failure_kind::http || r.error->kind == failure_kind::connect));
}

TEST_CASE("a body without a length needs a proper end over https") {
  tls_fixture t;
  const auto who = issue(t.ca, {"IP:127.0.0.1"});
  auto f = t.client();
  for (const bool proper : {true, false}) {
    unruly_server server{[=](peer& p) {
                           p.read_request();
                           p.send("HTTP/1.1 200 OK\r\n\r\nabc");
                           if (proper) p.close();
                         },
                         who};
    const auto r = f.get(server.url());
    if (proper)
      check_ok(r, "abc");
    else
      check_failed(r, failure_kind::body, "ended after 3 bytes");
  }
}

TEST_CASE("the client retries a GET over https, and never goes down to http") {
  tls_fixture t;
  const auto who = issue(t.ca, {"IP:127.0.0.1"});
  auto f = t.client();
  unruly_server dying{[](peer& p) {
                        p.read_request();
                        p.send(ok(std::to_string(p.number())));
                        p.read_request();
                      },
                      who};
  check_ok(f.get(dying.url()), "1");
  check_ok(f.get(dying.url()), "2");
  unruly_server plain{answer_always(ok("plain"))};
  unruly_server down{answer_always("HTTP/1.1 302 Found\r\nLocation: " + plain.url() +
                                   "\r\nContent-Length: 0\r\n\r\n"),
                     who};
  check_failed(f.get(down.url()), failure_kind::http, "from https to http");
  CHECK(plain.connections() == 0);
}

TEST_CASE("a file of roots that cannot be read fails each https request") {
  net::client_options o;
  o.ca_file = "/nonexistent/ca.pem";
  client_fixture f{o};
  unruly_server server{[](peer& p) { p.wait_until_closed(); }};
  const auto url = "https://127.0.0.1:" + std::to_string(server.port());
  check_failed(f.get(url), failure_kind::tls, "TLS cannot be set up");
  check_failed(f.get(url), failure_kind::tls, "TLS cannot be set up");
}
