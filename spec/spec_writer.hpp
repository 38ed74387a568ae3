// A spec as JSON that reads back as the same spec, but for credentials in clear text.
#pragma once

#include "messages/target_spec.hpp"
#include "spec/document.hpp"

#include <string>

namespace scaleit::spec {

/// Without what has its default, except the keys that everybody looks for. References to
/// secrets stand as they are; a credential in clear text, in a header or in a URL's
/// query, is `***`.
document_ptr to_document(const target_spec& spec);

/// The same with credentials as they are, to be changed and read again; it is shown to
/// nobody.
document_ptr to_secret_document(const target_spec& spec);

inline void append_json(std::string& out, const target_spec& spec) {
  append_json(out, *to_document(spec));
}

}  // namespace scaleit::spec
