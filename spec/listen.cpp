#include "spec/listen.hpp"

#include "messages/text.hpp"
#include "net/stream_socket.hpp"
#include "spec/input_error.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <charconv>

namespace scaleit::spec {

namespace {

constexpr std::string_view unix_prefix = "unix:";

listen_address parse_unix(std::string_view what, std::string_view text) {
  const auto path = text.substr(unix_prefix.size());
  if (path.size() > net::unix_path_bytes_max)
    throw input_error{
        fmt::format("{}='{}' is not valid; accepted: a path of at most {} bytes, as the "
                    "system takes for a socket",
                    what, printable(text, 160), net::unix_path_bytes_max)};
  if (!path.starts_with('/') || path.ends_with('/') || !net::is_unix_path(path))
    throw input_error{fmt::format(
        "{}='{}' is not valid; accepted: unix: and the absolute path of a file, such as "
        "unix:/run/scaleit.sock",
        what, printable(text, 160))};
  return {std::string{text}, 0};
}

}  // namespace

bool listen_address::is_unix() const { return address.starts_with(unix_prefix); }

std::string listen_address::text() const {
  if (is_unix()) return address;
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                : fmt::format("[{}]:{}", address, port);
}

bool listen_address::is_loopback() const {
  if (is_unix()) return true;
  boost::system::error_code bad;
  return boost::asio::ip::make_address(address, bad).is_loopback() && !bad;
}

listen_address parse_listen(std::string_view what, std::string_view text) {
  if (text.starts_with(unix_prefix)) return parse_unix(what, text);
  const auto fail = [&] {
    throw input_error{
        fmt::format("{}='{}' is not valid; accepted: ADDR:PORT, such as 0.0.0.0:8000, "
                    "127.0.0.1:0 or [::]:8000, or unix:/path",
                    what, printable(text, 80))};
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) fail();
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  listen_address out;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
    fail();
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    fail();  // an IPv6 literal without brackets: which colon is the port's?
  }
  if (host.empty()) host = "0.0.0.0";
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code bad;
  boost::asio::ip::make_address(std::string{host}, bad);
  if (bad) fail();
  out.address = host;
  return out;
}

}  // namespace scaleit::spec
