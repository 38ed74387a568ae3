// Files that users name, read whole and bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace scaleit::spec {

/// Throws input_error: the file, what is wrong with it, and `accepted`. A pipe is read,
/// too, but not waited for for ever.
std::string read_text_file(const std::string& file, std::size_t bytes_max,
                           std::string_view accepted);

/// The same of what must be a regular file: nothing else is read, nor waited for.
std::string read_regular_file(const std::string& file, std::size_t bytes_max,
                              std::string_view accepted);

/// Neither a directory nor a pipe, and there.
bool is_regular_file(const std::string& file);

/// `UTF-16` or `UTF-32`, if the first bytes say so; else empty.
std::string_view encoding_of_text(std::string_view text);

/// All of standard input, as bounded.
std::string read_standard_input(std::size_t bytes_max);

}  // namespace scaleit::spec
