// Which floor and ceiling the schedules set, and for how long that stays so.
//
// A schedule fires when the clocks of its zone show what its cron line says, and lasts
// `duration` of elapsed time. Daylight saving: a wall time that is skipped fires at the
// first instant after the gap; one that comes twice fires the first time only, unless
// the hour field begins with `*` (then what it means is "whatever the hour").
//
// Pure in `now`; the zone database is read from the system, once.
#pragma once

#include "messages/policy_spec.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::policy {

/// What holds for every `t` with from <= t < until. At most
/// bounds::schedule_span_max either way:
/// asking again is cheap, and until then this is the answer.
struct schedule_bounds {
  time_point from{};
  time_point until{};
  std::optional<int> floor;    ///< the highest of the active schedules
  std::optional<int> ceiling;  ///< the lowest
  std::uint8_t floor_by = 0;   ///< whose floor, ceiling: an index into the schedules
  std::uint8_t ceiling_by = 0;
  bool operator==(const schedule_bounds&) const = default;

  bool holds_at(time_point t) const { return from <= t && t < until; }
};

/// Throws std::invalid_argument on a schedule that the complaints below complain about.
schedule_bounds schedules_at(const std::vector<schedule_spec>& schedules, time_point now);

/// Nothing, or why `name` is no time zone, with what may have been meant. `UTC` needs no
/// zone database; where that is missing, the sentence says so.
std::optional<std::string> complaint_about_timezone(std::string_view name);

}  // namespace scaleit::policy
