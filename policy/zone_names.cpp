#include "policy/zone_names.hpp"

#include "messages/near_miss.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace scaleit::policy {

namespace {

using std::string_view;
using names = std::span<const string_view>;

struct place {
  string_view written;
  string_view meant;  ///< the zones that it may be, for people
};

/// Abbreviations that are no names of the database, and large cities without a zone.
constexpr std::array<place, 62> places{{
    {"PST", "America/Los_Angeles"},
    {"PDT", "America/Los_Angeles"},
    {"PT", "America/Los_Angeles"},
    {"MDT", "America/Denver"},
    {"CST", "America/Chicago, or Asia/Shanghai"},
    {"CDT", "America/Chicago"},
    {"CT", "America/Chicago"},
    {"EDT", "America/New_York"},
    {"ET", "America/New_York"},
    {"AKST", "America/Anchorage"},
    {"AKDT", "America/Anchorage"},
    {"AST", "America/Halifax, or Asia/Riyadh"},
    {"ADT", "America/Halifax"},
    {"NST", "America/St_Johns"},
    {"NDT", "America/St_Johns"},
    {"BRT", "America/Sao_Paulo"},
    {"ART", "America/Argentina/Buenos_Aires"},
    {"CLT", "America/Santiago"},
    {"COT", "America/Bogota"},
    {"IST", "Asia/Kolkata, Europe/Dublin or Asia/Jerusalem"},
    {"JST", "Asia/Tokyo"},
    {"KST", "Asia/Seoul"},
    {"HKT", "Asia/Hong_Kong"},
    {"SGT", "Asia/Singapore"},
    {"PHT", "Asia/Manila"},
    {"ICT", "Asia/Bangkok"},
    {"WIB", "Asia/Jakarta"},
    {"PKT", "Asia/Karachi"},
    {"GST", "Asia/Dubai"},
    {"MSK", "Europe/Moscow"},
    {"BST", "Europe/London, or Asia/Dhaka"},
    {"CEST", "Europe/Berlin, Europe/Paris and so on"},
    {"EEST", "Europe/Athens, Europe/Kyiv and so on"},
    {"WEST", "Europe/Lisbon"},
    {"TRT", "Europe/Istanbul"},
    {"SAST", "Africa/Johannesburg"},
    {"WAT", "Africa/Lagos"},
    {"CAT", "Africa/Maputo"},
    {"EAT", "Africa/Nairobi"},
    {"AEST", "Australia/Sydney, or Australia/Brisbane"},
    {"AEDT", "Australia/Sydney"},
    {"ACST", "Australia/Adelaide, or Australia/Darwin"},
    {"ACDT", "Australia/Adelaide"},
    {"AWST", "Australia/Perth"},
    {"NZST", "Pacific/Auckland"},
    {"NZDT", "Pacific/Auckland"},
    {"Beijing", "Asia/Shanghai"},
    {"Mumbai", "Asia/Kolkata"},
    {"Delhi", "Asia/Kolkata"},
    {"New_Delhi", "Asia/Kolkata"},
    {"Bangalore", "Asia/Kolkata"},
    {"Osaka", "Asia/Tokyo"},
    {"San_Francisco", "America/Los_Angeles"},
    {"Seattle", "America/Los_Angeles"},
    {"Las_Vegas", "America/Los_Angeles"},
    {"Boston", "America/New_York"},
    {"Washington", "America/New_York"},
    {"Miami", "America/New_York"},
    {"Houston", "America/Chicago"},
    {"Dallas", "America/Chicago"},
    {"Munich", "Europe/Berlin"},
    {"Geneva", "Europe/Zurich"},
}};

bool same(string_view a, string_view b) { return edit_distance(a, b) == 0; }

/// Behind the last '/'.
string_view city(string_view name) { return name.substr(name.rfind('/') + 1); }
/// In front of it.
string_view area(string_view name) {
  return name.substr(0, name.size() - city(name).size());
}

/// `_`, `-` and a space are written one for the other.
std::string plain(string_view s) {
  std::string out{s};
  std::ranges::replace(out, '-', '_');
  std::ranges::replace(out, ' ', '_');
  return out;
}

/// GMT+2, UTC-05:00, +02:00: an offset from UTC, which is no place.
bool is_offset(string_view s) {
  for (const string_view prefix : {"Etc/", "GMT", "UTC", "gmt", "utc"})
    if (s.starts_with(prefix)) s.remove_prefix(prefix.size());
  return s.size() > 1 && (s.front() == '+' || s.front() == '-') &&
         s.find_first_not_of("0123456789:", 1) == string_view::npos;
}

/// May the one be a misspelling of the other? The first letter is seldom wrong, and
/// short names are all alike.
bool misspelt(string_view a, string_view b) {
  if (a.size() < 4 || b.size() < 4 || !same(a.substr(0, 1), b.substr(0, 1))) return false;
  const auto shorter = std::min(a.size(), b.size());
  return edit_distance(a, b) <= (shorter >= 9 ? 2U : 1U);
}

/// The only one of `known` for which `f` holds; empty if there are others, or none.
template <class F>
string_view only(names known, F f) {
  string_view found;
  for (const auto k : known) {
    if (!f(k)) continue;
    if (!found.empty()) return {};
    found = k;
  }
  return found;
}

/// The same place, otherwise written.
string_view same_place(string_view given, names known) {
  const auto name = plain(given);
  const auto is_area = [&](string_view k) { return same(area(k), area(name)); };
  const auto whole = only(known, [&](string_view k) { return same(k, name); });
  if (!whole.empty()) return whole;
  if (area(name).empty()) {
    if (same(name, "Z") || same(name, "UTC0")) return "UTC";
    // A word alone may be a city, but for the names of regions such as US/Pacific.
    const auto of_city = [&](string_view k) {
      return k.find('/') != string_view::npos && same(city(k), name);
    };
    return only(known, of_city);
  }
  const auto here = only(
      known, [&](string_view k) { return is_area(k) && misspelt(city(k), city(name)); });
  if (!here.empty()) return here;
  // The right city below a misspelt or another area.
  return only(known, [&](string_view k) {
    return k.find('/') != string_view::npos && city(k).size() >= 4 &&
           same(city(k), city(name));
  });
}

}  // namespace

std::string hint_for_timezone(string_view name, names known) {
  // Before names are compared: Etc/GMT+2 is the other way round from GMT+2.
  if (is_offset(name))
    return ": it is an offset, which knows no daylight saving (Etc/GMT-2 is two hours "
           "ahead of UTC)";
  if (const auto now = successor_of_timezone(name); !now.empty())
    return fmt::format(
        " here: it is an old name of '{}', and in the package tzdata-legacy", now);
  if (const auto meant = same_place(name, known); !meant.empty())
    return fmt::format(" (did you mean '{}'?)", meant);
  const auto written = plain(city(name));
  for (const auto& p : places) {
    const bool abbreviation =
        std::ranges::none_of(p.written, [](char c) { return c >= 'a' && c <= 'z'; });
    if (same(p.written, written) && (!abbreviation || area(name).empty()))
      return fmt::format(" (for {}: {})", p.written, p.meant);
  }
  return {};
}

}  // namespace scaleit::policy
