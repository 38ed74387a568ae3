// What https means here: TLS 1.2 or later, a chain to a trusted root, and a
// certificate that names the host that was asked for.
#pragma once

#include "messages/observation.hpp"
#include "net/prepared_request.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace scaleit::net {

/// Files as tls_settings names them, in PEM; empty: the system's roots, no certificate of
/// ours. Throws std::runtime_error with a sentence.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const tls_settings& files);

/// Throws std::runtime_error when something else has that name: OpenSSL would wait for a
/// pipe, and everything else with it. That nothing has it is told by who opens it.
void must_be_file(const std::string& file);

/// While it lives, a key that is encrypted is refused; OpenSSL would ask for its
/// passphrase on the terminal.
class no_passphrase {
 public:
  explicit no_passphrase(SSL_CTX* c);
  ~no_passphrase();
  no_passphrase(const no_passphrase&) = delete;
  no_passphrase& operator=(const no_passphrase&) = delete;
  bool asked() const { return asked_; }

 private:
  SSL_CTX* context_;
  bool asked_ = false;
};

/// Whom a certificate must name.
struct tls_peer {
  std::string name;
  bool is_address = false;
};
tls_peer peer_of(const prepared_request& r);

/// Names the host for SNI and for the check of the certificate (RFC 9110, section 4.3.4).
/// False when OpenSSL refuses.
bool expect_peer(SSL* ssl, const tls_peer& peer);

/// Why the handshake failed, with OpenSSL's or X.509's own words.
failure handshake_failure(SSL* ssl, boost::system::error_code e,
                          const std::string& where);
/// Whether it failed at the peer's certificate.
bool is_distrusted(SSL* ssl);

/// "TLS alert: certificate required" when `e` is one the peer sent; or empty.
std::string tls_alert(boost::system::error_code e);

}  // namespace scaleit::net
