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
#include <vector>

namespace scaleit {

enum class direction : std::int8_t { down = -1, none = 0, up = 1 };
std::string_view to_string(direction d);

/// The rules that may set or change the number, by their codes, in the order in which
/// they apply. What each is called and says stands in its own file (policy/rules.hpp).
enum class rule : std::uint8_t {
  target,
  tolerance,
  unready,
  panic,
  combine,
  missing_metric,
  stale,
  hold,
  fallback,
  stabilize_up,
  stabilize_down,
  outage_guard,
  rate_up,
  rate_down,
  flap_budget,
  switched_off,
  activate,
  idle,
  schedule_min,
  schedule_max,
  min,
  max,
  paused,
  dry_run,
  pause_in,
  pause_out,
  shadow,  // stays the last one
};
inline constexpr std::size_t rules = static_cast<std::size_t>(rule::shadow) + 1;

struct step {
  rule code = rule::target;
  std::uint8_t metric = 0;  ///< which of the spec's metrics, where it matters
  int from = 0;
  int to = 0;
  std::array<double, 4> numbers{};  ///< what `why()` puts into the sentence
  bool operator==(const step&) const = default;
};

/// A step in the words of the record that it was read from, into which they point.
struct told_step {
  std::string_view rule;  ///< its public code, maybe one of a newer version
  std::string_view why;
  bool operator==(const told_step&) const = default;
};

/// The code of a step whose rule is one of a newer version.
inline constexpr rule unknown_rule{255};

struct decision {
  int current = 0;
  int recommended = 0;  ///< the formula's answer before windows and limits
  int desired = 0;
  boost::container::small_vector<step, 6> steps{};
  std::vector<told_step> told{};  ///< of the steps, in a decision read from a record
  bool operator==(const decision&) const = default;

  direction towards() const {
    return desired > current   ? direction::up
           : desired < current ? direction::down
                               : direction::none;
  }
  bool changes() const { return desired != current; }
};

}  // namespace scaleit
