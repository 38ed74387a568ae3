// The HTTP/1.1 client: pooled keep-alive connections per origin, deadlines, TLS.
#pragma once

#include "messages/bounds.hpp"
#include "net/event_loop.hpp"
#include "net/http.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace scaleit::net {

struct client_options {
  std::size_t connections_per_origin_max = bounds::connections_per_origin_max;
  std::size_t connections_max =
      bounds::connections_default;  ///< main derives it from RLIMIT_NOFILE
  std::chrono::milliseconds connect_timeout = bounds::connect_timeout;
  std::chrono::milliseconds idle_timeout = bounds::idle_connection_timeout;
  std::chrono::milliseconds age_max = bounds::connection_age_max;
  std::size_t header_bytes_max = bounds::response_header_bytes_max;
  std::size_t body_bytes_max = bounds::response_body_bytes_max;  ///< not of streams
  std::string ca_file;  ///< PEM; empty: the system's roots
  int redirects_max = bounds::redirects_max;
  /// Told, one sentence each, what fails no request but should be known.
  std::function<void(const std::string&)> warn = [](const std::string&) {};
};

struct client_stats {
  std::size_t connections_open = 0;
  std::size_t connections_idle = 0;
  std::size_t requests_in_flight = 0;  ///< sent or connecting
  std::size_t requests_queued = 0;     ///< waiting for a connection
};

/// Must be used and destroyed on the loop's thread; destroying it drops all
/// requests without calling their handlers.
class pooled_client : public http_client {
 public:
  pooled_client(event_loop& loop, client_options options);
  ~pooled_client() override;
  ticket submit(prepared_ptr r, handler done) override;
  ticket stream(prepared_ptr r, stream_handlers h) override;
  void cancel(ticket t) noexcept override;
  client_stats stats() const;

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace scaleit::net
