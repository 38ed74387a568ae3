// The files of a server's TLS: which are refused, and how they are replaced.
#include "tests/net/tls_fixture.hpp"
#include "tests/support/catch.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

using namespace scaleit;
using namespace scaleit::net;
using namespace scaleit::test;
using namespace std::chrono_literals;

namespace {

std::string refusal(const server_tls& files) {
  event_loop loop;
  try {
    http_server s(loop, {.tls = files}, hello);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "accepted";
}

std::string with_passphrase() {
  auto* key = EVP_EC_gen("P-256");
  auto* b = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(b, key, EVP_aes_256_cbc(), "secret", 6, nullptr, nullptr);
  char* data = nullptr;
  const auto n = BIO_get_mem_data(b, &data);
  std::string text(data, static_cast<std::size_t>(n));
  BIO_free(b);
  EVP_PKEY_free(key);
  return text;
}

/// The common name that a new client is shown.
std::string shown(raw_client& c) {
  REQUIRE(c.ask(get).status == 200);
  auto* x = SSL_get1_peer_certificate(c.tls().ssl());
  char name[64] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, name, sizeof name);
  X509_free(x);
  return name;
}

std::string shown(std::uint16_t port) {
  raw_client c(port, tls_manners{});
  return shown(c);
}

}  // namespace

TEST_CASE("files of TLS that cannot be used are refused, with their names") {
  tls_files t;
  const temporary_file rubbish{"rubbish"}, locked{with_passphrase()};
  const temporary_file other{issue(test_ca(), {}).key};
  const auto& cert = t.cert.path();
  const auto& key = t.key.path();
  CHECK(refusal({cert, key}) == "accepted");
  CHECK(refusal({"/nowhere/c.pem", key}) == "/nowhere/c.pem: No such file or directory");
  CHECK(refusal({cert, "/nowhere/k.pem"}) == "/nowhere/k.pem: No such file or directory");
  CHECK(refusal({cert, key, "/nowhere/a"}) == "/nowhere/a: No such file or directory");
  CHECK(refusal({"/tmp", key}) == "/tmp: is a directory");
  CHECK(refusal({rubbish.path(), key}) ==
        rubbish.path() + ": holds no certificate in PEM");
  CHECK(refusal({key, key}) == key + ": holds no certificate in PEM");
  CHECK_THAT(refusal({cert, rubbish.path()}),
             StartsWith(rubbish.path() + ": holds no private key in PEM"));
  CHECK(refusal({cert, other.path()}) ==
        other.path() + ": is not the key of the certificate in " + cert);
  CHECK_THAT(refusal({cert, locked.path()}),
             StartsWith(locked.path() + ": the key is encrypted with a passphrase"));
  CHECK(refusal({cert, key, rubbish.path()}) ==
        rubbish.path() + ": holds no certificate in PEM");
}

TEST_CASE("a certificate that has expired is a warning") {
  tls_files t(issue(test_ca(), {"IP:127.0.0.1"}, -60));
  server_thread s(hello, t.options());
  REQUIRE(t.count(t.warnings) == 1);
  CHECK_THAT(t.warnings[0],
             StartsWith(t.cert.path() + ": the certificate has expired, on "));
  CHECK(shown(s.port()) == "server");
}

TEST_CASE("certificates are replaced while the server runs") {
  const auto named = [](const std::string& name) {
    return issue(test_ca(), {"IP:127.0.0.1"}, 3600, name);
  };
  const auto reload = [](server_thread& s) {
    return s.on_loop([&] { return s.server().reload_tls(); });
  };
  tls_files t(named("first"));
  server_thread s(hello, t.options());
  raw_client kept(s.port(), tls_manners{});
  CHECK(shown(kept) == "first");

  t.put(named("second"));
  CHECK(shown(s.port()) == "first");  // looked at a moment ago
  CHECK(reload(s).empty());
  CHECK(shown(s.port()) == "second");
  CHECK(shown(kept) == "first");
  CHECK(t.count(t.news) == 1);

  const auto third = named("third");
  t.cert.replace(third.certificate);  // the key comes later
  std::this_thread::sleep_for(1100ms);
  CHECK(shown(s.port()) == "second");
  CHECK(t.count(t.warnings) == 0);
  s.eventually([&] { return t.count(t.warnings) == 1; });
  std::this_thread::sleep_for(1100ms);
  CHECK(shown(s.port()) == "second");
  REQUIRE(t.count(t.warnings) == 1);  // told once, and not before it was sure
  CHECK_THAT(t.warnings[0],
             StartsWith(t.key.path() + ": is not the key of") &&
                 Catch::Matchers::EndsWith("; what was read before is kept"));
  CHECK_THAT(reload(s), StartsWith(t.key.path() + ": is not the key of"));

  t.key.replace(third.key);
  s.eventually([&] { return t.count(t.news) == 2; });  // while a client is connected
  CHECK(shown(s.port()) == "third");
  CHECK(shown(kept) == "first");
}
