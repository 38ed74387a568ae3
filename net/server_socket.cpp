#include "net/server_socket.hpp"

#include "messages/bounds.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace scaleit::net {

namespace asio = boost::asio;

server_socket::server_socket(stream_socket s, SSL_CTX* context) : socket_(std::move(s)) {
  error_code ignored;  // a unix socket has no such option
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (context) tls_ = std::make_unique<tls_line>(*context, socket_.native_handle());
}

void server_socket::peek(error_code& ec) {
  if (tls_) return tls_->peek(ec);
  char next = 0;
  socket_.receive(asio::buffer(&next, 1), asio::socket_base::message_peek, ec);
}

std::optional<int> server_socket::queued() {
  int bytes = 0;
  if (::ioctl(socket_.native_handle(), SIOCOUTQ, &bytes) != 0) return {};
  return bytes;
}

void server_socket::watch_machine() {
  const auto to = [this](int level, int name, int value) {
    ::setsockopt(socket_.native_handle(), level, name, &value, sizeof value);
  };
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  constexpr auto silence = bounds::stream_ack_timeout;
  to(SOL_SOCKET, SO_KEEPALIVE, 1);
  to(IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(seconds(silence).count()));
  to(IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(seconds(silence).count() / 3));
  to(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(milliseconds(silence).count()));
}

void server_socket::end_sending() noexcept {
  if (tls_) tls_->end_sending();
  error_code ignored;
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
}

void server_socket::reset() noexcept {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

void server_socket::close() noexcept {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace scaleit::net
