// JSON Pointers (RFC 6901), as specs use them to say where a value stands.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::spec {

/// The unescaped tokens of `pointer`; the empty pointer is the whole document.
/// Nothing if it does not start with `/` or has a `~` not followed by 0 or 1.
std::optional<std::vector<std::string>> parse_json_pointer(std::string_view pointer);

}  // namespace scaleit::spec
