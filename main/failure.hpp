// What goes wrong because the machine has no more to give, in words that say of what. The
// system's own ("Resource temporarily unavailable") do not.
#pragma once

#include <exception>
#include <string>

namespace scaleit::main {

/// One line: the cause, and the limit that is behind it where there is one.
std::string failure_sentence(const std::exception& e);

}  // namespace scaleit::main
