// Small text helpers for sentences that people read: values, and strings from
// outside made safe to print.
#pragma once

#include "messages/bounds.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace scaleit {

/// A metric's value for people: `0.80`, `12.50`, `1234`, `0.0012`.
std::string format_value(double v);

/// The whole of `s` as a finite number; one too small for a double is 0.
std::optional<double> finite_number(std::string_view s);

/// Without blanks and line breaks at either end.
std::string_view trimmed(std::string_view s);

/// The length of the UTF-8 sequence at the start of `s` (RFC 3629), 0 if it is none.
std::size_t utf8_length(std::string_view s);

/// Whether all of `s` is UTF-8 and none of it NUL.
bool is_text(std::string_view s);

/// `s`, safe in logs and JSON, cut at `bytes_max` (on a character's boundary, with
/// `...`): each character that is there and cannot be seen is shown as `<U+200B>`, bytes
/// that are no UTF-8 as `?`.
std::string printable(std::string_view s,
                      std::size_t bytes_max = bounds::detail_bytes_max);

/// Without the characters that cannot be seen.
std::string without_invisible(std::string_view s);

}  // namespace scaleit
