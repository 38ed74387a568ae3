// https: whom the client trusts, and what it says when it does not.
#include "tests/net/client_fixture.hpp"
#include "tests/support/certificates.hpp"

#include <filesystem>
#include <sys/stat.h>

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
               "TLS handshake with " + where + " failed: no TLS is spoken there");
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

TEST_CASE("a body without a length and without close_notify may be cut") {
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
    check_ok(r, "abc");
    CHECK(r.may_be_cut == !proper);
  }
  unruly_server short_of_it{[](peer& p) {
                              p.read_request();
                              p.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc");
                            },
                            who};
  check_failed(f.get(short_of_it.url()), failure_kind::body, "ended after 3 of 4 bytes");
}

TEST_CASE("the dot that ends an absolute name is not part of the certificate's") {
  tls_fixture t;
  unruly_server server{answer_always(ok("x")), issue(t.ca, {"DNS:localhost"})};
  auto f = t.client();
  check_ok(f.get(server.url("/", "localhost.")), "x");
  CHECK_THAT(server.requests().at(0), ContainsSubstring("Host: localhost.:"));
}

TEST_CASE("a certificate's common name is no name") {
  tls_fixture t;
  unruly_server server{answer_always(ok("x")), issue(t.ca, {}, 3600, "localhost")};
  auto f = t.client();
  check_failed(f.get(server.url("/", "localhost")), failure_kind::tls,
               "ostname mismatch");
}

TEST_CASE("a file of roots is read again when it has changed") {
  tls_fixture t;
  const auto next = make_ca("next CA");
  auto f = t.client();
  {
    unruly_server before{answer_always(ok("before")), issue(t.ca, {"IP:127.0.0.1"})};
    check_ok(f.get(before.url()), "before");
  }
  unruly_server server{answer_always(ok("after")), issue(next, {"IP:127.0.0.1"})};
  check_failed(f.get(server.url()), failure_kind::tls, "not accepted");
  t.ca_file.replace(next.certificate);
  check_ok(f.get(server.url()), "after");
}

TEST_CASE("a file of roots that cannot be read any more is kept as it was") {
  tls_fixture t;
  std::vector<std::string> said;
  net::client_options o;
  o.ca_file = t.ca_file.path();
  o.warn = [&](const std::string& what) { said.push_back(what); };
  client_fixture f{o};
  const auto good = issue(t.ca, {"IP:127.0.0.1"}),
             bad = issue(make_ca("x"), {"IP:127.0.0.1"});
  unruly_server server{answer_always(ok("x", "Connection: close\r\n")), good};
  unruly_server stranger{answer_always(ok("x")), bad};
  check_ok(f.get(server.url()), "x");
  t.ca_file.replace("no certificate");
  for (int i = 0; i < 2; ++i) {
    check_failed(f.get(stranger.url()), failure_kind::tls, "not accepted");
    check_ok(f.get(server.url()), "x");
  }
  REQUIRE(said.size() == 1);
  CHECK_THAT(said.at(0), StartsWith(t.ca_file.path() + ": "));
  CHECK_THAT(said.at(0), ContainsSubstring("what was read before is kept"));
}

TEST_CASE("a file of roots that is another thing now is not waited for") {
  tls_fixture t;
  const auto file = t.ca_file.path();
  std::vector<std::string> said;
  net::client_options o;
  o.ca_file = file;
  o.warn = [&](const std::string& what) { said.push_back(what); };
  client_fixture f{o};
  unruly_server stranger{answer_always(ok("x")), issue(make_ca("x"), {"IP:127.0.0.1"})};
  check_failed(f.get(stranger.url()), failure_kind::tls, "not accepted");
  std::filesystem::remove(file);
  SECTION("a pipe") { REQUIRE(::mkfifo(file.c_str(), 0600) == 0); }
  SECTION("a device") { std::filesystem::create_symlink("/dev/zero", file); }
  SECTION("a directory") { std::filesystem::create_directory(file); }
  for (int i = 0; i < 2; ++i)
    check_failed(f.get(stranger.url()), failure_kind::tls, "not accepted");
  REQUIRE(said.size() == 1);
  CHECK_THAT(said.at(0), StartsWith(file + ": is a "));
  CHECK_THAT(said.at(0), ContainsSubstring("what was read before is kept"));
  std::filesystem::remove(file);
}

TEST_CASE("the client shows a certificate of its own where one is set") {
  tls_fixture t;
  const auto who = issue(t.ca, {"IP:127.0.0.1"});
  const auto us = issue(t.ca, {"DNS:us"});
  const temporary_file cert{us.certificate}, key{us.key}, both{us.certificate + us.key};
  unruly_server server{answer_always(ok("x")), who, t.ca.certificate};
  auto f = t.client();
  http_request r;
  r.url = server.url();
  check_failed(f.send(r), failure_kind::tls, "TLS alert: ");
  r.tls.cert_file = cert.path();
  r.tls.key_file = key.path();
  check_ok(f.send(r), "x");
  check_ok(f.send(r), "x");
  CHECK(server.connections() == 2);
  r.tls = {};
  check_failed(f.send(r), failure_kind::tls, "TLS alert: ");
  r.tls.cert_file = both.path();
  check_ok(f.send(r), "x");
  r.tls.cert_file = "/nonexistent/cert.pem";
  check_failed(f.send(r), failure_kind::tls, "/nonexistent/cert.pem: ");
}

TEST_CASE("a request may trust other roots and expect another name") {
  tls_fixture t;
  const auto other = make_ca("other");
  const temporary_file other_file{other.certificate};
  unruly_server server{answer_always(ok("x")), issue(other, {"DNS:app.internal"})};
  auto f = t.client();
  http_request r;
  r.url = server.url();
  check_failed(f.send(r), failure_kind::tls, "not accepted");
  r.tls.ca_file = other_file.path();
  check_failed(f.send(r), failure_kind::tls, "mismatch");
  r.tls.server_name = "app.internal";
  check_ok(f.send(r), "x");
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
