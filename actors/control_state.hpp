// What the supervisor must not forget when it dies: the targets with their actors, the
// subscribers, and the orders that are not yet answered.
#pragma once

#include "actors/back_off.hpp"
#include "actors/orders.hpp"
#include "actors/prompt_polls.hpp"
#include "actors/subscriber_keeper.hpp"
#include "actors/target_actors.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace scaleit::actors {

/// The state of the control loop. Outlives each supervisor.
struct control_state {
  std::unordered_map<std::string, target_actors> targets;
  std::deque<subscriber> subscribers;
  std::map<std::string, policy::remembered>
      before;                 ///< of targets that are not yet added
  std::uint64_t numbers = 0;  ///< the last target's
  std::size_t targets_max = bounds::targets_max;
  prompt_polls prompt;

  // -- orders -------------------------------------------------------------
  order_queue orders;                                  ///< not yet begun
  std::optional<order> in_hand;                        ///< not yet carried out
  std::deque<std::pair<answer_handler, answer>> told;  ///< carried out, to be answered
  std::set<std::string> leaving;                       ///< targets

  // -- the end ------------------------------------------------------------
  std::string stop_reason;  ///< not empty: stopping
  bool stopped = false;     ///< to the end
  steady_time stop_deadline{};

  // -- the supervisor -----------------------------------------------------
  std::string crash_of_supervisor;  ///< the reason, set by who watches it
  back_off supervisor_down;
  std::uint64_t supervisor_restarts = 0;
  std::uint64_t work_done = 0;  ///< of supervisors: what they have handled to its end

  bool full() const { return targets.size() >= targets_max; }
  std::string full_sentence() const;
  /// Of all targets, the one that came last first.
  std::vector<std::string> names_latest_first() const;
  /// A target with what it remembers, and no actors yet. There is none of that name.
  target_actors& create(const target_ptr& spec);
};

}  // namespace scaleit::actors
