#include "messages/time.hpp"

#include <fmt/compile.h>

#include <array>

namespace scaleit {

std::string to_rfc3339(time_point t) {
  using namespace std::chrono;
  const auto day = floor<days>(t);
  const year_month_day date{day};
  const hh_mm_ss clock{t - day};
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z"),
                     int{date.year()}, unsigned{date.month()}, unsigned{date.day()},
                     clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count(), clock.subseconds().count());
}

namespace {

/// Eats exactly `digits` decimal digits from the front of `s`.
std::optional<int> take_number(std::string_view& s, std::size_t digits) {
  if (s.size() < digits) return {};
  int n = 0;
  for (const char c : s.substr(0, digits)) {
    if (c < '0' || c > '9') return {};
    n = n * 10 + (c - '0');
  }
  s.remove_prefix(digits);
  return n;
}

bool take(std::string_view& s, std::string_view any_of) {
  if (s.empty() || any_of.find(s.front()) == std::string_view::npos) return false;
  s.remove_prefix(1);
  return true;
}

/// `.123456789` in microseconds; 0 if there is no fraction.
std::optional<std::int64_t> take_fraction(std::string_view& s) {
  if (!take(s, ".")) return 0;
  std::int64_t micros = 0;
  std::size_t digits = 0;
  while (!s.empty() && s.front() >= '0' && s.front() <= '9') {
    if (digits < 6) micros = micros * 10 + (s.front() - '0');
    ++digits;
    s.remove_prefix(1);
  }
  if (digits == 0 || digits > 9) return {};
  for (; digits < 6; ++digits) micros *= 10;
  return micros;
}

/// `Z` or `+02:00`, east of Greenwich positive.
std::optional<std::chrono::minutes> take_offset(std::string_view& s) {
  if (take(s, "Zz")) return std::chrono::minutes{0};
  const bool west = s.starts_with('-');
  if (!take(s, "+-")) return {};
  const auto h = take_number(s, 2);
  if (!h || !take(s, ":")) return {};
  const auto m = take_number(s, 2);
  if (!m || *h > 23 || *m > 59) return {};
  const std::chrono::minutes offset{*h * 60 + *m};
  return west ? -offset : offset;
}

struct fields_of_time {
  int year, month, day, hour, minute, second;
  std::int64_t micros;
  std::chrono::minutes offset;
};

std::optional<time_point> put_together(const fields_of_time& f) {
  using namespace std::chrono;
  const year_month_day date{year{f.year}, month{static_cast<unsigned>(f.month)},
                            day{static_cast<unsigned>(f.day)}};
  if (!date.ok() || f.hour > 23 || f.minute > 59 || f.second > 60)  // a leap second
    return {};
  return time_point{sys_days{date} + hours{f.hour} + minutes{f.minute} +
                    seconds{f.second} + microseconds{f.micros} - f.offset};
}

/// Whether it has the form that to_rfc3339() gives.
bool is_our_own(std::string_view s) {
  constexpr std::string_view form = "0000-00-00T00:00:00.000000Z";
  if (s.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] == '0' ? s[i] < '0' || s[i] > '9' : s[i] != form[i]) return false;
  return true;
}

/// In half the time: each line of a record has one.
std::optional<time_point> parse_our_own(std::string_view s) {
  const auto number = [&](std::size_t from, std::size_t digits) {
    int n = 0;
    for (const char c : s.substr(from, digits)) n = n * 10 + (c - '0');
    return n;
  };
  return put_together({number(0, 4), number(5, 2), number(8, 2), number(11, 2),
                       number(14, 2), number(17, 2), number(20, 6),
                       std::chrono::minutes{0}});
}

}  // namespace

std::optional<time_point> parse_rfc3339(std::string_view s) {
  if (is_our_own(s)) return parse_our_own(s);
  const auto y = take_number(s, 4);
  if (!y || !take(s, "-")) return {};
  const auto mo = take_number(s, 2);
  if (!mo || !take(s, "-")) return {};
  const auto d = take_number(s, 2);
  if (!d || !take(s, "Tt ")) return {};
  const auto h = take_number(s, 2);
  if (!h || !take(s, ":")) return {};
  const auto mi = take_number(s, 2);
  if (!mi || !take(s, ":")) return {};
  const auto sec = take_number(s, 2);
  if (!sec) return {};
  const auto fraction = take_fraction(s);
  if (!fraction) return {};
  const auto offset = take_offset(s);
  if (!offset || !s.empty()) return {};
  return put_together({*y, *mo, *d, *h, *mi, *sec, *fraction, *offset});
}

std::string to_string(microseconds d) {
  const bool negative = d.count() < 0;
  auto rest = static_cast<std::uint64_t>(negative ? -d.count() : d.count());
  if (rest == 0) return "0s";
  struct unit {
    std::uint64_t size;
    const char* name;
  };
  constexpr std::array units{unit{3'600'000'000, "h"}, unit{60'000'000, "m"}};
  std::string out = negative ? "-" : "";
  for (const auto& u : units)
    if (rest >= u.size) {
      out += fmt::format("{}{}", rest / u.size, u.name);
      rest %= u.size;
    }
  if (rest == 0) return out;
  // Fractions are exact: a whole number of microseconds has at most six decimals.
  const bool seconds = rest >= 1'000'000;
  const bool millis = !seconds && rest >= 1000;
  const std::uint64_t size = seconds ? 1'000'000 : millis ? 1000 : 1;
  out += std::to_string(rest / size);
  if (rest % size != 0) {
    std::string fraction = fmt::format("{:0{}}", rest % size, seconds ? 6 : 3);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    out += '.' + fraction;
  }
  return out + (seconds ? "s" : millis ? "ms" : "us");
}

}  // namespace scaleit
