// Is a file of the time zone database one? The library that reads it takes it for
// granted: what is no TZif ends the process, and an index that points outside is
// followed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace scaleit::policy {

/// Nothing, or what is wrong with the content of a zone's file. Checked is all that its
/// reader relies on, by RFC 9636.
std::optional<std::string> complaint_about_tzif(std::string_view content);

/// The same of the zone's file in the system's database, which is read here and bounded.
/// `zone` is a name that the database lists.
std::optional<std::string> complaint_about_zone_file(std::string_view zone);

}  // namespace scaleit::policy
