// What `decide` answers: a number, and the chain of rules that led to it.
//
// A step is kept as its numbers, not as text: most decisions are "no change"
// and nobody reads them, so the sentence is made by `why()` when someone asks.
#pragma once

#include <boost/container/small_vector.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace scaleit {

enum class direction : std::int8_t { down = -1, none = 0, up = 1 };
std::string_view to_string(direction d);

/// The rules that may set or change the number, by their public codes
/// (POLICY: the codes in brackets). Append only.
enum class rule : std::uint8_t {
  target,
  tolerance,
  combine,
  missing_metric,
  hold,
  switched_off,
  min,
  max,
};
inline constexpr std::size_t rules = 8;
std::string_view to_string(rule r);

struct step {
  rule code = rule::target;
  int from = 0;
  int to = 0;
  std::string metric;               ///< which metric, where it matters
  std::array<double, 3> numbers{};  ///< what `why()` puts into the sentence
  std::string text;                 ///< the sentence itself, in a step read from a record
  bool operator==(const step&) const = default;
};

/// The sentence of a step, complete with its numbers.
std::string why(const step& s);

struct decision {
  int current = 0;
  int recommended = 0;  ///< the formula's answer before windows and limits
  int desired = 0;
  boost::container::small_vector<step, 3> steps;
  bool operator==(const decision&) const = default;

  direction towards() const {
    return desired > current   ? direction::up
           : desired < current ? direction::down
                               : direction::none;
  }
  bool changes() const { return desired != current; }
};

}  // namespace scaleit
