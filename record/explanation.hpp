// Why a target has the replicas it has: from a record, the last decision as a chain from
// the observation to the command, and what holds it.
#pragma once

#include "record/replayer.hpp"

#include <optional>
#include <string>
#include <vector>

namespace scaleit::record {

/// Follows one target through its record. Feed it every event, then ask.
class explanation {
 public:
  explicit explanation(std::string target) : target_(std::move(target)) {}

  void feed(const recorded_event& e);
  /// For the replay that runs beside it.
  void decided(const replayed& x);

  bool has_seen() const { return seen_any_; }

  /// For people. `at`: when it is asked for; `state`: what the replay knows, or null.
  std::string text(time_point at, const replayer::target* state) const;

 private:
  struct told_decision {
    time_point time{};
    int current = 0, recommended = 0, desired = 0;
    struct line {
      std::string rule, why;
      int from, to;
    };
    std::vector<line> steps;
    std::optional<int> recorded;  ///< if it is another
  };
  void take_decision(time_point at, const decision_made& x);
  void take_request(const event& e);
  void chain(std::string& out, const told_decision& d) const;
  void input(std::string& out, const replayer::target* state) const;
  void command(std::string& out, time_point at) const;
  static std::string headline(const told_decision& d);

  std::string target_;
  bool seen_any_ = false;
  std::optional<observation> seen_;
  time_point seen_at_{};
  std::optional<failure> failed_;  ///< since the last good poll
  time_point failed_at_{};
  std::uint64_t failures_ = 0;  ///< since the last decision
  std::optional<time_point> removed_;
  std::optional<told_decision> live_, shadow_;
  std::string sent_;  ///< what became of the last request
  time_point sent_at_{};
};

}  // namespace scaleit::record
