// The values at some JSON Pointers of a body, read in one pass and without a tree.
//
// Everything that an application sends goes through here, as often as it is polled; the
// body is whatever the application chose to send.
#pragma once

#include "messages/observation.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace scaleit::spec {

/// What stands at a pointer. Views point into the body, which outlives them.
struct json_value {
  enum class kind : std::uint8_t { absent, null, boolean, number, string, object, array };
  kind what = kind::absent;
  std::string_view text{};   ///< of a number, a string, null or a boolean
  std::size_t elements = 0;  ///< of an array or an object
};

class json_slots {
 public:
  json_slots();
  ~json_slots();
  json_slots(json_slots&&) noexcept;
  json_slots& operator=(json_slots&&) noexcept;

  /// The next slot is what `pointer` points at (throws std::invalid_argument on a bad
  /// pointer).
  void add(const std::string& pointer);
  /// The next slot stays absent.
  void add_nothing();
  std::size_t size() const;  ///< slots so far

  /// The slots in the order they were added, or a failure of kind json. What no pointer
  /// leads to does not matter, as long as the brackets are right. Consumes `body`:
  /// strings are decoded in place.
  std::variant<std::vector<json_value>, failure> read(std::string& body) const;

 private:
  struct tree;
  std::unique_ptr<tree> tree_;
};

/// A metric's value: a number, or a string that holds one; finite and at least 0, but for
/// what arithmetic leaves below it.
std::optional<double> metric_value(const json_value& v);

/// `/replicas is "ten", a string`, for the sentence of a failure.
std::string described(const std::string& pointer, const json_value& v);

/// Why there is no metric_value(v): described(), and what is accepted.
std::string no_metric_value(const std::string& pointer, const json_value& v);

}  // namespace scaleit::spec
