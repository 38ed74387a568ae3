// Changes of targets that somebody asks for: whether they may be made is looked at, they
// are kept on the disk, then they are ordered, and who asked hears what became of them.
//
// On the control loop. Those of one name are made one after the other, so that of two who
// race for it the second sees what the first has made. Those of different names do not
// wait for each other.
#pragma once

#include "actors/control_loop.hpp"
#include "api/state_writer.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>

namespace scaleit::api {

/// What is to be done to a name. What is not there stays as it is.
struct target_edit {
  std::optional<target_ptr> spec{};  ///< that the API wants; null: none
  std::optional<actors::operator_hold> hold{};
};

/// Why not, as an HTTP status and a sentence.
struct refusal {
  int status = 0;
  std::string detail;
};

struct change_request {
  std::string name;
  std::string by;  ///< who asks, from where
  /// Sees the name as it is when its turn has come; null: nothing is known of it.
  std::function<std::variant<target_edit, refusal>(const actors::catalog_entry*)> decide;
  /// Called once on the control loop, and must not throw.
  std::function<void(std::variant<actors::outcome, refusal>)> done;
};

class target_changes {
 public:
  /// `state` may be null: then nothing is kept. Both outlive it.
  target_changes(actors::control_loop& control, state_writer* state)
      : control_(control), state_(state) {}

  void ask(change_request r);

 private:
  using request_ptr = std::shared_ptr<change_request>;

  void begin(const request_ptr& r);
  void carry_out(const request_ptr& r, const target_edit& e, const kept_target& before);
  void finish(const request_ptr& r, std::variant<actors::outcome, refusal> what);
  void next(const std::string& name);

  actors::control_loop& control_;
  state_writer* const state_;
  /// By name: who waits for the one that is being made.
  std::unordered_map<std::string, std::deque<request_ptr>> busy_;
};

}  // namespace scaleit::api
