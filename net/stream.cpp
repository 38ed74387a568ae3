#include "net/stream.hpp"

#include "net/stream_channel.hpp"

#include <utility>

namespace scaleit::net {

using channel = stream_writer::channel;
using outcome = stream_writer::outcome;

// -- channel --------------------------------------------------------------

channel::channel(stream_options o, std::function<void()> wake)
    : options_(std::move(o)), wake_(std::move(wake)) {}

/// Under the lock: the loop cannot end meanwhile, as its session calls close() first.
void channel::wake() {
  if (woken_ || !wake_) return;
  woken_ = true;
  wake_();
}

outcome channel::write(std::string_view piece) {
  const std::lock_guard lock(mutex_);
  if (!open_) return outcome::closed;
  if (piece.empty()) return outcome::taken;
  const auto held = in_flight_ + pending_.size();
  if (held > options_.buffer_bytes_max ||
      piece.size() > options_.buffer_bytes_max - held) {
    refused_ = true;
    return outcome::full;
  }
  pending_ += piece;
  if (in_flight_ == 0) wake();
  return outcome::taken;
}

void channel::finish(bool whole) {
  const std::lock_guard lock(mutex_);
  if (!open_) return;
  open_ = false;
  cut_ = !whole;
  if (in_flight_ == 0 || cut_) wake();
}

bool channel::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

channel::batch channel::take() {
  const std::lock_guard lock(mutex_);
  woken_ = false;
  if (cut_) return {{}, false, true};
  if (in_flight_ > 0) return {};
  in_flight_ = pending_.size();
  return {std::exchange(pending_, {}), !open_, false};
}

void channel::sent() {
  {
    const std::lock_guard lock(mutex_);
    in_flight_ = 0;
    if (!pending_.empty() || !open_) wake();
    if (!refused_ || !open_ || pending_.size() > options_.buffer_bytes_max / 2) return;
    refused_ = false;
  }
  const auto tell = options_.on_room;  // a copy, as close() may come from within
  if (tell) try {
      tell();
    } catch (...) {
      finish(false);
    }
}

std::string channel::take_rest() {
  const std::lock_guard lock(mutex_);
  open_ = false;
  return std::exchange(pending_, {});
}

void channel::close(stream_end why) noexcept {
  {
    const std::lock_guard lock(mutex_);
    open_ = false;
    wake_ = nullptr;
    pending_ = {};
  }
  options_.on_room = nullptr;
  if (const auto tell = std::exchange(options_.on_close, nullptr)) try {
      tell(why);
    } catch (...) {
      // Whoever listens has no say in how a connection ends.
    }
}

// -- stream_writer --------------------------------------------------------

stream_writer::stream_writer(std::shared_ptr<channel> c) : channel_(std::move(c)) {}
stream_writer::stream_writer(stream_writer&&) noexcept = default;

stream_writer& stream_writer::operator=(stream_writer&& other) noexcept {
  const stream_writer old(std::move(*this));  // is cut
  channel_ = std::move(other.channel_);
  return *this;
}

stream_writer::~stream_writer() { cut(); }

outcome stream_writer::write(std::string_view piece) {
  return channel_ ? channel_->write(piece) : outcome::closed;
}

void stream_writer::end() {
  if (channel_) channel_->finish(true);
}

void stream_writer::cut() {
  if (channel_) channel_->finish(false);
}

bool stream_writer::open() const { return channel_ && channel_->open(); }

}  // namespace scaleit::net
