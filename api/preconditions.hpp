// If-Match and If-None-Match (RFC 9110, 13.1): two who change the same target do not undo
// each other's work without noticing.
#pragma once

#include "net/server.hpp"

#include <optional>
#include <string>

namespace scaleit::api {

struct preconditions {
  std::optional<std::string> match;       ///< If-Match
  std::optional<std::string> none_match;  ///< If-None-Match

  static preconditions of(const net::server_request& r);

  /// Whether a change may be made to what has this tag; null: there is nothing.
  bool allow(const std::string* etag) const;
  /// Whether a reader has this already.
  bool known(const std::string& etag) const;
};

}  // namespace scaleit::api
