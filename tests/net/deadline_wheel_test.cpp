// The wheel fires everything once, in time, and sleeps in between.
#include "net/deadline_wheel.hpp"

#include "tests/support/catch.hpp"

#include <functional>
#include <memory>
#include <random>
#include <vector>

using namespace scaleit;
using namespace scaleit::net;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

struct timed {
  std::function<void()> then;
  deadline due{this, [](void* me) { static_cast<timed*>(me)->then(); }};
};

}  // namespace

TEST_CASE("deadlines fire once, never early, and in order of their ticks") {
  constexpr std::uint32_t seed = 1;
  std::mt19937 random{seed};
  boost::asio::io_context io;
  deadline_wheel wheel{io};
  const auto start = steady_clock::now();
  std::vector<std::unique_ptr<timed>> all;
  int fired = 0;
  steady_time last = start;
  for (int i = 0; i < 2000; ++i) {
    const auto at = start + std::chrono::microseconds{random() % 1'500'000};
    all.push_back(std::make_unique<timed>());
    all.back()->then = [&, at] {
      const auto now = steady_clock::now();
      CHECK(now >= at);
      CHECK(at > last - 2 * deadline_wheel::tick_length);
      last = at;
      ++fired;
    };
    wheel.arm(all.back()->due, at);
  }
  io.run();  // ends when nothing is pending
  CHECK(fired == 2000);
  CHECK(steady_clock::now() - start < 1900ms);
  CHECK(wheel.wakeups() <= 155);
}

TEST_CASE("a disarmed or destroyed deadline does not fire") {
  boost::asio::io_context io;
  deadline_wheel wheel{io};
  timed a{[] { FAIL(); }}, c;
  int fired = 0;
  c.then = [&] { ++fired; };
  {
    timed b{[] { FAIL(); }};
    wheel.arm(b.due, steady_clock::now() + 10ms);
  }
  wheel.arm(a.due, steady_clock::now() + 10ms);
  wheel.arm(c.due, steady_clock::now() + 5s);
  wheel.arm(c.due, steady_clock::now() + 30ms);  // moved
  a.due.disarm();
  CHECK_FALSE(a.due.armed());
  io.run();
  CHECK(fired == 1);
}

TEST_CASE("a far deadline does not keep the wheel turning") {
  boost::asio::io_context io;
  deadline_wheel wheel{io};
  timed far{[] { FAIL(); }};
  wheel.arm(far.due, steady_clock::now() + 60s);
  io.run_for(300ms);
  CHECK(wheel.wakeups() == 0);
  timed very_far{[] { FAIL(); }};
  wheel.arm(very_far.due, steady_clock::now() + 24h * 365);  // beyond the last level
  io.run_for(50ms);
  CHECK(wheel.wakeups() == 0);
}

TEST_CASE("a callback may arm, disarm and destroy the wheel") {
  boost::asio::io_context io;
  auto wheel = std::make_unique<deadline_wheel>(io);
  timed again, other, last;
  int times = 0;
  again.then = [&] {
    if (++times < 5) wheel->arm(again.due, steady_clock::now());
  };
  other.then = [] { FAIL(); };
  wheel->arm(again.due, steady_clock::now() - 1s);  // in the past: fires at once
  io.run();
  CHECK(times == 5);
  const auto at = steady_clock::now() + 20ms;
  last.then = [&] { wheel.reset(); };
  wheel->arm(last.due, at);
  wheel->arm(other.due, at);
  io.restart();
  io.run();
  CHECK_FALSE(wheel);
  CHECK_FALSE(other.due.armed());
}
