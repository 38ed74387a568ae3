#include "api/event_ring.hpp"

#include "tests/support/catch.hpp"

#include <memory>

using namespace scaleit;
using api::event_ring;

namespace {

event_ptr numbered(std::uint64_t n) {
  auto e = std::make_shared<event>();
  e->sequence = n;
  e->data = daemon_stopped{"a test"};
  return e;
}

std::vector<std::uint64_t> numbers(const std::vector<event_ptr>& all) {
  std::vector<std::uint64_t> out;
  for (const auto& e : all) out.push_back(e->sequence);
  return out;
}

using list = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("who follows gets what came after his last event, as far as it is there") {
  event_ring ring{4};
  CHECK(ring.last() == 0);
  CHECK(ring.after(0, 9).empty());
  for (const auto n : {3u, 4u, 6u}) ring.push(numbered(n));
  CHECK(ring.last() == 6);
  CHECK(numbers(ring.after(0, 9)) == list{3, 4, 6});
  CHECK(numbers(ring.after(3, 9)) == list{4, 6});
  CHECK(numbers(ring.after(5, 9)) == list{6});
  CHECK(numbers(ring.after(0, 2)) == list{3, 4});
  CHECK(ring.after(6, 9).empty());
  for (const auto n : {7u, 8u, 9u}) ring.push(numbered(n));
  CHECK(numbers(ring.after(0, 9)) == list{6, 7, 8, 9});
}

TEST_CASE("who waits is woken once, by the next event or at once") {
  event_ring ring{4};
  int woken = 0;
  ring.wake_after(0, [&] { ++woken; });
  CHECK(woken == 0);
  ring.push(numbered(1));
  ring.push(numbered(2));
  CHECK(woken == 1);
  ring.wake_after(1, [&] { ++woken; });
  CHECK(woken == 2);
  ring.wake_after(2, [&] { ++woken; });
  CHECK(woken == 2);
}
