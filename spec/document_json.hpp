// The JSON half of parse_document().
#pragma once

#include "spec/document.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace scaleit::spec {

struct json_result {
  document_ptr document;  ///< null: see `error`
  std::string error{};
  std::size_t offset = 0;  ///< of the error, in bytes
  bool refused = false;    ///< it is JSON, but too deep, too large, with a key twice
};

json_result parse_json(std::string_view text);

}  // namespace scaleit::spec
