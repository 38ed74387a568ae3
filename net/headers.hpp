// What may be given as a request header, in settings and to the client.
#pragma once

#include <string_view>

namespace scaleit::net {

/// RFC 9110, section 5.6.2: a token.
bool is_header_name(std::string_view s);

/// RFC 9110, section 5.5: visible characters, spaces, tabs and bytes above ASCII.
bool is_header_value(std::string_view s);

/// Framing belongs to the client: these would desynchronise the connection.
bool is_framing_header(std::string_view name);

/// Names of headers are the same in any case.
bool same_header(std::string_view a, std::string_view b);

}  // namespace scaleit::net
