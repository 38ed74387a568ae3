// Files that users name, read whole and bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace scaleit::spec {

/// Throws input_error: the file, what is wrong with it, and `accepted`.
std::string read_text_file(const std::string& file, std::size_t bytes_max,
                           std::string_view accepted);

/// All of standard input, as bounded.
std::string read_standard_input(std::size_t bytes_max);

}  // namespace scaleit::spec
