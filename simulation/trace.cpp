#include "simulation/trace.hpp"

#include "messages/bounds.hpp"
#include "messages/text.hpp"
#include "simulation/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>

namespace scaleit::simulation {

namespace {

enum class column : std::uint8_t { seconds, timestamp };

/// Takes `digits` digits off the front as a number from `low` to `high`.
std::optional<int> take_number(std::string_view& s, std::size_t digits, int low,
                               int high) {
  int n = 0;
  const auto* end = s.data() + std::min(digits, s.size());
  const auto [p, error] = std::from_chars(s.data(), end, n);
  if (s.size() < digits || error != std::errc{} || p != end || n < low || n > high)
    return std::nullopt;
  s.remove_prefix(digits);
  return n;
}

bool take_char(std::string_view& s, std::string_view any_of) {
  if (s.empty() || any_of.find(s.front()) == std::string_view::npos) return false;
  s.remove_prefix(1);
  return true;
}

/// Digits after a point, of which microseconds remain.
std::optional<microseconds> take_fraction(std::string_view& s) {
  microseconds sum{0};
  microseconds place{100'000};
  std::size_t digits = 0;
  for (; !s.empty() && s.front() >= '0' && s.front() <= '9';
       s.remove_prefix(1), ++digits) {
    sum += place * (s.front() - '0');
    place /= 10;
  }
  return digits > 0 ? std::optional{sum} : std::nullopt;
}

/// The rest of a time: nothing (UTC), `Z`, or `+hh:mm`.
std::optional<microseconds> take_offset(std::string_view& s) {
  if (s.empty() || take_char(s, "Zz")) return microseconds{0};
  const bool west = s.front() == '-';
  if (!take_char(s, "+-")) return std::nullopt;
  const auto hours = take_number(s, 2, 0, 23);
  if (!hours || !take_char(s, ":")) return std::nullopt;
  const auto minutes = take_number(s, 2, 0, 59);
  if (!minutes) return std::nullopt;
  const microseconds offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  return west ? -offset : offset;
}

/// `2014-04-10 00:04:00` or RFC 3339 (where T may be a space, section 5.6).
std::optional<microseconds> parse_timestamp(std::string_view s) {
  const auto year = take_number(s, 4, 0, 9999);
  if (!year || !take_char(s, "-")) return std::nullopt;
  const auto month = take_number(s, 2, 1, 12);
  if (!month || !take_char(s, "-")) return std::nullopt;
  const auto day = take_number(s, 2, 1, 31);
  if (!day || !take_char(s, "Tt ")) return std::nullopt;
  const auto hour = take_number(s, 2, 0, 23);
  if (!hour || !take_char(s, ":")) return std::nullopt;
  const auto minute = take_number(s, 2, 0, 59);
  if (!minute || !take_char(s, ":")) return std::nullopt;
  const auto second = take_number(s, 2, 0, 60);  // 60: a leap second
  if (!second) return std::nullopt;
  microseconds fraction{0};
  if (take_char(s, ".")) {
    const auto f = take_fraction(s);
    if (!f) return std::nullopt;
    fraction = *f;
  }
  const auto offset = take_offset(s);
  if (!offset || !s.empty()) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
      std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch() + std::chrono::hours{*hour} +
         std::chrono::minutes{*minute} + std::chrono::seconds{*second} + fraction -
         *offset;
}

std::optional<microseconds> parse_seconds(std::string_view s) {
  const auto seconds = finite_number(s);
  if (!seconds || *seconds < 0 || *seconds > bounds::trace_seconds_max)
    return std::nullopt;
  return microseconds{std::llround(*seconds * 1e6)};
}

class reader {
 public:
  reader(std::istream& in, std::string_view name) : in_(in), name_(printable(name, 80)) {}

  trace read() {
    const auto kind = header();
    std::vector<trace::row> rows;
    microseconds first{0};
    for (std::string line; next(line);) {
      if (line.empty()) continue;
      auto row = parse(line, kind);
      if (rows.empty()) first = row.at;
      row.at -= first;
      if (!rows.empty() && row.at <= rows.back().at)
        fail("the time does not come after that of the row before it");
      if (rows.size() == bounds::trace_rows_max)
        fail(fmt::format("more than {} rows", bounds::trace_rows_max));
      rows.push_back(row);
    }
    if (rows.empty()) fail("no rows after the header");
    return trace{std::move(rows)};
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    throw std::invalid_argument(
        fmt::format("{}: line {}: {}", name_, line_number_, what));
  }

  /// The next line, trimmed; reads at most the bound, whatever comes.
  bool next(std::string& line) {
    line.clear();
    ++line_number_;
    int c = in_.get();
    if (c == std::istream::traits_type::eof()) {
      if (in_.bad()) fail("cannot be read");
      return false;
    }
    for (; c != std::istream::traits_type::eof() && c != '\n'; c = in_.get()) {
      if (line.size() == bounds::trace_line_bytes_max)
        fail(fmt::format("longer than {} bytes", bounds::trace_line_bytes_max));
      line.push_back(static_cast<char>(c));
    }
    if (line_number_ == 1 && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    line = trimmed(line);
    return true;
  }

  static std::pair<std::string_view, std::string_view> split(std::string_view line) {
    const auto comma = line.find(',');
    if (comma == std::string_view::npos) return {trimmed(line), {}};
    return {trimmed(line.substr(0, comma)), trimmed(line.substr(comma + 1))};
  }

  column header() {
    std::string line;
    next(line);
    const auto [time, value] = split(line);
    if (time == "seconds" && value == "requests_per_second") return column::seconds;
    if (time == "timestamp" && value == "value") return column::timestamp;
    fail(
        fmt::format("the header is {}; accepted: 'seconds,requests_per_second' or "
                    "'timestamp,value'",
                    simulation::quoted(line)));
  }

  trace::row parse(std::string_view line, column kind) const {
    const auto [time, value] = split(line);
    const auto at = kind == column::seconds ? parse_seconds(time) : parse_timestamp(time);
    if (!at)
      fail(fmt::format(
          "the time is {}; accepted: {}", simulation::quoted(time),
          kind == column::seconds
              ? fmt::format("seconds from 0 to {}", bounds::trace_seconds_max)
              : "a time such as 2014-04-10 00:04:00 or 2014-04-10T00:04:00Z"));
    const auto load = finite_number(value);
    if (!load || *load < 0 || *load > bounds::load_max)
      fail(fmt::format("the value is {}; accepted: a number from 0 to {}",
                       simulation::quoted(value), bounds::load_max));
    return {*at, *load};
  }

  std::istream& in_;
  std::string name_;
  std::size_t line_number_ = 0;
};

}  // namespace

trace::trace(std::vector<row> rows) : rows_(std::move(rows)) {
  if (rows_.empty()) throw std::invalid_argument("a trace needs a row");
  const auto n = rows_.size();
  const auto last = n > 1 ? rows_[n - 1].at - rows_[n - 2].at : microseconds{1'000'000};
  length_ = rows_.back().at + last;
}

double trace::at(microseconds elapsed) const {
  const auto t = elapsed.count() > 0 ? elapsed % length_ : microseconds{0};
  const auto after =
      std::upper_bound(rows_.begin(), rows_.end(), t,
                       [](microseconds x, const row& r) { return x < r.at; });
  return std::prev(after)->requests_per_second;
}

trace read_trace(std::istream& in, std::string_view name) {
  return reader{in, name}.read();
}

}  // namespace scaleit::simulation
