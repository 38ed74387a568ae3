// A line for people, before it is written anywhere.
#pragma once

#include <cstdint>
#include <string>

namespace scaleit {

enum class log_level : std::uint8_t { debug, info, warning, error };

struct log_line {
  log_level level = log_level::info;
  std::string text;
  bool of_event = true;  ///< else of many, and no event belongs to it
  bool operator==(const log_line&) const = default;
};

}  // namespace scaleit
