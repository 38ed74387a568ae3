// What every command answers the shell.
#pragma once

namespace scaleit::main {

/// Exit codes of every command.
namespace exit_code {
inline constexpr int success = 0;
inline constexpr int no = 1;         ///< the command ran and the answer is no
inline constexpr int bad_input = 2;  ///< usage, configuration or input
inline constexpr int failure = 3;    ///< at run time: a port in use, a disk that is full
inline constexpr int nobody_reads = 128 + 13;  ///< as SIGPIPE ends a process
}  // namespace exit_code

}  // namespace scaleit::main
