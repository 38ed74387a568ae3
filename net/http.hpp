// The room `net`: HTTP/1.1 in both directions on one event loop, with TLS and name
// resolution. It knows URLs and headers, but nothing of scaling.
//
// It includes `messages` alone, and only it includes Beast. The ways in are this header
// (what is asked and answered), client.hpp and server.hpp; event_loop.hpp is what both
// run on. To read the client begin with pool.hpp, to read the server with
// server_session.hpp; docs/internals/http-server.md tells the latter.
//
// Requests and responses as the rest of the program sees them: plain values,
// no Beast and no Asio, so that including them costs nothing.
#pragma once

#include "messages/http_response.hpp"
#include "messages/target_spec.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::net {

enum class verb : std::uint8_t { get, put, post, patch, delete_, head, options };

/// RFC 9110, section 9.2.1: it changes nothing.
constexpr bool is_safe(verb v) {
  return v == verb::get || v == verb::head || v == verb::options;
}
/// RFC 9110, section 9.2.2: to send it twice is as good as once.
constexpr bool is_idempotent(verb v) {
  return is_safe(v) || v == verb::put || v == verb::delete_;
}

/// Whom an https request trusts and what it shows; what is empty is as the client has it.
/// Connections are shared only by requests for which all of this is the same.
struct tls_settings {
  std::string ca_file{};      ///< PEM
  std::string cert_file{};    ///< our certificate and its chain, PEM
  std::string key_file{};     ///< of `cert_file`, if not in the same file
  std::string server_name{};  ///< that the certificate must have, if not the URL's host
  bool operator==(const tls_settings&) const = default;
};

struct http_request {
  verb method = verb::get;
  std::string url;  ///< absolute, http or https
  /// A path: connect to that socket, whatever the host of `url`. Connections are shared
  /// only by requests for which it is the same; a redirect to another origin leaves it.
  std::string unix_socket{};
  std::vector<header> headers;
  std::string content_type;  ///< of the body, if any
  std::string body;
  /// From submit to the last byte of the answer; of a stream, to its header.
  std::chrono::milliseconds timeout{2000};
  /// How long a stream may be silent between two pieces; 0: as long as `timeout`.
  std::chrono::milliseconds silence{0};
  /// Otherwise it has a connection of its own, which is closed after the answer.
  bool keep_alive = true;
  /// A 2xx settles the request as soon as the header is there, whatever becomes of the
  /// body. For writes: what counts is that it was done.
  bool status_is_enough = false;
  tls_settings tls{};
};

/// A request checked and serialized once, to be sent many times.
class prepared_request;
using prepared_ptr = std::shared_ptr<const prepared_request>;

/// Throws std::invalid_argument, with a sentence for the user, when the URL or a
/// header cannot be sent (control characters, no host, another scheme).
prepared_ptr prepare(const http_request& r);

using scaleit::http_response;

struct http_head {
  int status = 0;
  std::vector<header> headers;
};

/// How a stream ended, well or not.
struct http_end {
  std::optional<failure> error;
  std::chrono::microseconds took{0};  ///< from submit
};

/// What is done with an answer as it arrives. Redirects are followed before.
struct stream_handlers {
  std::function<void(http_head&&)> on_head;        ///< once, or never
  std::function<void(std::string_view)> on_chunk;  ///< at most 64 KiB each, not empty
  std::function<void(http_end&&)> on_end;          ///< once
};

/// The client's face, and the seam of the tests: actors know only this.
class http_client {
 public:
  using handler = std::function<void(http_response&&)>;
  using ticket = std::uint64_t;

  virtual ~http_client() = default;

  /// Sends `r`; `done` is called exactly once, on the loop's thread, never from
  /// within submit() itself, at the latest when the request's timeout has passed.
  virtual ticket submit(prepared_ptr r, handler done) = 0;

  /// The same for an answer that is long, or without an end. The handlers are called on
  /// the loop's thread, never from within stream() itself, and may cancel it.
  virtual ticket stream(prepared_ptr r, stream_handlers h) = 0;

  /// Gives up a request: its handlers are destroyed without being called and its
  /// connection, if it had one, is closed. Unknown tickets are ignored.
  virtual void cancel(ticket t) noexcept = 0;
};

}  // namespace scaleit::net
