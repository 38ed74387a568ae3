// What a request's body says, or the answer that says what is wrong with it.
#pragma once

#include "messages/target_spec.hpp"
#include "net/server.hpp"
#include "spec/document.hpp"
#include "spec/problems.hpp"
#include "spec/secret_store.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace scaleit::api {

template <class T>
using read_or_refused = std::variant<T, net::server_response>;

/// The media types of a spec: JSON first, then YAML.
std::vector<std::string> spec_types();
/// The same of a JSON Merge Patch (RFC 7396).
std::vector<std::string> patch_types();

/// A map, JSON or YAML as Content-Type says; 400 if it is neither.
read_or_refused<spec::document_ptr> read_document(const net::server_request& r);

/// A whole TargetSpec under that name; 422 with all that is wrong.
read_or_refused<target_ptr> read_spec(const spec::document_ptr& spec,
                                      const std::string& name,
                                      spec::secret_store& secrets);

/// A Merge Patch over a spec, to be read by the above. `app` in it stands for the URLs
/// that it stood for before.
spec::document_ptr patched(const target_spec& spec, const spec::document_ptr& patch);

/// 422 with `errors`, in the words of `scaleit check`.
net::server_response refusal_of(const spec::problem_list& problems);

}  // namespace scaleit::api
