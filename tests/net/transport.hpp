// What the server's tests talk over: TCP, or by SCALEIT_TEST_TRANSPORT=unix or tls one of
// the others, so that whatever holds for one is shown to hold for all.
#pragma once

#include "net/server.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/patience.hpp"

#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace scaleit::test {

/// Sets what makes a server one of the transport that was chosen.
void choose_transport(net::server_options& o);
/// Remembers how it is spoken to. Its port, or a number in place of one.
std::uint16_t note_server(const net::server_options& o, std::uint16_t port);
/// "tcp", "tls" or the path of a unix socket.
std::string transport_of(std::uint16_t port);
/// Whether `name` was chosen: tcp, unix or tls.
bool is_over(std::string_view name);

/// A time-out of the server that a test sits out: `t`, or as much more as a handshake on
/// a busy machine needs.
inline std::chrono::milliseconds sat_out(std::chrono::milliseconds t) {
  return t * patience * (is_over("tls") ? 5 : 1);
}

/// A directory of one's own in the temporary one, gone with all files in it.
class temporary_directory {
 public:
  temporary_directory();
  ~temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// What a client shows and wants of TLS.
struct tls_manners {
  identity certificate{};
  std::string protocols{};  ///< of ALPN, each after its length
  int version_max = 0;
};

/// A client's TLS over a blocking socket; it shakes hands at the first call.
class tls_side {
 public:
  tls_side(int fd, const tls_manners& m);
  ~tls_side();
  tls_side(const tls_side&) = delete;
  tls_side& operator=(const tls_side&) = delete;

  /// As send() and recv(), with errno; a connection that ends without a word of TLS is
  /// an error, EPROTO.
  ssize_t send(const char* from, std::size_t n);
  ssize_t receive(char* to, std::size_t n);
  void half_close();
  SSL* ssl() { return ssl_; }

 private:
  ssize_t outcome(int result);

  SSL_CTX* context_;
  SSL* ssl_;
};

}  // namespace scaleit::test
