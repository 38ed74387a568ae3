#include "net/stream_socket.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>

namespace scaleit::net {

namespace asio = boost::asio;

namespace {

asio::ip::tcp::endpoint tcp_endpoint(const stream_endpoint& e) {
  asio::ip::tcp::endpoint tcp;
  if (e.size() > tcp.capacity()) return tcp;
  std::memcpy(tcp.data(), e.data(), e.size());
  tcp.resize(e.size());
  return tcp;
}

bool is_tcp(const stream_endpoint& e) {
  const auto family = e.protocol().family();
  return family == AF_INET || family == AF_INET6;
}

}  // namespace

std::string address_text(const stream_endpoint& e) {
  if (!is_tcp(e)) return "unix";
  const auto address = tcp_endpoint(e).address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

std::uint16_t port_of(const stream_endpoint& e) {
  return is_tcp(e) ? tcp_endpoint(e).port() : std::uint16_t{0};
}

bool is_unix_path(std::string_view path) {
  return !path.empty() && path.size() <= unix_path_bytes_max &&
         std::ranges::none_of(path, [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

boost::system::error_code connect_unix(asio::local::stream_protocol::socket& s,
                                       std::string_view path) {
  const asio::local::stream_protocol::endpoint to(path);
  boost::system::error_code e;
  if (::connect(s.native_handle(), to.data(), static_cast<socklen_t>(to.size())) != 0)
    e.assign(errno, boost::system::system_category());
  return e;
}

}  // namespace scaleit::net
