// A document as YAML for people, which reads back as the same document, here and
// elsewhere.
#pragma once

#include "spec/document.hpp"

#include <string>

namespace scaleit::spec {

/// In blocks, with a line break at the end. A text that a reader of YAML 1.1 or 1.2 could
/// take for something else (`no`, `0x1F`, `12:30`, `1e3`) stands in quotes.
std::string pretty_yaml(const document& d);

}  // namespace scaleit::spec
