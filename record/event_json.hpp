// Events as CloudEvents 1.0 JSON, one line each (docs/reference/events.md).
#pragma once

#include "messages/event.hpp"

#include <string>

namespace scaleit::record {

/// Appends the event as one line of JSON, without the newline. References to secrets are
/// written as they stand; credentials in clear text, in headers and URLs, as `***`.
void append_json(std::string& out, const event& e);

/// What is in its `data`, and before it the event's `time` if that is wanted.
void append_data(std::string& out, const event& e, bool with_time = false);

inline std::string to_json(const event& e) {
  std::string out;
  append_json(out, e);
  return out;
}

}  // namespace scaleit::record
