// The part of the API that lives on the control loop: what is known of each target, and
// the changes that are being made. What it hands out are values that do not change.
#pragma once

#include "actors/control_loop.hpp"
#include "api/event_ring.hpp"
#include "api/status_board.hpp"
#include "api/target_changes.hpp"
#include "api/target_view.hpp"
#include "record/account.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace scaleit::api {

/// Targets in the order of their names, a page at a time.
struct listing {
  std::string prefix;
  std::string after;  ///< the last name of the page before
  std::optional<target_health> health;
  std::size_t limit = 0;

  std::vector<target_view> found{};  ///< one more than `limit` if there are more
};

class control_side {
 public:
  /// Before control.start(). `state` may be null; all outlive it. `started` is part of
  /// every revision, so that one of another start is none of this one.
  control_side(actors::control_loop& control, state_writer* state, time_point started);

  const std::shared_ptr<event_ring>& events() const { return events_; }

  // -- on the control loop ------------------------------------------------
  /// None: nobody wants such a target.
  std::optional<target_view> view(const std::string& name);
  std::string etag_of(const actors::catalog_entry& e) const;
  /// Looks at so many names at most; false: there is more to look at.
  bool list(listing& l, std::size_t names_max);
  std::vector<event_ptr> decisions(const std::string& name, std::size_t most);
  std::optional<record::account> explain(const std::string& name);
  struct counts {
    std::size_t total = 0;
    std::array<std::size_t, telemetry::target_healths> by_health{};
  };
  counts count();
  target_changes& changes() { return changes_; }
  actors::control_loop& control() { return control_; }

 private:
  void take(const event_ptr& e);
  /// Events that wait are folded first: who reads after a change sees it.
  void catch_up();
  target_view view_of(const std::string& name, const actors::catalog_entry& e) const;

  actors::control_loop& control_;
  const bool keeps_;
  const std::string start_;
  status_board board_;
  std::shared_ptr<event_ring> events_;
  std::shared_ptr<actors::subscription> queue_;
  target_changes changes_;
};

}  // namespace scaleit::api
