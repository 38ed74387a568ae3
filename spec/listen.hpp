// `ADDR:PORT` as listeners are given on the command line and in the environment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace scaleit::spec {

struct listen_address {
  std::string address;  ///< an IPv4 or IPv6 literal
  std::uint16_t port = 0;
  /// `0.0.0.0:8000`, `[::1]:8000`.
  std::string text() const;
  /// Only this machine reaches it.
  bool is_loopback() const;
};

/// Accepts `127.0.0.1:8000`, `[::]:8000`, `localhost:8000` and `:8000` (all addresses).
/// Throws input_error, naming `what` (an option or a variable).
listen_address parse_listen(std::string_view what, std::string_view text);

}  // namespace scaleit::spec
