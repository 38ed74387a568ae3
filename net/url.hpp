// The URLs the client can ask: absolute, http or https, taken apart once.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scaleit::net {

struct parsed_url {
  bool tls = false;
  std::string host;  ///< lower case, an IPv6 literal without its brackets
  std::uint16_t port = 0;
  std::optional<boost::asio::ip::address> literal;  ///< set when `host` is an address
  std::string authority;  ///< the Host header: without a default port
  std::string where;      ///< host:port or unix:/path, for sentences
  std::string target;     ///< path and query, at least "/"

  std::string unix_socket{};  ///< where to connect instead, not of the text

  /// "https://host:port": what connections and credentials belong to (RFC 6454).
  std::string origin() const { return (tls ? "https://" : "http://") + where; }
};

/// Throws std::invalid_argument with a sentence for the user. A fragment is
/// dropped; a user name or password is refused, and then the URL is not printed.
parsed_url parse_url(std::string_view text);

/// The absolute form of a Location header received from `base` (RFC 9110,
/// section 10.2.2). Throws as parse_url() does.
std::string resolve_location(std::string_view base, std::string_view location);

}  // namespace scaleit::net
