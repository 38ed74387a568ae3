// The words of an expression, checked before it is parsed: what they are is known here,
// while the parser would only know that they are wrong.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::policy {

inline constexpr std::array<std::string_view, 10> expression_functions{
    "min", "max", "avg", "abs", "sqrt", "log", "exp", "floor", "ceil", "round"};

/// How a metric is written in an expression: `queue-length` as `queue_length`.
std::string expression_name(std::string_view metric);

/// The text as the parser wants it: blanks for line breaks, none between a function and
/// its parenthesis, and as long as it was. Throws expression_error on whatever is not a
/// number, a known name, an operator or a parenthesis that has its partner, and on what
/// is too long or nested too deep.
std::string checked_words(std::string_view text, std::span<const std::string> metrics);

}  // namespace scaleit::policy
