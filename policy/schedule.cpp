#include "policy/schedule.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "policy/cron.hpp"
#include "policy/zone_file.hpp"
#include "policy/zone_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <date/tz.h>
#include <exception>
#include <set>
#include <stdexcept>
#include <utility>

namespace scaleit::policy {

namespace {

using namespace std::chrono;

/// A stretch of time with one offset from UTC. The library's own also carries a name,
/// which would be a copied string each time.
struct stretch {
  sys_seconds begin, end;
  seconds offset;
};

/// Once for each zone: the library reads it at most once, too.
void require_whole_file(std::string_view name) {
  static thread_local std::set<std::string, std::less<>> whole;
  if (whole.contains(name)) return;
  if (const auto wrong = complaint_about_zone_file(name))
    throw std::runtime_error{"its file " + *wrong};
  whole.emplace(name);
}

/// A zone of the database; none: UTC, which is there without one.
class zone {
 public:
  explicit zone(std::string_view name)
      : known_(name == "UTC" ? nullptr : date::locate_zone(name)) {
    if (known_ != nullptr) require_whole_file(known_->name());
  }

  stretch at(sys_seconds t) const {
    if (known_ == nullptr) return {sys_seconds::min(), sys_seconds::max(), seconds{0}};
    const auto info = known_->get_info(t);
    return {info.begin, info.end, info.offset};
  }

 private:
  const date::time_zone* known_;
};

wall_minute wall(sys_seconds t, seconds offset) {
  return wall_minute{floor<minutes>(t.time_since_epoch() + offset)};
}

sys_seconds instant(wall_minute t, seconds offset) {
  return sys_seconds{t.time_since_epoch() - offset};
}

/// When the clocks showed what the cron line says, one stretch of equal offset after the
/// other: within one, wall times and instants are the same but for the offset.
class firings {
 public:
  firings(const cron& line, const zone& where) : line_(line), where_(where) {}

  /// The last one in [earliest, now].
  std::optional<sys_seconds> last(sys_seconds earliest, sys_seconds now) const {
    auto to = now;
    while (to >= earliest) {
      const auto here = where_.at(to);
      const auto began = std::max(here.begin, earliest);
      if (const auto t = line_.last(first_label(here, began), wall(to, here.offset)))
        return instant(*t, here.offset);
      if (here.begin < earliest) break;
      if (fires_after_gap(here)) return here.begin;
      to = here.begin - seconds{1};
    }
    return {};
  }

  /// The first one in (now, latest].
  std::optional<sys_seconds> first(sys_seconds now, sys_seconds latest) const {
    auto from = now + seconds{1};
    while (from <= latest) {
      const auto here = where_.at(from);
      if (from == here.begin && fires_after_gap(here)) return from;
      const auto to = std::min(here.end - seconds{1}, latest);
      if (const auto t = line_.first(first_label(here, from), wall(to, here.offset)))
        return instant(*t, here.offset);
      from = to + seconds{1};
    }
    return {};
  }

 private:
  seconds offset_before(const stretch& here) const {
    return where_.at(here.begin - seconds{1}).offset;
  }

  /// The first wall time that counts at or after `from`, which is in `here`: whole, and
  /// not one that was there before the clocks went back.
  wall_minute first_label(const stretch& here, sys_seconds from) const {
    auto shown = from.time_since_epoch() + here.offset;
    // No zone goes back by more than a day; farther from its begin there is no repeat.
    if (!line_.every_hour() && from - hours{25} < here.begin)
      shown = std::max(shown, here.begin.time_since_epoch() + offset_before(here));
    return wall_minute{ceil<minutes>(shown)};
  }

  /// Is there a match among the wall times that were skipped where `here` begins?
  bool fires_after_gap(const stretch& here) const {
    const auto before = here.begin.time_since_epoch() + offset_before(here);
    const auto after = here.begin.time_since_epoch() + here.offset;
    if (after <= before) return false;
    return line_
        .first(wall_minute{ceil<minutes>(before)},
               wall_minute{floor<minutes>(after - seconds{1})})
        .has_value();
  }

  const cron& line_;
  const zone& where_;
};

zone zone_of(const schedule_spec& s) {
  try {
    return zone{s.timezone};
  } catch (const std::exception& e) {
    throw std::invalid_argument{complaint_about_timezone(s.timezone).value_or(e.what())};
  }
}

/// Is the schedule active at `now`? Narrows [from, until) to where that stays so.
bool active(const schedule_spec& s, time_point now, schedule_bounds& in) {
  auto read = cron::parse(s.cron);
  if (auto* wrong = std::get_if<std::string>(&read)) throw std::invalid_argument{*wrong};
  const auto& line = std::get<cron>(read);
  const zone where = zone_of(s);
  const firings fires{line, where};
  const auto second = floor<seconds>(now);
  // All last equally long, so that of those before now the last one ends last.
  const auto looked_back = floor<seconds>(in.from - s.duration);
  if (const auto last = fires.last(looked_back, second)) {
    const time_point ends = *last + s.duration;
    if (now < ends) {
      in.from = std::max<time_point>(in.from, *last);
      in.until = std::min(in.until, ends);
      return true;
    }
    in.from = std::max(in.from, ends);
  }
  if (const auto next = fires.first(second, floor<seconds>(in.until)))
    in.until = std::min<time_point>(in.until, *next);
  return false;
}

}  // namespace

schedule_bounds schedules_at(const std::vector<schedule_spec>& schedules,
                             time_point now) {
  schedule_bounds b;
  b.from = now - bounds::schedule_span_max;
  b.until = now + bounds::schedule_span_max;
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    const auto& s = schedules[i];
    if (!active(s, now, b)) continue;
    if (s.min_replicas && (!b.floor || *s.min_replicas > *b.floor)) {
      b.floor = s.min_replicas;
      b.floor_by = static_cast<std::uint8_t>(i);
    }
    if (s.max_replicas && (!b.ceiling || *s.max_replicas < *b.ceiling)) {
      b.ceiling = s.max_replicas;
      b.ceiling_by = static_cast<std::uint8_t>(i);
    }
  }
  return b;
}

std::optional<std::string> complaint_about_timezone(std::string_view name) {
  if (name == "UTC") return {};
  const date::tzdb* zones = nullptr;
  try {
    zones = &date::get_tzdb();
  } catch (const std::exception&) {
  }
  // Nothing at all in it is as good as no database.
  if (zones == nullptr || zones->zones.empty())
    return fmt::format(
        "timezone '{}' cannot be looked up: this system has no time zone "
        "database; accepted: UTC, or any IANA name once the package "
        "tzdata is installed",
        printable(name, 60));
  const auto named = [](std::string_view what) {
    return [what](const date::time_zone& z) { return z.name() == what; };
  };
  const auto& all = zones->zones;
  if (std::find_if(all.begin(), all.end(), named(name)) == all.end()) {
    std::vector<std::string_view> names;
    names.reserve(all.size());
    for (const auto& z : all) names.push_back(z.name());
    return fmt::format(
        "timezone '{}' is unknown{}; accepted: an IANA name such as UTC or Europe/Berlin",
        printable(name, 60), hint_for_timezone(name, names));
  }
  try {
    zone{name}.at(sys_seconds{});  // reads its file, here and not in a decision
  } catch (const std::exception& e) {
    return fmt::format(
        "timezone '{}' cannot be read from the time zone database ({}); "
        "accepted: UTC, or a zone whose file is whole",
        printable(name, 60), printable(e.what(), 80));
  }
  return {};
}

}  // namespace scaleit::policy
