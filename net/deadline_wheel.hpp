// All deadlines of the client on one timer.
//
// A timer per request costs 1 to 5 us to arm and cancel; nearly all deadlines
// are cancelled. Here arming links a node into a list and cancelling unlinks
// it. The one real timer is set to the earliest tick that holds anything, so a
// client with nothing but idle connections sleeps until they grow old.
//
// A hierarchical timing wheel (Varghese and Lauck, 1987): four levels of 64
// slots; a slot of level n spans 64^n ticks and is dealt out to the level below
// when its time comes.
#pragma once

#include "messages/time.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace scaleit::net {

class deadline_wheel;

/// One deadline, a member of what it limits. Destroying it disarms it.
class deadline : public boost::intrusive::list_base_hook<
                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  using callback = void (*)(void* owner);
  deadline(void* owner, callback passed) : owner_(owner), passed_(passed) {}
  void disarm() noexcept { unlink(); }
  bool armed() const noexcept { return is_linked(); }

 private:
  friend deadline_wheel;
  void* owner_;
  callback passed_;
  std::uint64_t tick_ = 0;
};

class deadline_wheel {
 public:
  static constexpr std::chrono::milliseconds tick_length{10};

  explicit deadline_wheel(boost::asio::io_context& io);

  /// Calls `d`'s callback once, at `at` or up to two ticks later, never earlier.
  /// An armed deadline is moved.
  void arm(deadline& d, steady_time at);

  /// The number of times the timer has fired, for those who watch idleness.
  std::uint64_t wakeups() const { return wakeups_; }

 private:
  using list =
      boost::intrusive::list<deadline, boost::intrusive::constant_time_size<false>>;
  static constexpr unsigned levels = 4;
  struct level {
    std::uint64_t occupied = 0;  ///< a bit may be stale: unlinking does not clear it
    std::array<list, 64> slots;
  };
  struct due {
    std::uint64_t tick;
    unsigned level;
    unsigned slot;
  };

  std::uint64_t tick_after(steady_time t) const;
  void place(deadline& d);
  std::optional<due> next_due();
  void set_timer(std::uint64_t tick);
  void on_timer();

  boost::asio::steady_timer timer_;
  steady_time epoch_ = std::chrono::steady_clock::now();
  std::uint64_t now_ = 0;  ///< every slot before it is empty
  std::optional<std::uint64_t> timer_tick_;
  std::uint64_t wakeups_ = 0;
  std::array<level, levels> levels_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace scaleit::net
