// Why a target had the replicas it had at a moment of a record: the record up to there,
// replayed, and what is to be said of it.
#pragma once

#include "record/explanation.hpp"
#include "record/replay_specs.hpp"
#include "record/replayer.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace scaleit::record {

class past_account {
 public:
  /// `at`: the moment; none: the record's end. `specs`, which outlive it, have a policy
  /// in the place of the recorded one. `complain` hears of recorded specs that are no
  /// good.
  past_account(std::string target, std::optional<time_point> at,
               const replay_specs& specs,
               std::function<void(const std::string&)> complain);
  past_account(const past_account&) = delete;
  past_account& operator=(const past_account&) = delete;

  void feed(const recorded_event& e);
  /// When all was fed. Throws spec::input_error when there is nothing to say.
  account finish();

 private:
  replay_options replaying();
  void conclude(replayer replay, explanation story);

  const std::string target_;
  const std::optional<time_point> asked_;
  const replay_specs& specs_;
  const std::function<void(const std::string&)> complain_;
  explanation story_;
  explanation* told_ = &story_;
  replayer replay_;
  std::set<std::string, std::less<>> targets_;
  std::optional<time_point> last_;  ///< the last event's, unless that is later than asked
  time_point told_at_ = time_point::min();
  std::optional<account> account_;
};

/// The same of a whole record, of one that is being written, too. Throws input_error,
/// also when `stop` was set meanwhile.
account account_of_past(const std::string& record, const std::string& target,
                        time_point at, const std::atomic<bool>& stop);

}  // namespace scaleit::record
