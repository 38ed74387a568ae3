#include "main/chaos_plan.hpp"

#include "spec/input_error.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace scaleit;
using namespace scaleit::main;

namespace {

template <class F>
std::string refusal(F f) {
  try {
    f();
  } catch (const spec::input_error& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("chaos is asked for by actor and rate") {
  CHECK(parse_chaos("poller=0.05,telemetry=1") ==
        chaos_rates{{"poller", 0.05}, {"telemetry", 1}});
  for (const auto* bad : {"", "poller", "poller=", "poller=2", "poller=-1", "poller=nan",
                          "nobody=0.1", "poller=0.1,", "poller=0.1 "}) {
    CAPTURE(bad);
    CHECK_THAT(refusal([&] { parse_chaos(bad); }),
               ContainsSubstring("accepted: ACTOR=RATE"));
  }
}

TEST_CASE("chaos strikes at its rate, before and after") {
  auto mishaps = make_chaos({{"poller", 0.5}});
  int done = 0, struck = 0, others = 0;
  for (int i = 0; i < 2000; ++i) {
    try {
      mishaps.disturb("poller", [&] { ++done; });
    } catch (const actors::chaos_error&) {
      ++struck;
    }
    mishaps.disturb("decider", [&] { ++others; });
  }
  CHECK(others == 2000);
  CHECK(struck > 850);  // 1000 expected, deviation 22
  CHECK(struck < 1150);
  CHECK(done > 1350);  // 1500: those that were struck after had been done
  CHECK(done < 1650);
}
