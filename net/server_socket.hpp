// What a server's session reads from and writes to: a TCP or unix socket, and maybe TLS
// on top of it. Plain bytes go straight through.
#pragma once

#include "net/stream_socket.hpp"
#include "net/tls_line.hpp"

#include <boost/system/error_code.hpp>

#include <optional>
#include <utility>

namespace scaleit::net {

class server_socket {
 public:
  using error_code = boost::system::error_code;
  using buffers = tls_line::buffers;
  using wait_type = tls_line::wait_type;

  /// `context`: of TLS, or null. Throws std::bad_alloc.
  server_socket(stream_socket s, SSL_CTX* context);

  /// None when the connection is plain.
  tls_line* tls() { return tls_.get(); }
  /// The rest is plain: the client does not speak TLS, or not as it is wanted.
  void drop_tls() { tls_.reset(); }

  /// Writes what can be written without waiting.
  std::size_t write_some(const buffers& all, error_code& ec) {
    return tls_ ? tls_->write(all, ec) : socket_.write_some(all, ec);
  }
  /// Whether there is something to read, or an end.
  void peek(error_code& ec);
  /// What to wait for before peek() or a read that found nothing says something else.
  wait_type to_read() const { return tls_ ? tls_->wants() : wait_type::wait_read; }

  template <class Handler>
  void async_wait(wait_type what, Handler h) {
    socket_.async_wait(what, std::move(h));
  }
  template <class Handler>  // only of a plain connection
  void async_read_some(boost::asio::mutable_buffer to, Handler h) {
    socket_.async_read_some(to, std::move(h));
  }
  auto get_executor() { return socket_.get_executor(); }

  /// How many bytes the kernel holds that the client has not taken. Those of TLS are
  /// more than those of the answer, which does not matter to who asks whether they
  /// change.
  std::optional<int> queued();
  /// From here on the kernel notices when the client's machine went without a word.
  void watch_machine();
  void end_sending() noexcept;
  /// Without a word; what the client has not read is lost.
  void reset() noexcept;
  void close() noexcept;

 private:
  stream_socket socket_;
  std::unique_ptr<tls_line> tls_;
};

}  // namespace scaleit::net
