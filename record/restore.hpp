// The memory of a daemon that was started again, from the end of its record.
#pragma once

#include "messages/target_spec.hpp"
#include "policy/history.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace scaleit::record {

struct restored {
  std::map<std::string, policy::remembered> targets;
  std::set<std::string>
      problems;  ///< sentences; each is told once, however often it is met
};

/// What the newest segments in `directory` leave of each target: at most
/// bounds::restored_segments_max of them, which is more than any window is long unless
/// targets are many. `targets` have the specs of those whose own has gone from the
/// record. What cannot be read is as if it had not happened.
restored restore(const std::string& directory, const std::vector<target_ptr>& targets);

}  // namespace scaleit::record
