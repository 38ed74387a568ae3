// TLS on one connection of the server, without waiting: each call does what can be done
// at once, as send() and recv() of a socket that does not block.
//
// OpenSSL works on the socket itself. Asio's ssl::stream holds 34 KB for each
// connection and loses the rest of a record when the client has no room for it, so
// that one could not write as much as fits and come back later.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/system/error_code.hpp>
#include <openssl/ssl.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace scaleit::net {

class tls_line {
 public:
  using error_code = boost::system::error_code;
  using wait_type = boost::asio::socket_base::wait_type;
  using buffers = std::array<boost::asio::const_buffer, 3>;

  enum class step : std::uint8_t {
    done,
    again,      ///< after wants()
    not_tls,    ///< the client speaks something else, of which nothing was read
    no_client,  ///< it left, or sends what is not accepted
  };

  /// Throws std::bad_alloc. `fd` stays the caller's.
  tls_line(SSL_CTX& context, int fd);
  tls_line(const tls_line&) = delete;
  tls_line& operator=(const tls_line&) = delete;

  step shake_hands();

  /// As of a socket: would_block means after wants(), eof that the client ended properly
  /// or not.
  std::size_t read(boost::asio::mutable_buffer to, error_code& ec);
  /// What was taken counts as written. What is left must be offered again, unchanged.
  std::size_t write(const buffers& all, error_code& ec);
  /// Whether there is anything to read.
  void peek(error_code& ec);
  /// The socket does not become readable for what has been decrypted already.
  bool has_decrypted() const { return SSL_pending(ssl_.get()) > 0; }
  wait_type wants() const { return wants_; }
  /// Says that nothing more is sent (RFC 8446, section 6.1), if there is room.
  void end_sending() noexcept;

  /// The common name of the client's certificate; empty without one.
  std::string client_name() const;

 private:
  static const BIO_METHOD* method();
  static int send(BIO* b, const char* from, int n);
  static int receive(BIO* b, char* to, int n);
  error_code outcome(int result);

  struct freed {
    void operator()(SSL* s) const { SSL_free(s); }
  };
  std::unique_ptr<SSL, freed> ssl_;
  int fd_;
  wait_type wants_ = wait_type::wait_read;
  bool begun_ = false;
  bool broken_ = false;  // OpenSSL is not to be asked any more
  bool ended_ = false;   // the client's side of the socket
};

}  // namespace scaleit::net
