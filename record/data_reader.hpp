// The visitor that reads the data of an event: what is under a key goes where the
// description says, or is refused with a sentence. What a member held before is gone in
// any case, so that the memory it has can be used again.
#pragma once

#include "messages/text.hpp"
#include "record/describe_event.hpp"
#include "record/event_tape.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace scaleit::record {

template <class T>
bool whole_text(std::string_view text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

class data_reader {
 public:
  using kind_of_value = tape_value::kind;

  /// `object`: where the data is; without one everything is absent.
  data_reader(const event_tape& tape, std::optional<std::uint32_t> object,
              std::string& spec)
      : tape_(tape), spec_(spec) {
    if (object) data_.emplace(tape, *object);
  }

  bool good() const { return error_.empty(); }
  std::string take_error() { return std::move(error_); }

  // -- values -------------------------------------------------------------
  /// For people only: that it is not there costs nothing.
  void text(event_key k, std::string& out, presence = presence::required) {
    const auto& v = get(k);
    out.clear();
    if (!good() || !v.has()) return;
    if (v.is != kind_of_value::string) return wrong(k, v, "a string");
    out = v.text;
  }
  template <class T>
  void whole(event_key k, T& out, presence p, std::uint64_t max, T unsaid = {}) {
    const auto& v = get(k);
    out = unsaid;
    if (!good() || (p != presence::required && !v.has())) return;
    std::uint64_t n = 0;
    if (!whole_from_zero(v, max, n))
      return wrong(k, v,
                   max == bounds::replicas_max ? replicas_accepted : "a whole number");
    out = static_cast<T>(n);
  }
  void millis(event_key k, microseconds& out, presence p, double max) {
    const auto& v = get(k);
    out = {};
    if (!good() || (p != presence::required && !v.has())) return;
    double ms = 0;
    if (v.is != kind_of_value::number || !whole_text(v.text, ms) ||
        !(std::abs(ms) <= max))
      return wrong(
          k, v,
          max > ms_max ? "milliseconds, at most 1e14" : "milliseconds, at most 1e12");
    out = microseconds{std::llround(ms * 1000)};
  }
  void flag(event_key k, bool& out) {
    const auto& v = get(k);
    out = false;
    if (!good() || !v.has()) return;
    if (v.is != kind_of_value::boolean) return wrong(k, v, "true or false");
    out = v.text == "true";
  }
  /// One that is no number names nothing that is here.
  void id(event_key k, std::uint64_t& out) {
    const auto& v = get(k);
    if (!v.has() || !whole_text(v.text, out) || out > id_max) out = 0;
  }
  void replicas(event_key k, int& out) { count(k, get(k), out); }
  void replicas(event_key k, std::optional<int>& out) {
    const auto& v = get(k);
    out.reset();
    if (good() && v.has()) count(k, v, out.emplace());
  }
  void replicas_or_as(std::string_view other, event_key k, int& out) {
    const auto& v = get(k);
    if (v.has() || !data_) return count(k, v, out);
    count({other, {}}, get({other, {}}), out);
  }
  static bool leaves_out(bool) { return false; }

  // -- what events are made of --------------------------------------------
  void kind(event_key k, failure_kind& out);
  void time(event_key k, std::optional<time_point>& out);
  void spec(event_key k);
  void metrics(event_key k, std::vector<metric_sample>& out);
  void missing(event_key k, std::vector<missing_metric>& out);
  void partial(event_key k, std::vector<metric_sample>& out);
  void steps(event_key k, decision_made& out);
  static void derived(event_key, const decision&) {}

  /// `10`, and `10.0` of a writer that knows only one kind of number.
  static bool whole_from_zero(const tape_value& v, std::uint64_t max, std::uint64_t& out);
  /// `data/to is "2", a string; accepted: ...`
  static std::string sentence(std::string_view name, const tape_value& v,
                              std::string_view accepted);

 private:
  static constexpr std::string_view replicas_accepted =
      "a whole number from 0 to 1000000";
  static_assert(bounds::replicas_max == 1'000'000);

  const tape_value& get(event_key k) {
    static constexpr tape_value absent;
    if (!data_) return absent;
    at_ = data_->find(k.name);
    return at_ == tape_members::nowhere ? absent : tape_.values()[at_];
  }
  void count(event_key k, const tape_value& v, int& out) {
    std::uint64_t n = 0;
    if (good() && !whole_from_zero(v, bounds::replicas_max, n))
      return wrong(k, v, replicas_accepted);
    out = static_cast<int>(n);
  }
  void wrong(event_key k, const tape_value& v, std::string_view accepted) {
    error_ = sentence(fmt::format("data/{}", k.name), v, accepted);
  }

  const event_tape& tape_;
  std::optional<tape_members> data_;
  std::uint32_t at_ = tape_members::nowhere;  ///< where the last value is that was got
  std::string& spec_;
  std::string error_;
};

}  // namespace scaleit::record
