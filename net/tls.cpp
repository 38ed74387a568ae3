#include "net/tls.hpp"

#include "net/sentence.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace scaleit::net {

namespace ssl = boost::asio::ssl;

std::shared_ptr<ssl::context> make_tls_context(const std::string& ca_file) {
  auto c = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(c->native_handle(), TLS1_2_VERSION);
  // Tens of thousands of connections: idle ones must not keep 34 KB of buffers.
  SSL_CTX_set_mode(c->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  if (ca_file.empty())
    c->set_default_verify_paths();
  else
    c->load_verify_file(ca_file);
  c->set_verify_mode(ssl::verify_peer);
  return c;
}

bool expect_host(SSL* s, const parsed_url& url) {
  // OpenSSL's own check rather than a callback: it records a reason of its own.
  if (url.literal)
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(s), url.host.c_str()) == 1;
  SSL_set_hostflags(s, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(s, url.host.c_str()) == 1 &&
         SSL_set_tlsext_host_name(s, const_cast<char*>(url.host.c_str())) == 1;
}

failure handshake_failure(SSL* s, boost::system::error_code e, const std::string& where) {
  if (const long verdict = SSL_get_verify_result(s); verdict != X509_V_OK)
    return make_failure(failure_kind::tls,
                        fmt::format("certificate of {} not accepted: {}", where,
                                    X509_verify_cert_error_string(verdict)));
  if (e == boost::asio::error::eof || e == ssl::error::stream_truncated ||
      e == boost::asio::error::connection_reset)
    return make_failure(
        failure_kind::tls,
        fmt::format("{} closed the connection during the TLS handshake", where));
  return make_failure(failure_kind::tls, fmt::format("TLS handshake with {} failed: {}",
                                                     where, e.message()));
}

}  // namespace scaleit::net
