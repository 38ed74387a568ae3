// What an application says is wrong, in an answer that says so in place of what was
// asked for, and calls it a success.
#pragma once

#include "messages/target_spec.hpp"
#include "spec/json_slots.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace scaleit::spec {

class stated_error {
 public:
  /// Adds what it needs behind the slots that are there.
  void add_to(json_slots& slots);
  /// `/replicas is absent; it says: database down`, of the value at `pointer`; nothing if
  /// the value is there, or nothing is said. Without the values of the headers that were
  /// `sent`, which may be secrets and come back.
  std::optional<std::string> in_place_of(const json_value& value,
                                         const std::string& pointer,
                                         std::span<const json_value> slots,
                                         std::span<const header> sent) const;

 private:
  std::size_t first_ = 0;
};

}  // namespace scaleit::spec
