// What is to be said of a target at a moment: why it has the replicas it has. As a text
// for people, and as JSON.
#pragma once

#include "messages/time.hpp"
#include "policy/outlook.hpp"

#include <optional>
#include <string>
#include <vector>

namespace scaleit::record {

struct account {
  struct step {
    std::string rule, why;
    int from = 0, to = 0;
  };
  struct decided {
    time_point time{};
    int current = 0, recommended = 0, desired = 0;
    std::vector<step> steps{};
    std::optional<int> recorded{};  ///< what was recorded, if it is another
  };

  std::string target;
  time_point at{};       ///< the moment
  std::string observed;  ///< the last reading, in words
  std::optional<decided> live{}, shadow{};
  std::string removed{};  ///< how long ago, if it is
  std::string command{};  ///< what became of the last scale request; empty: there is none
  std::string failing{};  ///< what has failed since the decision; empty: nothing
  std::vector<policy::hold> windows{};
};

/// The sentence that it begins with.
std::string summary_of(const account& a);
/// Lines, for people.
std::string text_of(const account& a);
/// One object.
void append_json(std::string& out, const account& a);

}  // namespace scaleit::record
