// The thread that writes the state folder, so that nobody waits for the disk but who
// asked for it.
//
// Changes are made in the order in which they come; those that wait meanwhile are written
// together, with one fsync of the folder.
#pragma once

#include "api/state_folder.hpp"
#include "messages/time.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace scaleit::api {

class state_writer {
 public:
  /// None: it is on the disk. Else why not, in one sentence; nothing has changed then.
  using done_handler = std::function<void(std::optional<std::string> error)>;

  /// Handlers are posted to `where`.
  state_writer(state_folder folder, boost::asio::any_io_executor where);
  /// Finishes.
  ~state_writer();
  state_writer(const state_writer&) = delete;
  state_writer& operator=(const state_writer&) = delete;

  /// False, and `done` is not called, when bounds::api_waiting_max wait already or it has
  /// finished. `what` is all that is to be kept under the name; empty: nothing is.
  bool keep(std::string name, kept_target what, done_handler done);

  /// Writes what waits, and ends the thread. Nothing is taken after; what is not begun
  /// within `time` is answered with an error, so that a slow disk holds up no stop.
  void finish(std::chrono::milliseconds time = std::chrono::milliseconds{500});

 private:
  struct waiting {
    state_change change;
    done_handler done;
  };
  void run();
  std::vector<waiting> take_batch();
  std::vector<std::optional<std::string>> write(const std::vector<waiting>& batch);

  state_folder folder_;
  boost::asio::any_io_executor where_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<waiting> queue_;
  bool finishing_ = false;
  steady_time give_up_ = steady_time::max();
  std::thread thread_;  // the last: it uses the others
};

}  // namespace scaleit::api
