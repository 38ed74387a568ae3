// The second thread: metrics, health and signals, away from the control loop, so
// that a slow scrape never delays a decision and a stalled loop can still be seen
// and stopped.
#pragma once

#include "main/signals.hpp"
#include "net/event_loop.hpp"
#include "net/router.hpp"
#include "net/server.hpp"
#include "spec/listen.hpp"
#include "telemetry/families.hpp"
#include "telemetry/health.hpp"
#include "telemetry/scrapes.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <stdexcept>
#include <thread>

namespace scaleit::main {

/// The address is in use, not ours, or not permitted; what() names it, the system's
/// reason, and how another is chosen.
struct cannot_listen : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class watch {
 public:
  /// The loop is its thread's own from start() on. Listens at once; throws cannot_listen
  /// when it cannot. Signals are handled on this thread.
  watch(net::event_loop& loop, const spec::listen_address& at,
        std::size_t connections_max, telemetry::families& metrics,
        const telemetry::health& health, signal_handlers handlers);
  /// Ends the thread.
  ~watch();

  std::uint16_t port() const { return server_->port(); }
  void start();

 private:
  std::unique_ptr<net::http_server> listen(const spec::listen_address& at,
                                           std::size_t connections_max);
  net::router routes();
  net::server_response readiness() const;

  net::event_loop& loop_;
  telemetry::scrapes scrapes_;
  const telemetry::health& health_;
  daemon_signals signals_;
  std::unique_ptr<net::http_server> server_;
  net::asio::executor_work_guard<net::asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace scaleit::main
