// What somebody probably meant: of all words that would be right, the one that needs the
// fewest changes. For the end of an error's sentence.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace scaleit::policy {

/// The nearest of `known` to `word`, case ignored, if at most a third of its letters
/// differ (insertions, deletions, replacements, neighbours swapped); empty if none is.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace scaleit::policy
