// Percent-encoding (RFC 3986, 2.1) taken off, once, by whoever splits a target into
// its parts: a `%2F` in a segment separates nothing, and `%2541` is `%41`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::net {

/// None when a `%` is not followed by two hexadecimal digits, or when the result is
/// not text (UTF-8 without NUL).
std::optional<std::string> percent_decode(std::string_view s);

struct parameter {
  std::string name;
  std::string value;  ///< empty without a '='
  bool operator==(const parameter&) const = default;
};

/// A query as forms write it: `a=1&b=x+y`, where `+` is a space. None when a part
/// cannot be decoded.
std::optional<std::vector<parameter>> parse_query(std::string_view query);

}  // namespace scaleit::net
