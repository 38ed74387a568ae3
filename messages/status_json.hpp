// Reads an application's status body as the spec's JSON Pointers say.
//
// One pass, no tree: this runs once per poll of every target, and the body is
// whatever the application chose to send.
#pragma once

#include "messages/observation.hpp"
#include "messages/target_spec.hpp"

#include <memory>
#include <string>
#include <variant>

namespace scaleit {

class status_reader {
 public:
  /// Compiles the pointers of `spec` (throws std::invalid_argument on a bad one).
  explicit status_reader(const target_spec& spec);
  ~status_reader();
  status_reader(status_reader&&) noexcept;
  status_reader& operator=(status_reader&&) noexcept;

  /// The reading, or a failure of kind json or schema. A metric that is absent
  /// or no finite number is `missing`; an absent or impossible replica count is
  /// a failure. Consumes `body`: strings are decoded in place.
  std::variant<observation, failure> read(std::string& body) const;

 private:
  struct tree;
  std::unique_ptr<const tree> tree_;
};

}  // namespace scaleit
