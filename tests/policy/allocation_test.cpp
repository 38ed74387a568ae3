// A decision in the steady state allocates nothing, whatever the rules and the windows.
// Not under the sanitizers, whose own operators new and delete must stay.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include "policy/decide.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <cstdlib>
#include <new>

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t n) {
  ++allocations;
  if (void* p = std::malloc(n == 0 ? 1 : n)) return p;
  throw std::bad_alloc{};
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

using namespace scaleit;

namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// Allocations of `polls` decisions, five seconds apart, after hours of the same.
std::size_t allocations_of(const target_spec& spec, int polls) {
  observation seen;
  seen.replicas = 10;
  for (const auto& m : spec.metrics) seen.metrics.push_back({m.name, 0});
  policy::memory memory;
  time_point now{seconds{1'769'851'800}};
  std::size_t before = 0;
  for (int i = 0; i < 3000 + polls; ++i) {
    if (i == 3000) before = allocations;
    now += seconds{5};
    for (std::size_t k = 0; k < spec.metrics.size(); ++k) {
      const auto& m = spec.metrics[k];
      const double total = m.target * 12 * (1 + 0.3 * std::sin(i * 0.05));
      seen.metrics[k].value =
          m.type == metric_type::value ? total / std::max(1, seen.replicas) : total;
    }
    auto out = policy::decide(spec, std::move(memory), seen, now);
    memory = std::move(out.next);
    if (!out.made.changes()) continue;
    policy::recall_applied(spec, memory, seen.replicas, out.made.desired, now);
    seen.replicas = out.made.desired;
  }
  return allocations - before;
}

}  // namespace

TEST_CASE("with the default policy a decision allocates nothing") {
  auto spec = test::app_spec();
  spec.behavior = {};
  CHECK(allocations_of(spec, 2000) == 0);
}

TEST_CASE("with every rule on, neither") {
  CHECK(allocations_of(test::every_rule(), 2000) == 0);
}

#endif
