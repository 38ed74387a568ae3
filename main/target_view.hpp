// A target as the API tells it, taken apart for people. What an answer lacks is not
// shown; nothing in it is believed to be what it should be.
#pragma once

#include "spec/document.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace scaleit::main {

struct metric_view {
  std::string name;
  std::optional<double> value;
  std::optional<double> target;
  bool average = false;  ///< of type AverageValue: the value is a total
};

struct target_view {
  std::string name, origin, revision, mode, health, direction, why;
  std::string observed_at, decided_at, applied_at;
  std::optional<int> replicas, ready, desired, recommended;
  std::vector<metric_view> metrics;
  struct failing {
    std::string error, detail, since, count;
  };
  std::optional<failing> failure;
  bool held_in = false, held_out = false;  ///< by an operator
  bool kept = true;

  /// The metric that asks for most; null if none has a value and a target.
  const metric_view* leading() const;
  /// Of the value to the target; nothing if it cannot be told.
  std::optional<double> ratio(const metric_view& m) const;
  /// `why` where the name stands beside it.
  std::string why_without_name() const;
  bool is_well() const { return health == "ok" || health == "unknown"; }
};

/// All texts in it are printable.
target_view view_of(const spec::document& target);

/// `0.92/0.80`, of an average value per replica `31.00/30.00`.
std::string metric_cell(const target_view& t, const metric_view& m);
/// `paused in`, `paused`, `dry run`, or empty.
std::string hold_of(const target_view& t);
/// Why it is as it is, in one sentence: a failure before a decision.
std::string why_of(const target_view& t);

/// All there is to say of one, line by line.
std::string details_of(const target_view& t);

}  // namespace scaleit::main
