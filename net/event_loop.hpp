// The one event loop that carries actors, timers and sockets.
#pragma once

#include <boost/asio/io_context.hpp>

namespace scaleit::net {

namespace asio = boost::asio;

/// A thread of control: everything on a loop runs on the one thread that calls
/// `run()`, so what lives on it needs no locks.
class event_loop {
 public:
  event_loop() : io_(1) {}
  asio::io_context& io() { return io_; }

 private:
  asio::io_context io_;
};

}  // namespace scaleit::net
