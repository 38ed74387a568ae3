// Follows a daemon's events over its API, and comes back when the connection is lost.
#pragma once

#include "main/api_address.hpp"

#include <functional>
#include <string>
#include <vector>

namespace scaleit::main {

struct follow_request {
  std::vector<std::string> targets;  ///< empty: all
  std::vector<std::string> types;    ///< likewise
  std::string after;                 ///< an id, or empty: from now on
  bool forever = true;  ///< else: until the daemon has told all that it still had
  std::function<std::string(const std::string& json)> text_of;  ///< what is printed
};

/// Until a signal, or for ever. Throws api_unreachable if nobody is there at the start,
/// and api_refusal. Answers the exit code.
int follow_events(api_address api, const follow_request& request);

}  // namespace scaleit::main
