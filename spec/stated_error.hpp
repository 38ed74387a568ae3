// What an application says is wrong, in an answer that says so in place of what was
// asked for, and calls it a success.
#pragma once

#include "messages/target_spec.hpp"
#include "spec/json_slots.hpp"

#include <optional>
#include <span>
#include <string>

namespace scaleit::spec {

/// Looked for when something is absent, so that an answer as it should be costs nothing.
class stated_error {
 public:
  /// `body` was read before; `sent` are the headers of its request, whose values may be
  /// secrets and come back. Both outlive this.
  stated_error(std::string& body, std::span<const header> sent)
      : body_(body), sent_(sent) {}

  /// `/replicas is absent; it says: database down`, of the value at `pointer`; nothing if
  /// the value is there, or nothing is said.
  std::optional<std::string> in_place_of(const json_value& value,
                                         const std::string& pointer);

 private:
  std::string& body_;
  std::span<const header> sent_;
  std::optional<std::string> said_;  ///< empty: nothing
};

}  // namespace scaleit::spec
