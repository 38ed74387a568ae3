// An expression over the metrics' values, for `combine`: numbers in, one number out.
//
// The grammar and the arithmetic are muParser's, with everything taken away that is no
// arithmetic: no assignment, no strings, no constants, no second result. The names are
// looked up here first, so that an error says where, and what was probably meant.
#pragma once

#include "messages/target_spec.hpp"

#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::policy {

/// `what()` is one line: "at character 7: 'cpuu' is unknown ...".
struct expression_error : std::runtime_error {
  expression_error(std::size_t at, const std::string& why);
  std::size_t position;  ///< the first character is 1
};

/// Not for two threads at once: it computes in place.
class expression {
 public:
  /// `names`: the metrics'. In the text `_` stands for every character of theirs that is
  /// no letter or digit, and before a leading digit. Throws expression_error.
  expression(std::string_view text, std::span<const std::string> names);
  ~expression();
  expression(const expression&) = delete;
  expression& operator=(const expression&) = delete;

  /// `values` in the order of the names. What cannot be computed is NaN or infinite.
  double operator()(std::span<const double> values) const noexcept;

 private:
  struct parser;
  std::unique_ptr<parser> parser_;
};

/// Nothing, or what is wrong with `text`: one sentence.
std::optional<std::string> complaint_about_expression(std::string_view text,
                                                      std::span<const std::string> names);

/// The compiled `combine.expression` of `spec`, over its metrics in their order. Targets
/// alike share one; each thread has its own. Throws expression_error.
std::shared_ptr<const expression> expression_of(const target_spec& spec);

}  // namespace scaleit::policy
