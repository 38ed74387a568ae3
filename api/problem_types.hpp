// Kinds of no that a client tells from others of the same status (RFC 9457, 3.1.1).
#pragma once

#include <string_view>

namespace scaleit::api {

/// A 404 of a daemon that knows its targets. Others are of paths that it does not have,
/// or of somebody else at that address.
inline constexpr std::string_view no_such_target_type = "urn:scaleit:no-such-target";

}  // namespace scaleit::api
