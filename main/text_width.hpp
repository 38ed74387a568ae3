// How wide a text is on a terminal, and texts cut to a width: in characters that are
// seen, not in bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace scaleit::main {

/// Columns that a terminal gives it: 2 for a wide character (CJK, emoji), 0 for one that
/// is put on top of another. `s` is printable UTF-8.
std::size_t display_width(std::string_view s);

enum class cut {
  end,     ///< sentences: `cpu 0.92 is 15.0 % abo…`
  middle,  ///< names, which often differ at their ends: `checkout-fr…-eu-west-1`
};

/// Not wider than `width`: cut with an ellipsis if need be.
std::string fitted(std::string_view s, std::size_t width, cut where);

/// Exactly `width` wide, filled with blanks.
std::string padded(std::string_view s, std::size_t width, bool to_the_right = false);

}  // namespace scaleit::main
