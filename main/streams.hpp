// Standard input, output and error, as they really are: closed by whoever started us,
// full, or with nobody left to read. Every command writes through here, so that all of
// them answer such faults alike, and in one place.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace scaleit::main {

/// Standard output took less than it was given. what() says why.
struct output_error : std::runtime_error {
  explicit output_error(int number);
  bool nobody_reads;  ///< the other end of a pipe is gone: `scaleit replay ... | head`
};

/// Before anything else: a descriptor from 0 to 2 that was closed would be the next thing
/// that is opened, a socket or a file of the record, and get what is meant for people.
void open_standard_streams();

/// Writes all of it to standard output, at once. Throws output_error.
void put(std::string_view text);

template <class... Args>
void print(fmt::format_string<Args...> text, Args&&... args) {
  put(fmt::format(text, std::forward<Args>(args)...));
}

/// A line on standard error; whoever cannot be told is not. Never throws.
void put_error(std::string_view line) noexcept;

/// As a command says what is wrong: `scaleit: ...`
template <class... Args>
void complain(fmt::format_string<Args...> text, Args&&... args) {
  put_error("scaleit: " + fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace scaleit::main
