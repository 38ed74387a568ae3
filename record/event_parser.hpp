// The half of the event reader that knows what the data of each type means. It is one
// object, so that its buffers are used again from line to line.
#pragma once

#include "messages/text.hpp"
#include "record/event_collector.hpp"
#include "record/event_reader.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace scaleit::record {

inline constexpr std::uint64_t id_max = std::numeric_limits<std::int64_t>::max();
inline constexpr double ms_max = 1e12;  ///< of a duration
inline constexpr std::string_view whole_number = "a whole number from 0 to 1000000";
static_assert(bounds::replicas_max == 1'000'000);

template <class T>
bool whole(std::string_view text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

/// `10`, and `10.0` of a writer that knows only one kind of number.
inline bool whole_from_zero(const value& v, std::uint64_t max, std::uint64_t& out) {
  if (v.what != kind::number) return false;
  if (whole(v.text, out)) return out <= max;
  double d = -1;
  if (!whole(v.text, d) || d != std::floor(d) || !(d >= 0) || d > 9e15) return false;
  out = static_cast<std::uint64_t>(d);
  return out <= max;
}

inline bool needs_target(event_kind k) {
  return k >= event_kind::target_added && k <= event_kind::scale_failed;
}

struct event_parser {
  explicit event_parser(bool with_steps) : found(with_steps, spec) {}

  std::string spec;
  collector found;
  rapidjson::Reader json;
  std::string error;

  bool fail(std::string sentence) {
    error = std::move(sentence);
    return false;
  }
  bool wrong(std::string_view name, const value& v, std::string_view accepted) {
    const bool quotable = v.what == kind::string || v.what == kind::number;
    const std::string quote = v.what == kind::string ? "\"" : "";
    const auto seen = quotable ? quote + printable(v.text, 40) + quote + ", " +
                                     std::string{name_of(v.what)}
                               : std::string{name_of(v.what)};
    return fail(
        fmt::format("{} is {}; accepted: {}", printable(name, 60), seen, accepted));
  }
  bool wrong(key k, std::string_view accepted) {
    const auto name = key_names[static_cast<std::size_t>(k)];
    return wrong(fmt::format("data/{}", name), found[k], accepted);
  }
  /// null says no more than nothing.
  bool has(key k) const {
    return found[k].what != kind::absent && found[k].what != kind::null;
  }

  // -- fields of the data, by their type ------------------------------------------------
  bool count(key k, int& out) {
    std::uint64_t n = 0;
    if (!whole_from_zero(found[k], bounds::replicas_max, n))
      return wrong(k, whole_number);
    out = static_cast<int>(n);
    return true;
  }
  /// For people only: that it is not there costs nothing.
  bool text(key k, std::string_view& out) {
    out = {};
    if (!has(k)) return true;
    if (found[k].what != kind::string) return wrong(k, "a string");
    out = found[k].text;
    return true;
  }
  bool millis(key k, microseconds& out) {
    out = {};
    if (!has(k)) return true;
    double ms = -1;
    if (found[k].what != kind::number || !whole(found[k].text, ms) ||
        !(std::abs(ms) <= ms_max))
      return wrong(k, "milliseconds, at most 1e12");
    out = microseconds{std::llround(ms * 1000)};
    return true;
  }

  bool parse(char* line, std::size_t size);
  bool envelope(recorded_event& e);
  bool origin(recorded_event& e);
  bool data(recorded_event& e);
  bool started(recorded_event& e);
  bool new_spec(recorded_event& e);
  bool observed(observation& o);
  bool failed(failure& f);
  bool decided(recorded_event& e);
  bool restarted(recorded_event& e);
  bool change(recorded_event& e) {
    return count(key::from, e.from) && count(key::to, e.to);
  }
};

}  // namespace scaleit::record
