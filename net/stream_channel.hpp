// What a stream's writer and its session share: the bytes on their way from any
// thread to the loop.
#pragma once

#include "net/stream.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace scaleit::net {

class stream_writer::channel {
 public:
  /// `wake` makes the loop call take() soon; it is called under the lock, and no more
  /// after close(), so that what it refers to may end then.
  channel(stream_options o, std::function<void()> wake);

  // -- the writer's side, on any thread -----------------------------------
  outcome write(std::string_view piece);
  void finish(bool whole);
  bool open() const;

  // -- the session's side, on the loop ------------------------------------
  struct batch {
    std::string bytes;
    bool last = false;
    bool cut = false;
  };
  /// What has been written since. Until sent(), it counts against the buffer.
  batch take();
  void sent();
  /// The same when nothing is in flight, and closes the writer's side.
  std::string take_rest();
  /// Ends the writer's side, and tells it why, unless it was ended before.
  void close(stream_end why) noexcept;
  bool finite() const { return options_.finite; }

 private:
  void wake();

  stream_options options_;
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::string pending_;
  std::size_t in_flight_ = 0;  // bytes
  bool open_ = true;           // for the writer
  bool cut_ = false;
  bool woken_ = false;    // and take() not called since
  bool refused_ = false;  // a piece, and no room told of since
};

}  // namespace scaleit::net
