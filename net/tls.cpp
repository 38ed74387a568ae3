#include "net/tls.hpp"

#include "messages/file_stamp.hpp"
#include "net/sentence.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <stdexcept>
#include <sys/stat.h>

namespace scaleit::net {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

void must(error_code e, const std::string& file) {
  if (e) throw std::runtime_error(fmt::format("{}: {}", file, e.message()));
}

/// Boost 1.81 and later agree on the category, not on the width of the value.
unsigned long openssl_error(error_code e) { return static_cast<unsigned int>(e.value()); }

bool is_openssl(error_code e) {
  return e.category() == boost::asio::error::get_ssl_category();
}

}  // namespace

void must_be_file(const std::string& file) {
  struct stat about {};
  if (file.empty() || ::stat(file.c_str(), &about) != 0) return;
  if (const auto odd = oddity_of(about.st_mode); !odd.empty())
    throw std::runtime_error(fmt::format("{}: {}", file, odd));
}

no_passphrase::no_passphrase(SSL_CTX* c) : context_(c) {
  SSL_CTX_set_default_passwd_cb_userdata(c, &asked_);
  SSL_CTX_set_default_passwd_cb(c, [](char*, int, int, void* asked) {
    if (asked) *static_cast<bool*>(asked) = true;
    return -1;
  });
}

/// Asio's context would take what it finds there for its own.
no_passphrase::~no_passphrase() {
  SSL_CTX_set_default_passwd_cb_userdata(context_, nullptr);
}

std::shared_ptr<ssl::context> make_tls_context(const tls_settings& files) {
  auto c = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(c->native_handle(), TLS1_2_VERSION);
  // Tens of thousands of connections: idle ones must not keep 34 KB of buffers.
  SSL_CTX_set_mode(c->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  for (const auto* file : {&files.ca_file, &files.cert_file, &files.key_file})
    must_be_file(*file);
  error_code e;
  if (files.ca_file.empty())
    c->set_default_verify_paths(e);
  else
    c->load_verify_file(files.ca_file, e);
  must(e, files.ca_file.empty() ? "the system's certificates" : files.ca_file);
  if (!files.cert_file.empty()) {
    c->use_certificate_chain_file(files.cert_file, e);
    must(e, files.cert_file);
    const auto& key = files.key_file.empty() ? files.cert_file : files.key_file;
    const no_passphrase none(c->native_handle());
    c->use_private_key_file(key, ssl::context::pem, e);
    if (none.asked())
      throw std::runtime_error(fmt::format(
          "{}: the key is encrypted with a passphrase; accepted: one without", key));
    must(e, key);
  }
  c->set_verify_mode(ssl::verify_peer);
  return c;
}

tls_peer peer_of(const prepared_request& r) {
  const auto& own = r.source().tls.server_name;
  tls_peer p{own.empty() ? r.url().host : own, own.empty() && r.url().literal};
  // RFC 6066, section 3: without the dot that ends an absolute name.
  if (!p.is_address && p.name.ends_with('.')) p.name.pop_back();
  return p;
}

bool expect_peer(SSL* s, const tls_peer& peer) {
  // OpenSSL's own check rather than a callback: it records a reason of its own.
  if (peer.is_address)
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(s), peer.name.c_str()) == 1;
  // RFC 9110, section 4.3.4: the subject's common name is no name of a host.
  SSL_set_hostflags(
      s, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  return SSL_set1_host(s, peer.name.c_str()) == 1 &&
         SSL_set_tlsext_host_name(s, const_cast<char*>(peer.name.c_str())) == 1;
}

bool is_distrusted(SSL* s) { return SSL_get_verify_result(s) != X509_V_OK; }

std::string tls_alert(error_code e) {
  if (!is_openssl(e)) return {};
  const int reason = ERR_GET_REASON(openssl_error(e));
  if (reason < SSL_AD_REASON_OFFSET || reason > SSL_AD_REASON_OFFSET + 0xff) return {};
  std::string name = SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET);
  if (name == "unknown") name = e.message();
  return "TLS alert: " + name;
}

failure handshake_failure(SSL* s, error_code e, const std::string& where) {
  if (const long verdict = SSL_get_verify_result(s); verdict != X509_V_OK)
    return make_failure(failure_kind::tls,
                        fmt::format("certificate of {} not accepted: {}", where,
                                    X509_verify_cert_error_string(verdict)));
  if (e == boost::asio::error::eof || e == ssl::error::stream_truncated ||
      e == boost::asio::error::connection_reset)
    return make_failure(
        failure_kind::tls,
        fmt::format("{} closed the connection during the TLS handshake; is it http://?",
                    where));
  auto why = tls_alert(e);
  if (why.empty()) why = e.message();
  if (is_openssl(e) && (ERR_GET_REASON(openssl_error(e)) == SSL_R_WRONG_VERSION_NUMBER ||
                        ERR_GET_REASON(openssl_error(e)) == SSL_R_HTTP_REQUEST))
    why = "no TLS is spoken there; is it http://?";
  return make_failure(failure_kind::tls,
                      fmt::format("TLS handshake with {} failed: {}", where, why));
}

}  // namespace scaleit::net
