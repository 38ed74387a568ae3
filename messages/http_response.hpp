// The answer to a request, as a plain value that actors can send each other.
#pragma once

#include "messages/observation.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace scaleit {

/// An answer, or why there is none.
struct http_response {
  std::optional<failure> error;  ///< connect, timeout, tls, http (not HTTP) or body
  bool unsent = false;           ///< with an error: not a byte of the request has left
  int status = 0;  ///< valid when there is no error; any status is an answer
  std::string body;
  std::string encoding;               ///< of the body, if it is compressed or the like
  bool may_be_cut = false;            ///< the body ended without a sign that it is whole
  std::chrono::microseconds took{0};  ///< from submit
};

}  // namespace scaleit
