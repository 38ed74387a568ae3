// Problem details (RFC 9457): the one form in which this server says no.
#pragma once

#include "net/server.hpp"

#include <string_view>

namespace scaleit::net {

inline constexpr std::string_view problem_type = "application/problem+json";

/// `detail` is a sentence about this occurrence; whatever bytes are in it, the
/// document is JSON in UTF-8. `errors`, a JSON array, says more of it.
/// `type` is an URI that says what kind it is; without one the title is the status's.
server_response problem(int status, std::string_view detail, std::string_view errors = {},
                        std::string_view type = "about:blank");

}  // namespace scaleit::net
