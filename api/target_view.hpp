// A target as the API shows it: taken on the control loop, put into words on the API's
// thread. What is taken are pointers to values that do not change.
#pragma once

#include "actors/control_loop.hpp"
#include "api/status_board.hpp"

#include <optional>
#include <string>

namespace scaleit::api {

struct target_view {
  std::string name;
  actors::origin origin = actors::origin::api;
  std::string revision;
  target_ptr spec;  ///< the owner's
  actors::operator_hold hold{};
  target_status status{};
  time_point at{};    ///< when it was taken
  bool kept = false;  ///< it will outlive a restart, with its hold

  std::string etag() const { return '"' + revision + '"'; }
};

/// Appends the Target: name, origin, revision, spec, status.
void append_json(std::string& out, const target_view& v);

}  // namespace scaleit::api
