// An event in a short line for people.
#pragma once

#include "spec/document.hpp"

#include <string>
#include <string_view>

namespace scaleit::main {

/// `2026-11-29T07:38:58Z checkout scale.applied 10 -> 18`; printable.
std::string event_text(const spec::document& event);

/// Of its source: the target's name, or empty.
std::string_view target_of(const spec::document& event);
/// Its type, or empty.
std::string_view type_of(const spec::document& event);

/// `scale.applied` is `scaleit.scale.applied`.
std::string whole_type(std::string_view type);

}  // namespace scaleit::main
