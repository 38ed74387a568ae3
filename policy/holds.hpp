// For rules: how each tells of what it holds. outlook() asks them one after the other, by
// a function NAME_hold(holds&) of the rule's own file, which adds its lines to `all`.
//
// Callers include policy/outlook.hpp alone. Neither has to do with the rule `hold`
// (policy/hold.hpp), which keeps the count when there is nothing to go by.
#pragma once

#include "messages/target_spec.hpp"
#include "policy/memory.hpp"
#include "policy/outlook.hpp"

#include <string>
#include <utility>
#include <vector>

namespace scaleit::policy {

struct holds {
  const target_spec& spec;
  memory& mem;  ///< as it would be at `now`, so windows may forget
  time_point now;
  std::vector<hold> all{};

  void say(std::string what, std::string text) {
    all.push_back({std::move(what), std::move(text)});
  }

  /// In whole seconds: who looks at minutes does not want microseconds.
  static std::string span(microseconds d) {
    return to_string(std::chrono::round<std::chrono::seconds>(d));
  }
  std::string ago(time_point t) const { return span(now - t) + " ago"; }
  std::string left(time_point since, microseconds length) const {
    return span(since + length - now) + " left";
  }
};

}  // namespace scaleit::policy
