// Why a target has the replicas it has: from its events, the last decision as a chain
// from the observation to the command, and what holds it.
#pragma once

#include "record/account.hpp"
#include "record/replayer.hpp"

#include <optional>
#include <string>
#include <vector>

namespace scaleit::record {

/// Follows one target through its record, or through what runs. Feed it every event, then
/// ask.
class explanation {
 public:
  explicit explanation(std::string target) : target_(std::move(target)) {}

  /// Those of others are passed over.
  void feed(const recorded_event& e) {
    if (e.name == target_) take(e);
  }
  /// One of the target's.
  void take(const event& e);
  /// For the replay that runs beside it.
  void decided(const replayed& x);

  bool has_seen() const { return seen_any_; }

  /// `at`: when it is asked for; `spec` and `memory`: what the target knows, or null.
  account tell(time_point at, const target_spec* spec,
               const policy::memory* memory) const;
  /// The same in words. `state`: what the replay knows, or null.
  std::string text(time_point at, const replayer::target* state) const;

 private:
  void take_decision(const event& e, const decision_made& x);
  void take_request(const event& e);
  std::string observed(const target_spec* spec) const;
  std::string failing(time_point at) const;

  std::string target_;
  bool seen_any_ = false;
  std::optional<observation> seen_;
  time_point seen_at_{};
  std::optional<failure> failed_;  ///< since the last good poll
  time_point failed_at_{};
  std::uint64_t failures_ = 0;  ///< since the last decision
  std::optional<time_point> removed_;
  std::optional<account::decided> live_, shadow_;
  std::string sent_;  ///< what became of the last request
  time_point sent_at_{};
};

}  // namespace scaleit::record
