// What a signal may do to the process: end it when it is asked to, and nothing else. Most
// signals end a process that says nothing about them, at once, with a request in flight.
#pragma once

#include "net/event_loop.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace scaleit::main {

/// For every command: writing where nobody reads, or beyond the limit on the size of a
/// file, is an error of that write; and what is sent arrives, whatever mask we were
/// started with.
void make_writes_fail_quietly();

/// For the daemon: what a terminal, a log rotation or a habit sends does nothing. Not
/// touched are those that ask to stop, job control, and those that tell of a bug.
void ignore_stray_signals();

/// What a daemon does when it is asked to. Both are called on the thread of the signals.
struct signal_handlers {
  std::function<void(std::string)> stop;  ///< once, with the signal's name
  std::function<void()> hang_up;          ///< for each SIGHUP
};

/// The first signal that asks to stop is an order; a second one ends the process at once,
/// and so does time: whatever hangs, it ends.
class daemon_signals {
 public:
  daemon_signals(net::asio::io_context& io, signal_handlers handlers);

 private:
  void await();
  void heard(int signal);

  net::asio::signal_set signals_;
  net::asio::steady_timer deadline_;
  signal_handlers handlers_;
  int asked_by_ = 0;
  std::chrono::steady_clock::time_point asked_{};
};

}  // namespace scaleit::main
