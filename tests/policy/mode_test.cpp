// The mode and the pauses: KEDA's paused, paused-scale-in and paused-scale-out, Nomad's
// dry run. They come last and hold whatever was decided before.
#include "tests/policy/telling.hpp"
#include "tests/support/catch.hpp"

using namespace scaleit;
using test::telling;

TEST_CASE("modes and pauses, case by case") {
  using enum scaling_mode;
  struct row {
    scaling_mode mode;
    pause_spec pause;
    int wish;
    int desired;  ///< of 10, in 2 to 20
    bool command;
    const char* source;
  };
  const row table[] = {
      {active, {}, 14, 14, true, "as ever"},
      {active, {}, 10, 10, false, "nothing to do is no command"},
      {paused, {}, 14, 10, false, "KEDA: paused"},
      {paused, {}, 4, 10, false, "KEDA: paused"},
      {dry_run, {}, 14, 14, false, "Nomad: dry-run decides and sends nothing"},
      {dry_run, {}, 4, 4, false, "Nomad: dry-run"},
      {dry_run, {}, 90, 20, false, "Nomad: dry-run, within the bounds"},
      {active, {true, false}, 4, 10, false, "KEDA: paused-scale-in"},
      {active, {true, false}, 14, 14, true, "KEDA: paused-scale-in lets out"},
      {active, {false, true}, 14, 10, false, "KEDA: paused-scale-out"},
      {active, {false, true}, 4, 4, true, "KEDA: paused-scale-out lets in"},
      {active, {true, true}, 14, 10, false, "both"},
      {active, {true, true}, 4, 10, false, "both"},
      {dry_run, {true, false}, 4, 10, false, "a dry run of a pause"},
      {paused, {true, true}, 4, 10, false, "paused is paused"},
  };
  for (const auto& r : table) {
    auto spec = test::wishes();
    spec.min_replicas = 2;
    spec.max_replicas = 20;
    spec.mode = r.mode;
    spec.pause = r.pause;
    telling t{spec};
    CAPTURE(r.source, r.wish);
    CHECK(t.poll(0, 10, r.wish) == r.desired);
    CHECK(policy::is_command(spec, t.last) == r.command);
    CHECK(t.last.recommended == r.wish);
    CHECK(t.has(rule::paused) == (r.mode == paused));
    CHECK(t.has(rule::dry_run) == (r.mode == dry_run));
  }
}

TEST_CASE("a pause holds even a count outside the bounds") {
  auto spec = test::wishes();
  spec.min_replicas = 5;
  spec.max_replicas = 20;
  spec.pause = {true, true};
  telling t{spec};
  CHECK(t.poll(0, 3, 9) == 3);
  CHECK(t.said(rule::pause_out) == "scale-out is paused: held at 3");
  CHECK(t.poll(1, 30, 9) == 30);
  CHECK(t.said(rule::pause_in) == "scale-in is paused: held at 30");
  spec.pause = {};
  spec.mode = scaling_mode::paused;
  telling u{spec};
  CHECK(u.poll(0, 30, 9) == 30);
  CHECK(u.said(rule::paused) == "paused: held at 30");
}

TEST_CASE("what was recommended during a pause counts when it is over") {
  auto spec = test::wishes();
  spec.behavior.down.stabilization_window = std::chrono::seconds{300};
  spec.mode = scaling_mode::paused;
  telling t{spec};
  CHECK(t.poll(0, 10, 16) == 10);
  const auto before = t.spec;
  t.spec.mode = scaling_mode::active;
  policy::recall_changed(before, t.spec, t.mem);
  CHECK(t.poll(100, 20, 4) == 16);
  CHECK(t.poll(300, 20, 4) == 4);
}

TEST_CASE("paused holds also what stays at zero or is switched off") {
  auto spec = test::wishes();
  spec.mode = scaling_mode::paused;
  spec.zero = zero_spec{};
  telling t{spec};
  CHECK(t.poll(0, 0, 5) == 0);
  CHECK(t.has(rule::activate));
  spec.min_replicas = 1;
  telling u{spec};
  CHECK(u.poll(0, 0, 5) == 0);
  CHECK(u.has(rule::switched_off));
}
