// The room `record`: what has happened, kept on disk, and what can be learnt from it.
//
// It includes `messages`, `policy` and `spec`. The way in for writing is this header
// (behind it record_writer.hpp: segments, locks, compression; event_json.hpp: the lines);
// for reading it is record_reader.hpp (a directory, a file or standard input, as events).
// What is made of the events is in replayer.hpp: replays, explanation.hpp and restore.hpp
// all rest on it. describe_event.hpp names each type of event and its keys once.
//
// Turns events into lines of the record and writes them on a thread of its own: a disk
// that is slow, full or gone never holds up the control loop.
//
// The lines that wait are bounded; what does not fit is dropped and counted. An error is
// tried again until it is over. None of this lives in the actor that hands the events
// over, so a crash of that loses nothing that was handed over.
#pragma once

#include "messages/bounds.hpp"
#include "messages/event.hpp"
#include "record/known_targets.hpp"
#include "record/record_writer.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

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
  recorder(spec::record_spec o, clock now);
  ~recorder();
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;

  /// The last id that the record had when it was opened.
  std::uint64_t last_id() const { return writer_.last_id(); }

  /// Never blocks. Called from one thread at a time.
  void take(const event& e);

  record_state state() const;

  /// Writes what waits, once more even if the disk failed before, and ends the thread.
  void stop();

 private:
  struct line {
    std::uint64_t id;
    std::size_t end;      ///< of it, in the buffer
    event_ptr of_target;  ///< if it says who the targets are
  };

  void run();
  bool collect(std::chrono::milliseconds wait);
  bool write();
  bool done() const { return next_line_ == batch_lines_.size(); }
  std::string_view next_part() const;
  void pass(std::size_t bytes);
  bool tidy_and_sync();
  void note(const std::error_code& error);
  void give_up();

  record_writer writer_;  ///< the thread's

  // -- the thread's -------------------------------------------------------
  known_targets targets_;
  std::string batch_;  ///< what it writes now
  std::vector<line> batch_lines_;
  std::map<std::string, event_ptr> batch_unsaid_;
  std::size_t written_ = 0;    ///< bytes of the batch
  std::size_t next_line_ = 0;  ///< of the batch, to be written
  std::chrono::milliseconds retry_{bounds::record_retry_min};
  steady_time synced_{};
  bool unsynced_ = false;
  const clock now_;

  std::string line_;  ///< of take()

  mutable std::mutex mutex_;  ///< of all below
  std::condition_variable wake_;
  std::string waiting_;
  std::vector<line> lines_;  ///< of what waits
  /// Events that say who a target is and were dropped, by the target's name: the head of
  /// the next segment makes up for them.
  std::map<std::string, event_ptr> unsaid_;
  std::size_t in_hand_ = 0;  ///< bytes the thread has taken and not yet written
  bool stopping_ = false;
  record_state state_;

  std::thread thread_;
};

}  // namespace scaleit::record
