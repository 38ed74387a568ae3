#include "tests/e2e/weather_stage.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <csignal>
#include <functional>

namespace scaleit::e2e {

namespace {

constexpr double calm_load = 8, first_load = 16, last_load = 32;
constexpr int replicas_at_last = 40;  // ceil(32 / 0.8)

struct stage {
  explicit stage(const weather& w) : what(w) {}
  const weather& what;
  scripted_application application{calm_load};
  std::unique_ptr<scaler> scaling;
};

std::vector<std::unique_ptr<stage>> staged(const std::vector<weather>& all,
                                           const std::function<void(stage&)>& prepare) {
  std::vector<std::unique_ptr<stage>> stages;
  for (const auto& w : all) {
    stages.push_back(std::make_unique<stage>(w));
    prepare(*stages.back());
    stages.back()->scaling = std::make_unique<scaler>(stages.back()->application.port());
  }
  return stages;
}

void check_end(stage& s, const char* method, const char* what) {
  CAPTURE(s.what.name);
  auto& a = s.application;
  const bool held = test::eventually(
      [&] { return a.tricks_over() && a.replicas() == replicas_at_last; });
  // The failure was counted before; the loop's own count is the last to come.
  const bool counted = test::eventually(
      [&] {
        const auto m = s.scaling->metrics();
        return m.failures(method) == s.what.failures &&
               m.value("scaleit_replicas") == replicas_at_last;
      },
      std::chrono::seconds{2});
  CAPTURE(s.scaling->log());
  CHECK(held);
  CHECK(counted);
  CHECK(a.complaints() == "");
  CHECK(s.scaling->process().running());
  const auto m = s.scaling->metrics();
  const bool get = method == std::string{"get"};
  CHECK(m.failures(method) == s.what.failures);
  CHECK(m.failures(get ? "put" : "get") == 0);
  const auto log = s.scaling->log();
  const std::size_t streaks = s.what.failures > 0 ? 1 : 0;
  CHECK(test::count_of(std::string{" "} + what + " fails: ", log) == streaks);
  CHECK(test::count_of(std::string{" "} + what + " works again after ", log) == streaks);
  for (const auto& line : test::lines_of(log)) CHECK(line.size() < 1000);
}

void check_exits(const std::vector<std::unique_ptr<stage>>& stages) {
  for (const auto& s : stages)
    CHECK(s->scaling->process().wait(std::chrono::seconds{5}) == 0);
}

void check_some_polls(const std::vector<weather>& all) {
  const auto stages = staged(all, [](stage& s) {
    trick_plan p{2, s.what.times, s.what.play, s.what.counts, 0, last_load};
    if (s.what.counts) p.load_before = first_load;
    s.application.plan_polls(p);
  });
  for (const auto& s : stages) {
    check_end(*s, "get", s->what.decided_on ? "metric cpu" : "status");
    // Every poll ended once: in a completed loop, or as a failure.
    CHECK(test::eventually([&] {
      const auto m = s->scaling->metrics();
      const double apart = s->what.decided_on ? 0 : m.failures("get");
      return m.value("scaleit_poll_duration_seconds_count") == m.heartbeat() + apart;
    }));
    // Those that go on keep the machine from the rest.
    s->scaling->process().signal(SIGTERM);
  }
  check_exits(stages);
}

void check_some_puts(const std::vector<weather>& all) {
  const auto stages = staged(all, [](stage& s) {
    s.application.set_load(first_load);
    s.application.plan_puts({0, s.what.times, s.what.play, s.what.counts, 0, last_load});
  });
  for (const auto& s : stages) {
    check_end(*s, "put", "scaling");
    CAPTURE(s->what.name);
    CHECK(s->application.puts() == s->what.times + 1);
    // Those that go on keep the machine from the rest.
    s->scaling->process().signal(SIGTERM);
  }
  check_exits(stages);
}

/// All daemons at once are too many for a machine on which each takes a part of a core.
template <class Check>
void some_at_once(const std::vector<weather>& all, Check check) {
  const std::size_t most = test::sanitized ? 4 : all.size();
  for (std::size_t i = 0; i < all.size(); i += most) {
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(i);
    const auto n = static_cast<std::ptrdiff_t>(std::min(most, all.size() - i));
    check(std::vector<weather>(from, from + n));
  }
}

}  // namespace

trick bytes(std::string answer, bool goes_on) {
  return [answer = std::move(answer), goes_on](peer& p, const std::string&) {
    return p.send(answer) && goes_on;
  };
}

trick body(const std::string& document) { return bytes(status_answer(document)); }

void check_polls(const std::vector<weather>& all) { some_at_once(all, check_some_polls); }
void check_puts(const std::vector<weather>& all) { some_at_once(all, check_some_puts); }

}  // namespace scaleit::e2e
