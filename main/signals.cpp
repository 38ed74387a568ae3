#include "main/signals.hpp"

#include "main/exit_code.hpp"
#include "main/logging.hpp"
#include "messages/bounds.hpp"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace scaleit::main {

namespace {

/// "SIGTERM"
std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name == nullptr ? "signal " + std::to_string(signal) : std::string{"SIG"} + name;
}

}  // namespace

void make_writes_fail_quietly() {
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  for (const int s : {SIGPIPE, SIGXFSZ}) std::signal(s, SIG_IGN);
}

void ignore_stray_signals() {
  // A background process may write to its terminal (SIGTTOU), whatever that was told.
  for (const int s : {SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGPOLL,
                      SIGSTKFLT, SIGTTIN, SIGTTOU})
    std::signal(s, SIG_IGN);
  for (int s = SIGRTMIN; s <= SIGRTMAX; ++s) std::signal(s, SIG_IGN);
}

daemon_signals::daemon_signals(net::asio::io_context& io, signal_handlers handlers)
    : signals_(io), deadline_(io), handlers_(std::move(handlers)) {
  for (const int s : {SIGTERM, SIGINT, SIGQUIT, SIGXCPU, SIGPWR, SIGHUP}) signals_.add(s);
  await();
}

void daemon_signals::await() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    heard(signal);
    await();
  });
}

void daemon_signals::heard(int signal) {
  // A terminal that is closed sends it, too: scaling goes on.
  if (signal == SIGHUP) return handlers_.hang_up();
  const auto at = std::chrono::steady_clock::now();
  if (asked_by_ != 0) {
    // timeout(1) and some terminals signal the process and then its group, and a script
    // hands Ctrl-C on as a SIGTERM: that is one request. A second one means: at once.
    if (at - asked_ < bounds::signal_echo) return;
    std::_Exit(128 + signal);
  }
  asked_by_ = signal;
  asked_ = at;
  const auto name = signal_name(signal);
  log(log_level::info, name + ": stopping");
  // Whatever hangs, be it the loop itself or a reader of the log, the process ends.
  deadline_.expires_after(bounds::stop_deadline);
  deadline_.async_wait([](const boost::system::error_code& error) {
    if (!error) std::_Exit(exit_code::success);
  });
  handlers_.stop(name);
}

}  // namespace scaleit::main
