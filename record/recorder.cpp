#include "record/recorder.hpp"

#include "record/event_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace scaleit::record {

namespace {

constexpr std::size_t batch_bytes = 256 * 1024;       ///< then the thread is woken early
constexpr std::size_t spare_bytes_max = 1024 * 1024;  ///< kept by an empty buffer

}  // namespace

recorder::recorder(record_options o, clock now)
    : half_segment_(o.segment_bytes / 2),
      writer_(std::move(o)),
      now_(std::move(now)),
      thread_([this] { run(); }) {}

recorder::~recorder() { stop(); }

// -- from the control loop --------------------------------------------------------------

void recorder::take(const event& e) {
  line_.clear();
  append_json(line_, e);
  line_ += '\n';
  const std::lock_guard lock{mutex_};
  if (waiting_.size() + in_hand_ + line_.size() > bounds::record_buffer_bytes_max) {
    ++state_.dropped;
    return;
  }
  waiting_ += line_;
  handed_over_ += line_.size();
  if (waiting_.size() >= batch_bytes) wake_.notify_one();
}

bool recorder::half_a_segment() {
  if (handed_over_ < half_segment_) return false;
  handed_over_ = 0;
  return true;
}

record_state recorder::state() const {
  const std::lock_guard lock{mutex_};
  return state_;
}

void recorder::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

// -- the thread -------------------------------------------------------------------------

void recorder::run() {
  synced_ = now_();
  bool more_to_do = true;
  for (;;) {
    const bool last = collect(more_to_do ? std::chrono::milliseconds{0}
                                         : bounds::record_flush_interval);
    if (last && batch_.empty()) break;
    if (write()) {
      retry_ = bounds::record_retry_min;
      more_to_do = !last && keep_house();
      continue;
    }
    if (last) {
      give_up();
      break;
    }
    std::unique_lock lock{mutex_};
    wake_.wait_for(lock, retry_, [this] { return stopping_; });
    retry_ = std::min<std::chrono::milliseconds>(2 * retry_, bounds::record_retry_max);
  }
  note(writer_.close());
}

/// Waits for lines and takes them. True when no more will come.
bool recorder::collect(std::chrono::milliseconds wait) {
  std::unique_lock lock{mutex_};
  if (!batch_.empty()) return stopping_;  // first what failed
  wake_.wait_for(lock, wait,
                 [this] { return stopping_ || waiting_.size() >= batch_bytes; });
  if (batch_.capacity() > spare_bytes_max) std::string{}.swap(batch_);
  batch_.swap(waiting_);
  in_hand_ = batch_.size();
  return stopping_;
}

bool recorder::write() {
  if (batch_.empty()) return true;
  const auto [written, error] = writer_.append(batch_);
  batch_.erase(0, written);
  unsynced_ = unsynced_ || written > 0;
  note(error);
  const std::lock_guard lock{mutex_};
  state_.writing = !error;
  state_.bytes += written;
  in_hand_ = batch_.size();
  return !error;
}

/// True while there is more to do.
bool recorder::keep_house() {
  std::error_code error;
  const bool more = writer_.tidy(error);
  note(error);
  if (const auto now = now_();
      unsynced_ && now - synced_ >= bounds::record_sync_interval) {
    note(writer_.sync());
    unsynced_ = false;
    synced_ = now;
  }
  return more;
}

void recorder::note(const std::error_code& error) {
  if (!error) return;
  const std::lock_guard lock{mutex_};
  ++state_.errors;
  state_.error = error.message();
}

void recorder::give_up() {
  const std::lock_guard lock{mutex_};
  for (const auto* lines : {&batch_, &waiting_})
    state_.dropped +=
        static_cast<std::uint64_t>(std::count(lines->begin(), lines->end(), '\n'));
}

}  // namespace scaleit::record
