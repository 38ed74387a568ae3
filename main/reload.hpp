// The config file, read again while all runs: on a signal, on request, and when it is
// another file than before. What changed in it is made so; nothing else is touched.
//
// Reading has a thread of its own, since tens of thousands of targets take seconds; what
// is to be done goes to the control loop in pieces.
#pragma once

#include "actors/control_loop.hpp"
#include "main/config_in_use.hpp"
#include "messages/file_stamp.hpp"
#include "net/event_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace scaleit::main {

struct reload_outcome {
  std::string why;                    ///< "SIGHUP", "it is another file"
  std::vector<std::string> problems;  ///< a line each; not empty: nothing has changed
  std::vector<std::string> warnings;
  std::optional<spec::auth_spec> auth;  ///< who may use the API now, if it is good
  std::array<std::size_t, actors::outcomes> targets{};  ///< how many, by outcome

  std::size_t& of(actors::outcome o) { return targets[static_cast<std::size_t>(o)]; }
  /// `2 added, 1 changed, 0 removed, 47 unchanged`
  std::string text() const;
};

class reload {
 public:
  /// Called on the control loop's thread.
  using handler = std::function<void(const reload_outcome&)>;

  /// All but `config` outlive it. `tell` hears of every outcome. `look`: whether the file
  /// is watched.
  reload(config_in_use config, net::event_loop& loop, actors::control_loop& control,
         bool look, handler tell);
  ~reload() { finish(); }

  /// Nothing is read any more; waits for what is being read, which a file system may make
  /// last. Whoever asks later has no answer.
  void finish();

  /// From any thread. One after the other; a reading that was asked for twice before it
  /// began is one.
  void ask(std::string why, handler done = {});

 private:
  struct work;

  void read(const std::string& why);
  void watch();
  void look();
  void carry_out();

  config_in_use config_;
  net::event_loop& loop_;
  actors::control_loop& control_;
  handler tell_;

  net::asio::io_context io_;
  net::asio::executor_work_guard<net::asio::io_context::executor_type> work_;
  net::asio::steady_timer next_look_;
  std::vector<handler> asked_;  ///< of the reading that has not begun
  /// On the control loop: what was read, in its order. The orders of one are all given
  /// before those of the next, which says what came of them.
  std::deque<std::shared_ptr<work>> works_;
  file_stamp in_use_;  ///< the file that was read last
  file_stamp seen_;    ///< at the last look
  std::thread thread_;
};

}  // namespace scaleit::main
