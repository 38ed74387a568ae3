// The words that go with a status: "Not Found" for 404.
#pragma once

#include <string_view>

namespace scaleit::net {

/// Empty for a status that has none.
std::string_view reason_phrase(int status);

}  // namespace scaleit::net
