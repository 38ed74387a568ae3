#include "net/deadline_wheel.hpp"

#include <algorithm>
#include <bit>

namespace scaleit::net {

namespace {

constexpr unsigned bits = 6;  // 64 slots

constexpr std::uint64_t span(unsigned level) {
  return std::uint64_t{1} << (bits * level);
}

}  // namespace

deadline_wheel::deadline_wheel(boost::asio::io_context& io) : timer_(io) {}

std::uint64_t deadline_wheel::tick_after(steady_time t) const {
  if (t <= epoch_) return 0;
  const auto n = (t - epoch_ + tick_length - std::chrono::nanoseconds{1}) / tick_length;
  return static_cast<std::uint64_t>(n);
}

void deadline_wheel::arm(deadline& d, steady_time at) {
  d.unlink();
  // With nothing pending the wheel stood still; let it catch up.
  if (!timer_tick_) {
    const auto passed = (std::chrono::steady_clock::now() - epoch_) / tick_length;
    now_ = std::max(now_, static_cast<std::uint64_t>(passed));
  }
  d.tick_ = tick_after(at);
  place(d);
  if (const auto tick = std::max(d.tick_, now_); !timer_tick_ || tick < *timer_tick_)
    set_timer(tick);
}

void deadline_wheel::place(deadline& d) {
  const auto tick = std::clamp(d.tick_, now_, now_ + span(levels) - 1);
  unsigned n = 0;
  while (tick - now_ >= span(n + 1)) ++n;
  const auto slot = static_cast<unsigned>((tick >> (bits * n)) & 63U);
  levels_[n].slots[slot].push_back(d);
  levels_[n].occupied |= std::uint64_t{1} << slot;
}

std::optional<deadline_wheel::due> deadline_wheel::next_due() {
  std::optional<due> first;
  for (unsigned n = 0; n < levels; ++n) {
    auto& l = levels_[n];
    // Level 0 may hold the present tick; a higher level's slot at its own
    // position is a whole turn away.
    const auto base = (now_ >> (bits * n)) + (n == 0 ? 0 : 1);
    while (l.occupied != 0) {
      const auto turned = std::rotr(l.occupied, static_cast<int>(base & 63U));
      const auto distance = static_cast<unsigned>(std::countr_zero(turned));
      const auto slot = static_cast<unsigned>((base + distance) & 63U);
      if (l.slots[slot].empty()) {
        l.occupied &= ~(std::uint64_t{1} << slot);
        continue;
      }
      const auto tick = (base + distance) << (bits * n);
      // On a tie the higher level is dealt out before the lower one fires.
      if (!first || tick <= first->tick) first = due{tick, n, slot};
      break;
    }
  }
  return first;
}

void deadline_wheel::set_timer(std::uint64_t tick) {
  timer_tick_ = tick;
  timer_.expires_at(epoch_ + tick_length * static_cast<std::int64_t>(tick));
  timer_.async_wait(
      [this, alive = std::weak_ptr<char>(alive_)](boost::system::error_code e) {
        if (!e && !alive.expired()) on_timer();
      });
}

void deadline_wheel::on_timer() {
  ++wakeups_;
  // Read once: callbacks that take long must not keep this loop running.
  const auto present = static_cast<std::uint64_t>(
      (std::chrono::steady_clock::now() - epoch_) / tick_length);
  const std::weak_ptr<char> alive = alive_;
  timer_tick_ = present;  // what callbacks arm is placed, the timer is set below
  auto next = next_due();
  for (; next && next->tick <= present; next = next_due()) {
    now_ = std::max(now_, next->tick);
    auto& slot = levels_[next->level].slots[next->slot];
    levels_[next->level].occupied &= ~(std::uint64_t{1} << next->slot);
    list passed;
    passed.splice(passed.end(), slot);
    while (!passed.empty()) {
      auto& d = passed.front();
      passed.pop_front();
      if (d.tick_ > now_) {
        place(d);
        continue;
      }
      d.passed_(d.owner_);
      if (alive.expired()) return;  // a callback destroyed the wheel
    }
  }
  now_ = std::max(now_, present);
  timer_tick_.reset();
  if (next) set_timer(next->tick);
}

}  // namespace scaleit::net
