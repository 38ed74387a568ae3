// `ADDR:PORT` or `unix:/path`, as listeners are given on the command line, in the
// environment and in files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace scaleit::spec {

struct listen_address {
  std::string address;  ///< an IPv4 or IPv6 literal, or unix:/path
  std::uint16_t port = 0;
  bool is_unix() const;
  /// `0.0.0.0:8000`, `[::1]:8000`, `unix:/run/scaleit.sock`.
  std::string text() const;
  /// Only this machine reaches it.
  bool is_loopback() const;
};

/// Accepts `127.0.0.1:8000`, `[::]:8000`, `localhost:8000`, `:8000` (all addresses) and
/// `unix:/run/scaleit.sock`, with an absolute path that the system can take.
/// Throws input_error, naming `what` (an option or a variable).
listen_address parse_listen(std::string_view what, std::string_view text);

}  // namespace scaleit::spec
