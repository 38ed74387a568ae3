// Where a server listens: at a TCP port, or at a unix socket's file.
//
// The file of one who died is in the way of who comes next, and nobody else would
// remove it: it is replaced, unless somebody still answers there.
#pragma once

#include "net/stream_socket.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <string>
#include <sys/stat.h>

namespace scaleit::net {

class listener {
 public:
  using acceptor =
      boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

  /// `address` is an IPv4 or IPv6 literal, or unix:/path. Throws std::system_error.
  listener(boost::asio::io_context& io, const std::string& address, std::uint16_t port,
           mode_t unix_mode);
  ~listener();
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  acceptor& accepts() { return acceptor_; }
  std::uint16_t port() const { return port_; }  ///< of a unix socket 0
  void close() noexcept;

 private:
  boost::system::error_code open_tcp(const std::string& address, std::uint16_t port);
  boost::system::error_code open_unix(mode_t mode);
  boost::system::error_code bind_unix();
  bool is_stale() const;

  boost::asio::io_context& io_;
  acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::string path_;       // of the file
  struct stat file_ = {};  // which one is ours, if any
};

}  // namespace scaleit::net
