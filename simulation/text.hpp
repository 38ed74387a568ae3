// How load shapes and traces speak of text from outside: in quotations that are safe to
// print.
#pragma once

#include "messages/text.hpp"

#include <string>
#include <string_view>

namespace scaleit::simulation {

// Call it by its full name: given a std::string, the bare one may find std::quoted.
inline std::string quoted(std::string_view s) { return "'" + printable(s, 80) + "'"; }

}  // namespace scaleit::simulation
