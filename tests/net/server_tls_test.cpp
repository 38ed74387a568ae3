// The HTTP server over TLS: whom it serves, and what only TLS can bring about.
#include "tests/net/client_fixture.hpp"
#include "tests/net/stream_fixture.hpp"
#include "tests/net/tls_fixture.hpp"

#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::net;
using namespace scaleit::test;

namespace {

void who(server_request&& q, responder r) {
  r.send({200,
          {},
          q.remote + (q.tls ? " tls " : " plain ") + q.client_name + " " +
              std::to_string(q.body.size()),
          {}});
}

std::string output_of(const std::string& command) {
  std::string all;
  auto* const p = ::popen(command.c_str(), "r");
  if (!p) return all;
  char part[4096];
  while (const auto n = std::fread(part, 1, sizeof part, p)) all.append(part, n);
  ::pclose(p);
  return all;
}

/// A whole answer of one's own makes sure that the server is well.
void still_answers(std::uint16_t port) {
  raw_client c(port, tls_manners{});
  CHECK(c.ask(get).status == 200);
}

}  // namespace

TEST_CASE("the server speaks TLS with our own client, curl and openssl") {
  tls_files t;
  server_thread s(who, t.options());
  client_options o;
  o.ca_file = t.ca.path();
  client_fixture f(o);
  const auto url = "https://127.0.0.1:" + std::to_string(s.port()) + "/";
  check_ok(f.get(url), "127.0.0.1 tls  0");
  check_ok(f.put(url, std::string(60'000, 'x')), "127.0.0.1 tls  60000");
  CHECK(f.client->stats().connections_open == 1);
  if (!output_of("curl --version 2>/dev/null").empty())
    CHECK(output_of("curl -sS --cacert " + t.ca.path() + " " + url + " 2>&1") ==
          "127.0.0.1 tls  0");
  if (!output_of("openssl version 2>/dev/null").empty()) {
    const auto s_client = output_of(
        "printf 'GET / HTTP/1.1\\r\\nHost: h\\r\\nConnection: close\\r\\n\\r\\n' | "
        "openssl s_client -quiet -no_ign_eof -verify_return_error -CAfile " +
        t.ca.path() + " -connect 127.0.0.1:" + std::to_string(s.port()) +
        " -ign_eof 2>/dev/null");
    CHECK_THAT(s_client, ContainsSubstring("127.0.0.1 tls  0"));
  }
}

TEST_CASE("with a client CA only those whom it signed are served, by their names") {
  tls_files t;
  server_thread s(who, t.mutual());
  const auto ours = issue(test_ca(), {}, 3600, "deploy");
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    raw_client known(s.port(), tls_manners{ours, {}, version});
    CHECK(known.ask(get).body == "127.0.0.1 tls deploy 0");
    for (const auto& m :
         {tls_manners{{}, {}, version},
          tls_manners{issue(make_ca("other"), {}, 3600, "deploy"), {}, version},
          tls_manners{issue(test_ca(), {}, -60, "late"), {}, version}}) {
      raw_client unknown(s.port(), m);
      const bool sent = unknown.send(get);
      CHECK(unknown.read_answer().status == 0);
      CHECK((!sent || unknown.end() == EPROTO));  // an alert, not a broken connection
    }
  }
}

TEST_CASE("ALPN: HTTP/1.1 is spoken, HTTP/2 alone is refused") {
  tls_files t;
  server_thread s(who, t.options());
  raw_client both(s.port(), tls_manners{{}, "\x02h2\x08http/1.1"});
  CHECK(both.ask(get).status == 200);
  const unsigned char* chosen = nullptr;
  unsigned n = 0;
  SSL_get0_alpn_selected(both.tls().ssl(), &chosen, &n);
  CHECK(std::string(reinterpret_cast<const char*>(chosen), n) == "http/1.1");
  raw_client only(s.port(), tls_manners{{}, "\x02h2"});
  CHECK(only.ask(get).status == 0);
}

TEST_CASE("plain HTTP at a port of TLS is told so") {
  tls_files t;
  server_thread s(who, t.options());
  raw_client c(s.port(), tls_manners{});
  c.send_plain(get);
  const auto answer = c.receive_plain();
  CHECK_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  CHECK_THAT(answer, ContainsSubstring("https:// is needed"));
  CHECK(c.receive_plain().empty());
  CHECK(c.end() == 0);
}

TEST_CASE("bytes that are no handshake end the connection, and nothing else") {
  tls_files t;
  server_thread s(who, t.options());
  std::mt19937 chance(7);
  for (int i = 0; i < 200; ++i) {
    std::string junk = i % 4 == 0 ? std::string("\x16\x03\x01\x02\x00\x01", 6) : "";
    for (auto n = chance() % 300; n > 0; --n) junk += static_cast<char>(chance());
    raw_client c(s.port(), tls_manners{});
    c.send_plain(junk);
    if (i % 2 == 0) ::shutdown(c.fd(), SHUT_WR);
  }
  still_answers(s.port());
}

TEST_CASE("a handshake that takes too long is given up, though bytes keep coming") {
  tls_files t;
  server_thread s(who, t.options({.read_timeout = 60ms, .idle_timeout = 1h}));
  raw_client silent(s.port(), tls_manners{});
  raw_client slow(s.port(), tls_manners{});
  slow.send_plain(std::string("\x16\x03\x01\x02\x00", 5));
  for (int i = 0; i < 30; ++i) {
    slow.send_plain("x");
    std::this_thread::sleep_for(5ms);
  }
  s.eventually([&] { return s.server().connections() == 0; });
  CHECK(s.connections() == 0);
}

TEST_CASE("unfinished handshakes cannot keep a health check out") {
  tls_files t;
  server_thread s(who, t.options({.connections_max = 8}));
  std::vector<std::unique_ptr<raw_client>> loris;
  for (int i = 0; i < 30; ++i) {
    loris.push_back(std::make_unique<raw_client>(s.port(), tls_manners{}));
    if (i % 2 == 0) loris.back()->send_plain(std::string("\x16\x03\x01\x02\x00\x01", 6));
  }
  still_answers(s.port());
  CHECK(s.connections() <= 8);
}

TEST_CASE("requests that came in one record are all answered") {
  tls_files t;
  server_thread s(who, t.options());
  raw_client c(s.port(), tls_manners{});
  std::string all;
  for (int i = 0; i < 300; ++i) all += get;  // more than one read takes
  c.send(all);
  for (int i = 0; i < 300; ++i) REQUIRE(c.read_answer().status == 200);
}

TEST_CASE("renewed keys of TLS disturb nothing") {
  tls_files t;
  hub h;
  server_thread s(h.handler(), t.options());
  raw_client c(s.port(), tls_manners{});
  c.send(get);
  CHECK_FALSE(c.read_head().empty());
  for (int i = 0; i < 5; ++i) {
    SSL_key_update(c.tls().ssl(), SSL_KEY_UPDATE_REQUESTED);
    SSL_do_handshake(c.tls().ssl());
    CHECK(h.writer().write("piece") == stream_writer::outcome::taken);
    CHECK(c.read_chunk() == "piece");
  }
  h.writer().end();
  CHECK(c.read_chunk().empty());
  CHECK(h.end() == stream_end::complete);
}

TEST_CASE(
    "a stream over TLS ends properly when the server does, and not when it is cut") {
  tls_files t;
  hub h;
  server_thread s(h.handler(), t.options());
  raw_client stopped(s.port(), tls_manners{});
  stopped.send(get);
  stopped.read_head();
  raw_client cut(s.port(), tls_manners{});
  cut.send(get);
  cut.read_head();
  raw_client leaves(s.port(), tls_manners{});
  leaves.send(get);
  leaves.read_head();
  leaves.half_close();
  CHECK(h.end(0) == stream_end::left);
  h.writer(1).cut();
  CHECK(cut.closed());
  CHECK(cut.end() != 0);
  h.writer(0).write("last words");
  s.stop();
  CHECK(stopped.read_chunk() == "last words");
  CHECK(stopped.read_chunk().empty());
  CHECK(stopped.closed());
  CHECK(stopped.end() == 0);
}

TEST_CASE("a client that closes its side still has its answer, a large one whole") {
  tls_files t;
  std::string large;
  for (int i = 0; large.size() < 6'000'000; ++i) large += std::to_string(i);
  server_thread s(
      [&](server_request&&, responder r) {
        r.send({200, {}, large, {}});
      },
      t.options());
  raw_client c(s.port(), tls_manners{});
  c.send(get);
  c.half_close();
  std::this_thread::sleep_for(50ms);  // until its socket is full
  CHECK(c.read_answer().body == large);
}
