// Who may ask the API for what: tokens, failed logins, and pages in a browser that mean
// to reach it by its back door.
//
// Pure: requests come in as values, answers go out as values, and time is an argument. No
// sentence here quotes a token.
//
// What is refused elsewhere: a form that a foreign page posts without an Origin (none
// does today) has a content type that no handler takes, `text/plain` among them.
#pragma once

#include "api/failed_logins.hpp"
#include "api/tokens.hpp"
#include "messages/time.hpp"
#include "net/server.hpp"
#include "spec/config_spec.hpp"
#include "spec/listen.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace scaleit::api {

// -- listeners ------------------------------------------------------------

/// From where a listener can be reached.
enum class reach : std::uint8_t {
  unix_socket,  ///< by processes of this machine that may open the file
  loopback,     ///< by all of this machine, and so by pages in its browsers
  network,
};

/// Why the listener may not be opened: what can be reached from elsewhere needs a token
/// and TLS, unless the user insists.
std::optional<std::string> refuse_listener(const spec::listen_address& a, bool has_token,
                                           bool has_tls, bool insecure);
/// What is to be said loudly of one that is opened because he does.
std::optional<std::string> warn_of_listener(const spec::listen_address& a, bool has_token,
                                            bool has_tls, bool insecure);

// -- requests -------------------------------------------------------------

/// A request may go on.
struct admitted {
  std::string who;  ///< a token's name; without tokens the address, or `local`
  spec::api_access access = spec::api_access::read;
};

/// It may not; this is the answer.
struct refused {
  net::server_response answer;
  std::string log_line;  ///< not empty: worth one; bounded per address and period
};

using access_answer = std::variant<admitted, refused>;

class access_control {
 public:
  /// `open` are paths, as they are received, that need no token: nothing of what they
  /// answer is worth one. All others do, whatever is behind them.
  explicit access_control(tokens t, reach r,
                          std::vector<std::string> open = {"/", "/openapi.json"});

  /// From now on these. Whether they are others.
  bool replace(tokens t) { return std::exchange(tokens_, std::move(t)) != tokens_; }
  const tokens& in_use() const { return tokens_; }
  bool has_tokens() const { return tokens_.any(); }

  /// `remote` is the peer's address, an IPv4 or IPv6 literal, or empty for a unix socket.
  access_answer check(const net::server_request& r, std::string_view remote,
                      steady_time now);

 private:
  access_answer check_token(const net::server_request& r, std::string_view remote,
                            steady_time now);

  tokens tokens_;
  reach reach_;
  std::vector<std::string> open_;
  failed_logins failed_;
};

/// The first half of check(): whether a browser sends it for a page that is not ours, by
/// Host, Origin and Sec-Fetch-Site. None: it does not.
std::optional<net::server_response> refuse_foreign_page(const net::server_request& r,
                                                        reach from);

}  // namespace scaleit::api
