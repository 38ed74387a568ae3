// What somebody probably meant: of all words that would be right, the one that needs the
// fewest changes. For the end of an error's sentence.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace scaleit {

/// Insertions, deletions, replacements and swaps of neighbours between the two, case
/// ignored: Damerau's distance in its simple form. More than any word has letters when
/// one of them is too long to be compared.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The nearest of `known` to `word`, case ignored, if at most a third of its letters
/// differ; empty if none is.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace scaleit
