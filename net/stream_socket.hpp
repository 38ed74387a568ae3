// A connected socket of either kind: TCP, or a unix socket with a path in the file
// system. What both can do is done by one code; here is what differs.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/un.h>

namespace scaleit::net {

using stream_socket = boost::asio::generic::stream_protocol::socket;
using stream_endpoint = boost::asio::generic::stream_protocol::endpoint;

/// "127.0.0.1", "::1" or "unix": whose it is, without its port. An IPv4 address that came
/// in through an IPv6 listener is an IPv4 address.
std::string address_text(const stream_endpoint& e);

/// 0 for a unix socket.
std::uint16_t port_of(const stream_endpoint& e);

/// The system's structure holds the byte that ends it, too.
inline constexpr std::size_t unix_path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;

/// The system can take it, and it can be shown.
bool is_unix_path(std::string_view path);

/// Connects one that does not block. Asio would wait after EAGAIN, which here means that
/// the listener's queue is full: no connection comes of it.
boost::system::error_code connect_unix(boost::asio::local::stream_protocol::socket& s,
                                       std::string_view path);

}  // namespace scaleit::net
