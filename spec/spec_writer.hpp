// A spec as JSON that reads back as the same spec, but for the values of headers.
#pragma once

#include "messages/target_spec.hpp"
#include "spec/document.hpp"

#include <string>

namespace scaleit::spec {

/// Without what has its default, except the keys that everybody looks for. The value of a
/// header is `***`: it may be a credential.
document_ptr to_document(const target_spec& spec);

inline void append_json(std::string& out, const target_spec& spec) {
  append_json(out, *to_document(spec));
}

}  // namespace scaleit::spec
