// Secrets in header values: `${VAR}` and `${file:/path}` stand for what is not to be in
// a file of settings, nor in any log, event or answer.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace scaleit::spec {

struct secret_reference {
  bool file = false;
  std::string name;  ///< of the variable, or the file's path
  /// `${VAR}`, `${file:/path}`.
  std::string text() const { return file ? "${file:" + name + "}" : "${" + name + "}"; }
  bool operator==(const secret_reference&) const = default;
};

/// Literal text, or what is to be put in its place.
using secret_part = std::variant<std::string, secret_reference>;

/// The parts of `value` in order, or a sentence that does not quote it.
std::variant<std::vector<secret_part>, std::string> parse_secrets(std::string_view value);

/// The same of a value that was judged before: one without valid references is a literal.
std::vector<secret_part> parts_of(std::string_view value);

}  // namespace scaleit::spec
