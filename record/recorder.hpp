// Turns events into lines of the record and writes them on a thread of its own: a disk
// that is slow, full or gone never holds up the control loop.
//
// The lines that wait are bounded; what does not fit is dropped and counted. An error is
// tried again until it is over. None of this lives in the actor that hands the events
// over, so a crash of that loses nothing that was handed over.
#pragma once

#include "messages/bounds.hpp"
#include "messages/event.hpp"
#include "record/record_writer.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace scaleit::record {

struct record_state {
  bool writing = true;        ///< the last write went well
  std::string error;          ///< of the last one that did not
  std::uint64_t errors = 0;   ///< so far, as those below
  std::uint64_t dropped = 0;  ///< events
  std::uint64_t bytes = 0;    ///< written, before compression
};

class recorder {
 public:
  using clock = std::function<steady_time()>;

  /// Opens the record (throws record_error, record_locked) and starts the thread.
  recorder(record_options o, clock now);
  ~recorder();
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;

  /// Of the record as it was found.
  std::uint64_t last_id() const { return writer_.last_id(); }

  /// Never blocks. From one thread at a time.
  void take(const event& e);

  /// Half a segment was handed over since the last time that this was true.
  bool half_a_segment();

  record_state state() const;

  /// Writes what waits, once more even if the disk failed before, and ends the thread.
  void stop();

 private:
  std::uint64_t half_segment_;  ///< bytes
  std::uint64_t handed_over_ = 0;
  void run();
  bool collect(std::chrono::milliseconds wait);
  bool write();
  bool keep_house();
  void note(const std::error_code& error);
  void give_up();

  record_writer writer_;  ///< the thread's
  std::string batch_;     ///< the thread's: what it writes now
  std::chrono::milliseconds retry_{bounds::record_retry_min};
  steady_time synced_{};
  bool unsynced_ = false;
  const clock now_;
  std::string line_;  ///< of take()

  mutable std::mutex mutex_;  ///< of all below
  std::condition_variable wake_;
  std::string waiting_;
  std::size_t in_hand_ = 0;  ///< bytes the thread has taken and not yet written
  bool stopping_ = false;
  record_state state_;

  std::thread thread_;
};

}  // namespace scaleit::record
