#include "policy/cron.hpp"

#include "messages/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace scaleit::policy {

namespace {

using namespace std::chrono;

enum : std::size_t { minute_field, hour_field, day_field, month_field, weekday_field };

struct field {
  std::string_view name;
  int low, high;            ///< 7 is read as 0, both Sunday
  std::string_view values;  ///< for people
  std::string_view names;   ///< three letters each, of the values from `low` on
};

constexpr std::array<field, 5> fields{{
    {"minute", 0, 59, "0 to 59", ""},
    {"hour", 0, 23, "0 to 23", ""},
    {"day-of-month", 1, 31, "1 to 31", ""},
    {"month", 1, 12, "1 to 12 or JAN to DEC", "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"},
    {"day-of-week", 0, 6, "0 to 7 or SUN to SAT (0 and 7 are Sunday)",
     "SUNMONTUEWEDTHUFRISAT"},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> nicknames{{
    {"@hourly", "0 * * * *"},
    {"@daily", "0 0 * * *"},
    {"@midnight", "0 0 * * *"},
    {"@weekly", "0 0 * * 0"},
    {"@monthly", "0 0 1 * *"},
    {"@yearly", "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
}};

std::string upper(std::string_view s) {
  std::string out{s};
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::optional<int> whole_number(std::string_view s) {
  int n = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
  const bool digits = !s.empty() && s.front() >= '0' && s.front() <= '9';
  if (!digits || error != std::errc{} || end != s.data() + s.size()) return {};
  return n;
}

/// A number or a name; of weekdays 7 as well.
std::optional<int> value_of(const field& f, std::string_view s) {
  if (const auto n = whole_number(s)) {
    const int high = f.low == 0 && f.high == 6 ? 7 : f.high;
    return *n >= f.low && *n <= high ? n : std::nullopt;
  }
  if (s.size() != 3) return {};
  const auto name = upper(s);
  for (std::size_t i = 0; i + 3 <= f.names.size(); i += 3)
    if (f.names.substr(i, 3) == name) return f.low + static_cast<int>(i / 3);
  return {};
}

/// One part of a list: `*`, `8`, `8-17`, each with `/step`. The bits, or what is wrong.
std::variant<std::uint64_t, std::string> bits_of(const field& f, std::string_view part) {
  const auto slash = part.find('/');
  const auto range = part.substr(0, slash);
  int low = f.low, high = f.high;
  if (range != "*") {
    const auto dash = range.find('-');
    const auto from = value_of(f, range.substr(0, dash));
    if (!from) return fmt::format("accepted: {}", f.values);
    low = high = *from;
    if (dash != std::string_view::npos) {
      const auto to = value_of(f, range.substr(dash + 1));
      if (!to) return fmt::format("accepted: {}", f.values);
      high = *to;
      if (f.high == 6 && low == 7) low = high == 7 ? 7 : 0;  // Sunday to another day
      if (f.high == 6 && high == 0 && low > 0) high = 7;     // another day to Sunday
      if (high < low)
        return std::string{
            "it ends before it begins; accepted: two ranges, such as 22-23,0-4"};
    } else if (slash != std::string_view::npos) {
      high = std::max(low, f.high);  // `5/15`: from 5 to the end
    }
  }
  int step = 1;
  if (slash != std::string_view::npos) {
    const auto n = whole_number(part.substr(slash + 1));
    const int most = std::max(f.high, 7);
    if (!n || *n < 1 || *n > most)
      return fmt::format("accepted after '/': a step from 1 to {}", most);
    step = *n;
  }
  std::uint64_t bits = 0;
  for (int v = low; v <= high; v += step)
    bits |= std::uint64_t{1} << (f.high == 6 && v == 7 ? 0 : v);
  return bits;
}

std::variant<std::uint64_t, std::string> bits_of_list(const field& f,
                                                      std::string_view text) {
  std::uint64_t bits = 0;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    auto part = bits_of(f, text.substr(begin, end - begin));
    if (auto* wrong = std::get_if<std::string>(&part))
      return fmt::format("its {} '{}' is not valid; {}", f.name, printable(text, 60),
                         *wrong);
    bits |= std::get<std::uint64_t>(part);
    begin = end + 1;
  }
  return bits;
}

struct words {
  std::array<std::string_view, 5> text;
  std::size_t count = 0;  ///< may be more than there is room for
};

words split(std::string_view line) {
  constexpr std::string_view blank = " \t";
  words w;
  for (auto at = line.find_first_not_of(blank); at != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(blank, at), line.size());
    if (w.count < w.text.size()) w.text[w.count] = line.substr(at, end - at);
    ++w.count;
    at = line.find_first_not_of(blank, end);
  }
  return w;
}

bool has(std::uint64_t bits, unsigned value) { return (bits >> value & 1) != 0; }

/// Is there such a date in a leap year? The days of the week come round to all of them.
bool some_date(std::uint64_t days, std::uint64_t months) {
  for (unsigned m = 1; m <= 12; ++m) {
    const auto longest =
        static_cast<unsigned>((year{2024} / month{m} / std::chrono::last).day());
    if (has(months, m) && (days & ((std::uint64_t{2} << longest) - 2)) != 0) return true;
  }
  return false;
}

minutes minute_of_day(wall_minute t) { return t - floor<days>(t); }

}  // namespace

std::variant<cron, std::string> cron::parse(std::string_view line) {
  auto w = split(line);
  // As cron daemons and Kubernetes' CronJobs have been told.
  if (const auto zone = w.text[0].find('=');
      w.text[0].starts_with("CRON_TZ=") || w.text[0].starts_with("TZ="))
    return fmt::format(
        "cron '{}' holds a time zone, which stands in a key of its own: timezone: {}",
        printable(line, 60), printable(w.text[0].substr(zone + 1), 40));
  if (w.count == 1 && w.text[0].starts_with('@')) {
    const auto name = upper(w.text[0]);
    const auto found =
        std::find_if(nicknames.begin(), nicknames.end(),
                     [&](const auto& n) { return upper(n.first) == name; });
    if (found == nicknames.end())
      return fmt::format(
          "'{}' is no name of a cron line; accepted: @hourly, @daily, "
          "@midnight, @weekly, @monthly, @yearly, @annually",
          printable(w.text[0], 60));
    w = split(found->second);
  }
  if (w.count != w.text.size())
    return fmt::format(
        "cron '{}' has {} {}; accepted: five fields (minute hour "
        "day-of-month month day-of-week), such as '0 8 * * 1-5'",
        printable(line, 60), w.count, w.count == 1 ? "field" : "fields");
  cron c;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto bits = bits_of_list(fields[i], w.text[i]);
    if (auto* wrong = std::get_if<std::string>(&bits))
      return fmt::format("cron '{}': {}", printable(line, 60), *wrong);
    c.fields_[i] = std::get<std::uint64_t>(bits);
  }
  c.every_hour_ = w.text[hour_field].starts_with('*');
  c.either_day_ =
      !w.text[day_field].starts_with('*') && !w.text[weekday_field].starts_with('*');
  if (!c.either_day_ && !some_date(c.fields_[day_field], c.fields_[month_field]))
    return fmt::format(
        "cron '{}' never fires: no month of its month '{}' has a "
        "day-of-month '{}'; accepted: a date that exists",
        printable(line, 60), w.text[month_field], w.text[day_field]);
  return c;
}

bool cron::matches(local_days day) const {
  const year_month_day date{day};
  if (!has(fields_[month_field], static_cast<unsigned>(date.month()))) return false;
  const bool by_date = has(fields_[day_field], static_cast<unsigned>(date.day()));
  const bool by_weekday = has(fields_[weekday_field], weekday{day}.c_encoding());
  return either_day_ ? by_date || by_weekday : by_date && by_weekday;
}

bool cron::matches(wall_minute t) const {
  const auto minute = minute_of_day(t).count();
  return matches(floor<days>(t)) &&
         has(fields_[hour_field], static_cast<unsigned>(minute / 60)) &&
         has(fields_[minute_field], static_cast<unsigned>(minute % 60));
}

std::optional<int> cron::first_minute(int from, int to) const {
  for (int m = from; m <= to; ++m) {
    if (!has(fields_[hour_field], static_cast<unsigned>(m / 60)))
      m = m / 60 * 60 + 59;  // on to the next hour
    else if (has(fields_[minute_field], static_cast<unsigned>(m % 60)))
      return m;
  }
  return {};
}

std::optional<int> cron::last_minute(int from, int to) const {
  for (int m = to; m >= from; --m) {
    if (!has(fields_[hour_field], static_cast<unsigned>(m / 60)))
      m = m / 60 * 60;  // back to the hour before
    else if (has(fields_[minute_field], static_cast<unsigned>(m % 60)))
      return m;
  }
  return {};
}

std::optional<wall_minute> cron::first(wall_minute from, wall_minute to) const {
  constexpr int end_of_day = 24 * 60 - 1;
  for (auto day = floor<days>(from); day <= to; day += days{1}) {
    if (!matches(day)) continue;
    const int low =
        static_cast<int>(std::max<std::int64_t>(0, (from - day) / minutes{1}));
    const int high =
        static_cast<int>(std::min<std::int64_t>(end_of_day, (to - day) / minutes{1}));
    if (const auto m = first_minute(low, high)) return day + minutes{*m};
  }
  return {};
}

std::optional<wall_minute> cron::last(wall_minute from, wall_minute to) const {
  constexpr int end_of_day = 24 * 60 - 1;
  for (auto day = floor<days>(to); day + days{1} > from; day -= days{1}) {
    if (!matches(day)) continue;
    const int low =
        static_cast<int>(std::max<std::int64_t>(0, (from - day) / minutes{1}));
    const int high =
        static_cast<int>(std::min<std::int64_t>(end_of_day, (to - day) / minutes{1}));
    if (const auto m = last_minute(low, high)) return day + minutes{*m};
  }
  return {};
}

bool cron::recurs_within(minutes gap) const {
  // Weekdays and leap days come round in 28 years; a pause of more than a day there is
  // in the first four of them, if not every day matches.
  constexpr local_days begin{year{2001} / 1 / 1};
  const bool is_daily = gap <= days{1};
  if (is_daily)
    for (auto day = begin; day < begin + days{4 * 366}; day += days{1})
      if (!matches(day)) return false;
  const wall_minute end = begin + (is_daily ? days{2} : days{28 * 366});
  auto from = first(begin, end);
  if (!from) return false;
  for (auto at = *from; at < end;) {
    const auto next = last(at + minutes{1}, at + gap);
    if (!next) return false;
    at = *next;
  }
  return true;
}

std::optional<std::string> complaint_about_cron(std::string_view line) {
  auto read = cron::parse(line);
  if (auto* wrong = std::get_if<std::string>(&read)) return std::move(*wrong);
  return {};
}

}  // namespace scaleit::policy
