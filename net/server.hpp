// A small HTTP/1.1 server for metrics, health and the sample application.
//
// A handler is a function from request to answer, given at once or later
// through the `responder`; the server moves the bytes and keeps the bounds, so
// that a slow, greedy or malformed client hurts nobody.
#pragma once

#include "messages/bounds.hpp"
#include "net/event_loop.hpp"
#include "net/http.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace scaleit::net {

struct server_request {
  std::string method;  ///< as received: "GET"; also for HEAD, whose body is left out
  std::string path;    ///< without the query: "/metrics"
  std::string query;   ///< without the '?'
  std::string accept;  ///< the Accept header, or empty
  std::string content_type;
  std::string body;
};

struct server_response {
  int status = 200;
  std::string content_type;  ///< empty: none sent
  std::string body;
  std::vector<header> headers;  ///< further ones, e.g. Allow
};

/// The right to answer one request, once; movable; used on the loop's thread.
/// Dropped unanswered it answers 500. Outliving the server or the connection is
/// harmless. An answer that cannot be sent as it is (a control character in a
/// header, a status below 200) becomes a 500.
class responder {
 public:
  class exchange;
  explicit responder(std::shared_ptr<exchange> x);
  responder(responder&&) noexcept;
  responder& operator=(responder&&) noexcept;
  ~responder();

  void send(server_response r);
  /// Sends the header of `r` and the first `bytes` of its body, then closes.
  void send_cut(server_response r, std::size_t bytes);
  /// Closes with a TCP reset, without an answer.
  void reset();

 private:
  std::shared_ptr<exchange> exchange_;
};

struct server_options {
  std::string address = "127.0.0.1";  ///< an IPv4 or IPv6 literal
  std::uint16_t port = 0;             ///< 0: any free one
  std::size_t connections_max = bounds::server_connections_max;
  std::size_t header_bytes_max = bounds::request_header_bytes_max;
  std::size_t body_bytes_max = bounds::request_body_bytes_max;
  std::chrono::milliseconds read_timeout =
      bounds::request_read_timeout;  ///< first byte to last
  std::chrono::milliseconds write_timeout = bounds::response_write_timeout;
  std::chrono::milliseconds idle_timeout =
      bounds::server_idle_timeout;  ///< between requests
};

class http_server {
 public:
  using handler = std::function<void(server_request&&, responder)>;

  /// Listens at once. Throws std::system_error when it cannot (the address is in use,
  /// not ours, or not permitted).
  http_server(event_loop& loop, server_options options, handler on_request);
  /// Closes the listener and every connection. On the loop's thread, or after
  /// the loop has stopped; before the loop is destroyed.
  ~http_server();

  std::uint16_t port() const;  ///< the one it got
  std::size_t connections() const;

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace scaleit::net
