#include "actors/start_batches.hpp"

#include "tests/support/catch.hpp"

#include <chrono>

using namespace scaleit;
using namespace scaleit::actors;
using namespace std::chrono_literals;

namespace {

/// How many are started in a turn that begins at `at`, if each takes so long.
int started(start_batches& b, steady_time at, std::chrono::microseconds each) {
  int n = 0;
  for (b.turn(at); b.more(at); at += each) ++n;
  return n;
}

}  // namespace

TEST_CASE("a loop that keeps up starts a few at each turn") {
  start_batches b;
  const steady_time begin{1h};
  b.begin(begin);
  CHECK(started(b, begin, 20us) == bounds::starts_batch);
  CHECK(started(b, begin + 1ms, 20us) == bounds::starts_batch);
  CHECK(started(b, begin + 1ms, 0us) == bounds::starts_batch);
}

TEST_CASE("a loop that is behind starts more, for a quarter of the time") {
  start_batches b;
  const steady_time begin{1h};
  b.begin(begin);
  CHECK(started(b, begin + 10ms, 20us) == 125);
  // However late it is, others wait no longer than for a turn of actors.
  CHECK(started(b, begin + 10s, 20us) == 250);
  CHECK(started(b, begin + 20s, 0us) == 16 * bounds::starts_batch);
}
