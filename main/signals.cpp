#include "main/signals.hpp"

#include <csignal>
#include <cstring>

namespace scaleit::main {

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

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name == nullptr ? "signal " + std::to_string(signal) : std::string{"SIG"} + name;
}

}  // namespace scaleit::main
