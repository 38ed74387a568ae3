// What https means here: TLS 1.2 or later, a chain to a trusted root, and a
// certificate that names the host that was asked for.
#pragma once

#include "messages/observation.hpp"
#include "net/url.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace scaleit::net {

/// `ca_file` in PEM; empty: the system's roots. Throws boost::system::system_error.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const std::string& ca_file);

/// Names the host for SNI and for the check of the certificate (RFC 9110, section 4.3.4).
/// False when OpenSSL refuses.
bool expect_host(SSL* ssl, const parsed_url& url);

/// Why the handshake failed, with OpenSSL's or X.509's own words.
failure handshake_failure(SSL* ssl, boost::system::error_code e,
                          const std::string& where);

}  // namespace scaleit::net
