// What the daemon tells people, from events: one line per change, one when a streak
// of failures begins and one when it ends; every poll only at DEBUG.
//
// Of many targets that come, change or go at once, the first have a line and the others
// are counted. Pure but for what it remembers: an event goes in, lines come out.
#pragma once

#include "messages/event.hpp"
#include "messages/log_line.hpp"
#include "telemetry/target_lines.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace scaleit::telemetry {

class log_lines {
 public:
  /// Lines below `threshold` are not even made.
  explicit log_lines(log_level threshold) : threshold_(threshold) {}

  std::vector<log_line> tell(const event& e);
  /// What is yet to be told when no event comes. `now` in the time of the events.
  std::vector<log_line> tell_rest(time_point now);

 private:
  struct streak {
    std::uint64_t failures = 0;
    time_point since{};
  };
  /// One per target that is failing now and what fails; by the target's name, of metrics
  /// `<target>/<metric>`.
  using streaks = std::map<std::string, streak>;

  void failed(streaks& of, const std::string& key, const event& e, std::string_view what,
              const std::string& detail);
  void works(streaks& of, const std::string& key, const event& e, std::string_view what);
  void tell_metrics(const event& e, const observation& seen);
  void forget_metrics(const target_spec& spec);
  void notice_switch(const event& e, const decision& d);
  void say(log_level level, const event& e, std::string text);
  bool few(target_lines::kind what, const event& e);
  void sum_up(std::string text);

  void tell(const event& e, const daemon_started& x);
  void tell(const event& e, const daemon_stopped& x);
  void tell(const event& e, const clock_stepped& x);
  void tell(const event& e, const target_added& x);
  void tell(const event& e, const target_changed& x);
  void tell(const event& e, const target_removed& x);
  void tell(const event& e, const status_observed& x);
  void tell(const event& e, const status_failed& x);
  void tell(const event& e, const decision_made& x);
  void tell(const event& e, const scale_requested& x);
  void tell(const event& e, const scale_applied& x);
  void tell(const event& e, const scale_failed& x);
  void tell(const event& e, const actor_crashed& x);
  void tell(const event& e, const actor_restarted& x);
  /// Has no line.
  void tell(const event&, const auto&) {}

  log_level threshold_;
  target_lines targets_;
  streaks status_, scale_, metric_;
  /// What was said, or is yet to be said, of a target's decisions.
  struct story {
    struct {
      int to = -1;
      std::string reasons;
    } decided;                 ///< the last one that changed the count
    std::string requested;     ///< the reasons of the one that was sent last
    std::optional<rule> held;  ///< by which what was wanted was not done
    int dry = -1;              ///< what a dry run would have set, -1 for none
  };
  void notice_hold(const event& e, const decision& d);
  std::unordered_map<std::string, story> stories_;
  std::unordered_set<std::string> switched_off_;  ///< targets, by name
  std::vector<log_line> lines_;
};

}  // namespace scaleit::telemetry
