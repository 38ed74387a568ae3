// A small HTTP/1.1 server: for metrics and health, for the sample application, and
// for an API with streams; over TCP or a unix socket, plain or TLS.
//
// A handler is a function from request to answer, given at once or later through
// the `responder`, whole or as a stream; the server moves the bytes and keeps the
// bounds, so that a slow, greedy or malformed client hurts nobody. router.hpp is a
// handler that shares the work among others, by method and path.
#pragma once

#include "messages/bounds.hpp"
#include "net/event_loop.hpp"
#include "net/http.hpp"
#include "net/stream.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace scaleit::net {

struct server_request {
  std::string method;  ///< as received: "GET", "HEAD", "get"
  std::string path;    ///< as received, without the query: "/targets/a%20b"
  std::string query;   ///< without the '?'
  std::string body;
  std::vector<scaleit::header>
      headers;              ///< one per name; several lines are joined by ", "
  std::string remote;       ///< whose it is: "127.0.0.1", "::1", "unix"
  bool tls = false;         ///< it came over TLS
  std::string client_name;  ///< the common name of the client's certificate, or empty

  /// The value of a header, whatever the case of its name.
  std::optional<std::string_view> header(std::string_view name) const;
};

struct server_response {
  int status = 200;
  std::string content_type;  ///< empty: none sent
  std::string body;
  std::vector<scaleit::header> headers;  ///< further ones, e.g. Allow
};

/// The right to answer one request, once; movable; used on the loop's thread.
/// Dropped unanswered it answers 500. Outliving the server or the connection is
/// harmless. An answer that cannot be sent as it is (a control character in a
/// header, a status below 200, a length of the handler's own) becomes a 500. The
/// body of an answer to HEAD is left out.
class responder {
 public:
  class exchange;
  explicit responder(std::shared_ptr<exchange> x);
  responder(responder&&) noexcept;
  responder& operator=(responder&&) noexcept;
  ~responder();

  void send(server_response r);
  /// Sends status and headers of `head` (its body is not looked at), and gives the
  /// right to write the rest. Beyond streams_max the answer is a 503.
  stream_writer stream(server_response head, stream_options o = {});
  /// Sends the header of `r` and the first `bytes` of its body, then closes.
  void send_cut(server_response r, std::size_t bytes);
  /// Closes with a TCP reset, without an answer.
  void reset();

 private:
  std::shared_ptr<exchange> exchange_;
};

/// Files in PEM. They are read again when they change.
struct server_tls {
  std::string cert_file;         ///< the certificate and its chain
  std::string key_file;          ///< without a passphrase
  std::string client_ca_file{};  ///< only whom these have signed may connect; or empty
};

struct server_options {
  std::string address = "127.0.0.1";  ///< an IPv4 or IPv6 literal, or unix:/path
  std::uint16_t port = 0;             ///< 0: any free one
  std::size_t connections_max = bounds::server_connections_max;
  std::size_t header_bytes_max = bounds::request_header_bytes_max;
  std::size_t body_bytes_max = bounds::request_body_bytes_max;
  std::size_t streams_max = bounds::server_streams_max;  ///< of the connections
  std::chrono::milliseconds read_timeout =
      bounds::request_read_timeout;  ///< first byte to last, but for a large body
  std::chrono::milliseconds write_timeout =
      bounds::response_write_timeout;  ///< without progress
  std::chrono::milliseconds stall_timeout =
      bounds::stream_stall_timeout;  ///< the same for a stream
  std::chrono::milliseconds idle_timeout =
      bounds::server_idle_timeout;  ///< between requests
  std::optional<server_tls> tls{};  ///< or else plain
  mode_t unix_mode = 0600;          ///< of a unix socket's file: who may connect
  /// Told, one sentence each: files of TLS that cannot be used, as those before are kept;
  /// and those that have been read again.
  std::function<void(const std::string&)> warn = [](const std::string&) {};
  std::function<void(const std::string&)> inform = [](const std::string&) {};
};

class http_server {
 public:
  using handler = std::function<void(server_request&&, responder)>;

  /// Listens at once. Throws std::system_error when it cannot (the address is in use,
  /// not ours, or not permitted), and std::runtime_error, with a sentence that names the
  /// file, when those of TLS cannot be used. A unix socket's file that nobody listens at
  /// is replaced, and it is removed at the end.
  http_server(event_loop& loop, server_options options, handler on_request);
  /// Closes the listener and every connection; a stream without an end of its own
  /// gets one, as far as the client has room for it. On the loop's thread, or after
  /// the loop has stopped; before the loop is destroyed.
  ~http_server();

  /// Reads the files of TLS now, changed or not. What is wrong with them, so that those
  /// before are kept; or empty. On the loop's thread.
  std::string reload_tls();

  std::uint16_t port() const;  ///< the one it got; of a unix socket 0
  std::size_t connections() const;
  std::size_t streams() const;

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace scaleit::net
