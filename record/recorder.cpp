#include "record/recorder.hpp"

#include "record/event_json.hpp"

#include <fmt/format.h>

#include <utility>

namespace scaleit::record {

namespace {

constexpr std::size_t batch_bytes = 256 * 1024;       ///< then the thread is woken early
constexpr std::size_t spare_bytes_max = 1024 * 1024;  ///< kept by an empty buffer

}  // namespace

recorder::recorder(spec::record_spec o, clock now)
    : writer_(std::move(o)), now_(std::move(now)) {
  writer_.begin_segments_with(
      [this](const record_writer::write_lines& write) { return targets_.tell(write); });
  thread_ = std::thread{[this] { run(); }};
}

recorder::~recorder() { stop(); }

// -- from the control loop ------------------------------------------------

void recorder::take(const event& e) {
  line_.clear();
  append_json(line_, e);
  line_ += '\n';
  auto of_target =
      known_targets::concern(e) ? std::make_shared<const event>(e) : event_ptr{};
  const std::lock_guard lock{mutex_};
  if (waiting_.size() + in_hand_ + line_.size() > bounds::record_buffer_bytes_max) {
    ++state_.dropped;
    if (of_target) unsaid_.insert_or_assign(e.target->name, std::move(of_target));
    return;
  }
  if (of_target) unsaid_.erase(e.target->name);
  waiting_ += line_;
  lines_.push_back({e.sequence, waiting_.size(), std::move(of_target)});
  if (waiting_.size() >= batch_bytes) wake_.notify_one();
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

// -- the thread -----------------------------------------------------------

void recorder::run() {
  synced_ = now_();
  bool more_to_do = true;
  for (;;) {
    const bool last = collect(more_to_do ? std::chrono::milliseconds{0}
                                         : bounds::record_flush_interval);
    if (last && done()) break;
    if (write()) {
      retry_ = bounds::record_retry_min;
      more_to_do = !last && tidy_and_sync();
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
  if (!done()) return stopping_;  // first what failed
  wake_.wait_for(lock, wait,
                 [this] { return stopping_ || waiting_.size() >= batch_bytes; });
  batch_.clear();
  batch_lines_.clear();
  written_ = next_line_ = 0;
  if (batch_.capacity() > spare_bytes_max) std::string{}.swap(batch_);
  batch_.swap(waiting_);
  batch_lines_.swap(lines_);
  batch_unsaid_ = std::exchange(unsaid_, {});
  in_hand_ = batch_.size();
  return stopping_;
}

bool recorder::write() {
  std::error_code error;
  std::size_t bytes = 0;
  while (!done() && !error) {
    const auto o = writer_.append(batch_lines_[next_line_].id, next_part());
    pass(o.written);
    bytes += o.written;
    error = o.error;
  }
  if (done())
    for (const auto& [name, e] : std::exchange(batch_unsaid_, {})) targets_.take(e);
  unsynced_ = unsynced_ || bytes > 0;
  note(error);
  const std::lock_guard lock{mutex_};
  state_.writing = !error;
  state_.bytes += bytes;
  in_hand_ = batch_.size() - written_;
  return !error;
}

/// The lines that the segment has room for, and the one that crosses its end.
std::string_view recorder::next_part() const {
  const auto full = written_ + writer_.room();
  auto last = next_line_;
  while (last + 1 < batch_lines_.size() && batch_lines_[last].end < full) ++last;
  return std::string_view{batch_}.substr(written_, batch_lines_[last].end - written_);
}

/// So much more is written.
void recorder::pass(std::size_t bytes) {
  written_ += bytes;
  for (; !done() && batch_lines_[next_line_].end <= written_; ++next_line_)
    if (const auto& e = batch_lines_[next_line_].of_target) targets_.take(e);
}

/// Compresses and removes old segments, and forces what was written onto the disk when
/// that is due. True while there is more to do.
bool recorder::tidy_and_sync() {
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
  state_.dropped += batch_lines_.size() - next_line_ + lines_.size();
}

}  // namespace scaleit::record
