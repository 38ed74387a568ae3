// The log: text for people or JSON for machines, on stderr, written by a thread of
// its own so that a reader that stalls never stalls the control loop.
#pragma once

#include "messages/event.hpp"
#include "messages/log_line.hpp"

#include <string>
#include <string_view>

namespace scaleit::main {

enum class log_format : std::uint8_t { text, json };

/// Starts the log; call once. When its queue is full the oldest lines are dropped.
void start_log(log_level level, log_format format);

/// One line; `about` is attached as structured data in the JSON format.
void log(log_level level, std::string_view text, const event* about = nullptr);

/// Lines dropped so far because stderr was not read.
std::size_t log_lines_dropped();

/// Writes what waits and stops the log.
void stop_log();

}  // namespace scaleit::main
