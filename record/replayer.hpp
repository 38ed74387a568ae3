// Runs a record through the same decisions again, on the recorded clock.
//
// Events go in, in the order of the record; decisions come out, each with the recorded
// one beside it. Pure: where events come from and where decisions go is the caller's. A
// replay, an explanation and the memory of a restarted daemon are all this.
#pragma once

#include "messages/target_spec.hpp"
#include "policy/history.hpp"
#include "record/event_reader.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaleit::record {

/// One decision of the replay, valid during the call that brings it.
struct replayed {
  std::string_view target;
  time_point time{};
  const target_spec& spec;
  const decision* made;      ///< null: the record has one and the replay has none
  const decision* recorded;  ///< null: the record has none
  bool shadow = false;

  bool differs() const {
    return recorded != nullptr && (made == nullptr || made->desired != recorded->desired);
  }
  /// The first step that is another than the recorded one; nothing when all are the same
  /// (or none were recorded).
  std::optional<std::size_t> differs_at() const;
};

struct replay_options {
  /// Before it events only rebuild the memory: what was recommended and applied then is
  /// taken from the record, not computed again.
  std::optional<time_point> from;
  /// The policy to replay a target under, if not the recorded one.
  std::function<target_ptr(std::string_view target)> spec_for;
  /// The spec of a target that is polled before the record says what its spec is.
  std::function<target_ptr(std::string_view target)> assume_spec;
  /// The spec of `target.added` and `.changed`; null when it cannot be used.
  std::function<target_ptr(std::string_view target, const std::string& json)> parse_spec;
  std::function<void(const replayed&)> decided;
};

class replayer {
 public:
  struct target {
    target_ptr spec;
    policy::history remembers;

   private:
    friend class replayer;
    // A poll waits for its decision, or for the news that the decider is gone.
    bool polled = false;
    event poll;
    bool in_doubt = false;  ///< it is lost unless its decision follows
    /// The record holds decisions, so a poll without one was not decided on.
    bool has_decisions = false;
    std::vector<event> since;        ///< events of scale requests since the poll
    std::optional<decision> shadow;  ///< made, and waiting for the recorded one
  };

  explicit replayer(replay_options options) : options_(std::move(options)) {}

  void feed(const recorded_event& e);
  /// The record is over.
  void finish();

  /// What is known of a target now; null if nothing.
  const target* find(std::string_view name) const;
  const std::map<std::string, target, std::less<>>& targets() const { return targets_; }

  /// Polls of targets whose spec is not known: they could not be decided on.
  std::uint64_t without_spec() const { return without_spec_; }

 private:
  using entry = std::pair<const std::string, target>;
  entry& of(std::string_view name);
  void feed_daemon(const recorded_event& e);
  bool is_known(const entry& t, const recorded_event& e) const;
  void take_spec(entry& t, const recorded_event& e);
  void take_poll(entry& t, const recorded_event& e);
  void take_decision(entry& t, const recorded_event& e);
  void take_news(entry& t, const recorded_event& e);
  /// Whether this decides on the poll that waits.
  static bool answers(const decision_made& d, const target& x);
  /// Decides on the poll that waits.
  void decide_on(entry& t, const decision* recorded);
  /// Counts the poll that waits as seen, without a decision.
  void lose(entry& t);
  /// The decider was replaced: the poll that waits is lost if the record holds decisions;
  /// otherwise it is decided on.
  void part(entry& t);
  /// Folds what happened while the poll waited.
  void follow(entry& t);
  void tell_shadow(entry& t, const decision* recorded);

  replay_options options_;
  std::map<std::string, target, std::less<>> targets_;
  entry* last_ = nullptr;
  microseconds stepped_{0};  ///< all steps of the record's clock so far
  std::uint64_t without_spec_ = 0;
};

}  // namespace scaleit::record
