// A cron line, read once: five fields as bit masks, on a calendar without a zone.
//
// Which wall times match is a question of its own, apart from when those wall times are
// (policy/schedule.hpp): so the dialect can be tested without a clock or a time zone.
// The dialect is POSIX's with Vixie's additions: steps, names, `@daily` and its like.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace scaleit::policy {

/// What a clock on the wall shows, to the minute.
using wall_minute = std::chrono::local_time<std::chrono::minutes>;

class cron {
 public:
  /// The line, or one sentence that names the field, what is wrong with it and what is
  /// accepted. A line that no date ever matches is an error too.
  static std::variant<cron, std::string> parse(std::string_view line);

  bool matches(wall_minute t) const;
  /// The first match in [from, to].
  std::optional<wall_minute> first(wall_minute from, wall_minute to) const;
  /// The last match in [from, to].
  std::optional<wall_minute> last(wall_minute from, wall_minute to) const;
  /// Whether the next match, after each, is at most `gap` later on the wall.
  bool recurs_within(std::chrono::minutes gap) const;
  /// The hour field begins with `*`: an hour that comes twice counts twice.
  bool every_hour() const { return every_hour_; }

  bool operator==(const cron&) const = default;

 private:
  bool matches(std::chrono::local_days day) const;
  std::optional<int> first_minute(int from, int to) const;  ///< of a day that matches
  std::optional<int> last_minute(int from, int to) const;

  /// One bit per value, in the order of the fields; Sunday is 0.
  std::array<std::uint64_t, 5> fields_{};
  bool every_hour_ = false;
  /// Both days restricted (no field begins with `*`): either one matches.
  bool either_day_ = false;
};

/// What all cron lines look like (ECMA 262): a nickname or five fields between blanks,
/// with no letters but names of three. What the fields may say, only parse() knows.
inline constexpr std::string_view cron_pattern =
    "^[ \\t]*(@([hH][oO][uU][rR][lL][yY]|[dD][aA][iI][lL][yY]|"
    "[mM][iI][dD][nN][iI][gG][hH][tT]|[wW][eE][eE][kK][lL][yY]|"
    "[mM][oO][nN][tT][hH][lL][yY]|[yY][eE][aA][rR][lL][yY]|"
    "[aA][nN][nN][uU][aA][lL][lL][yY])|"
    "([-*,/0-9]|[A-Za-z]{3})+([ \\t]+([-*,/0-9]|[A-Za-z]{3})+){4})[ \\t]*$";

/// Nothing, or why `line` is no cron line: one sentence.
std::optional<std::string> complaint_about_cron(std::string_view line);

}  // namespace scaleit::policy
