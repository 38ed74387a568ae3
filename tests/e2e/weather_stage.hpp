// Many applications that misbehave, each in a way of its own, each with a daemon of
// its own, all at once: the waiting is shared.
#pragma once

#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"

#include <memory>
#include <string>
#include <vector>

namespace scaleit::e2e {

struct weather {
  std::string name;
  int times = 2;     ///< requests that get this answer
  int failures = 2;  ///< that the daemon is to count
  trick play;
  bool counts = false;      ///< see trick_plan
  bool decided_on = false;  ///< a loop is completed all the same: the replicas were read
};

/// Always the same bytes.
trick bytes(std::string answer, bool goes_on = true);
/// A good answer's head, and this for a body.
trick body(const std::string& document);

/// GETs that are answered this way: the failures are counted once each, nothing is
/// scaled on their account, and the loop goes on after them.
void check_polls(const std::vector<weather>& all);
/// The same for PUTs, none of which may be repeated for a decision already applied.
void check_puts(const std::vector<weather>& all);

}  // namespace scaleit::e2e
