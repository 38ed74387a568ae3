// What somebody meant who wrote the name of a time zone that there is not.
//
// A name is a place, so that nearness in letters is no nearness: whoever follows a wrong
// hint scales at the wrong hour. Only a misspelling of the same place is corrected.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace scaleit::policy {

/// For the end of a sentence, in brackets or behind a comma; empty if there is nothing
/// to say. `known` are the names that there are.
std::string hint_for_timezone(std::string_view name,
                              std::span<const std::string_view> known);

/// What an old name links to in the database's `backward` file; empty if it is none.
/// Debian 13 and others keep these in a package of their own.
std::string_view successor_of_timezone(std::string_view name);

}  // namespace scaleit::policy
