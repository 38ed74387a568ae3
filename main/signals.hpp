// What a signal may do to the process: end it when it is asked to, and nothing else. Most
// signals end a process that says nothing about them, at once, with a request in flight.
#pragma once

#include <string>

namespace scaleit::main {

/// For every command: writing where nobody reads, or beyond the limit on the size of a
/// file, is an error of that write; and what is sent arrives, whatever mask we were
/// started with.
void make_writes_fail_quietly();

/// For the daemon: what a terminal, a log rotation or a habit sends does nothing. Not
/// touched are those that ask to stop, job control, and those that tell of a bug.
void ignore_stray_signals();

/// "SIGTERM"
std::string signal_name(int signal);

}  // namespace scaleit::main
