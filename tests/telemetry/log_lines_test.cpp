#include "telemetry/log_lines.hpp"

#include "policy/history.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <memory>

using namespace scaleit;
using namespace scaleit::telemetry;

namespace {

event at(int second, event::payload data, const std::string& target = "app") {
  event e;
  e.time = time_point{std::chrono::seconds{second}};
  if (!target.empty()) e.target = std::make_shared<target_spec>(test::app_spec(target));
  e.data = std::move(data);
  return e;
}

using lines = std::vector<log_line>;

status_failed timed_out() {
  return {{failure_kind::timeout, "no answer from app:1 within 2s"}};
}

}  // namespace

TEST_CASE("a change is one line with its numbers") {
  log_lines book{log_level::info};
  const auto cause =
      std::make_shared<event>(at(0, status_observed{test::seen(10, 0.95)}));
  CHECK(book.tell(*cause).empty());
  CHECK(book.tell(at(0, decision_made{{10, 12, 12, {}}})).empty());
  CHECK(book.tell(at(0, scale_requested{10, 12})).empty());
  scale_applied applied{10, 12};
  applied.took = microseconds{3100};
  applied.poll = cause;
  CHECK(book.tell(at(0, applied)) ==
        lines{{log_level::info,
               "target=app cpu=0.95 target=0.80 replicas 10 -> 12 (put 3.1 ms)"}});
}

TEST_CASE("what is held before anything is recommended is told when it begins") {
  policy::history memory;
  auto seen = test::seen(10, 0.2);
  seen.metrics[0].partial = true;
  const auto poll = [&](int second) {
    const auto e = at(second, status_observed{seen});
    return at(second,
              decision_made{*policy::evaluate(*e.target, memory, seen, e.time).live});
  };
  log_lines book{log_level::info};
  CHECK(book.tell(poll(0)) ==
        lines{{log_level::info,
               "target=app stays at 10, 3 is wanted: cpu: no scale-in on partial data"}});
  CHECK(book.tell(poll(5)).empty());
  seen.metrics[0].value = 0.8;
  CHECK(book.tell(poll(10)).empty());
  seen.metrics[0].value = 0.2;
  CHECK(book.tell(poll(15)).size() == 1);
}

TEST_CASE("a line that comes late words the decision that was sent") {
  const auto decided = [](int to, double value) {
    decision d{10, to, to, {}};
    d.steps.push_back({rule::target, 0, 10, to, {value, 0.8}});
    return at(0, decision_made{d});
  };
  const auto reasons = [](const std::vector<log_line>& told) {
    const auto& text = told.back().text;
    return text.substr(text.find("): ") + 3, 8);
  };
  log_lines book{log_level::info};
  book.tell(decided(11, 0.88));
  book.tell(at(0, scale_requested{10, 11}));
  book.tell(decided(12, 0.96));  // not sent, as the first was still under way
  book.tell(at(1, scale_failed{10, 11, timed_out().what}));
  scale_applied late{10, 11};
  late.seen = true;
  CHECK(reasons(book.tell(at(2, late))) == "cpu 0.88");
  CHECK(reasons(book.tell(at(3, late))) == "cpu 0.88");  // it may come true by parts
  book.tell(at(4, scale_requested{10, 12}));
  CHECK(reasons(book.tell(at(5, scale_applied{10, 12}))) == "cpu 0.96");
  book.tell(at(6, scale_requested{10, 15}));
  CHECK(reasons(book.tell(at(7, scale_applied{10, 15}))).find("cpu") ==
        std::string::npos);
}

TEST_CASE("a streak of failures is two lines, however long it is") {
  log_lines book{log_level::info};
  CHECK(book.tell(at(0, timed_out())) ==
        lines{{log_level::warning,
               "target=app status fails: timeout: no answer from app:1 within 2s"}});
  for (int i = 1; i < 100; ++i) CHECK(book.tell(at(i, timed_out())).empty());
  CHECK(book.tell(at(100, status_observed{test::seen(10, 0.8)})) ==
        lines{{log_level::info,
               "target=app status works again after 100 failures in 1m40s"}});
  CHECK(book.tell(at(101, status_observed{test::seen(10, 0.8)})).empty());
}

TEST_CASE("streaks are told apart by target and by what fails") {
  log_lines book{log_level::info};
  CHECK(book.tell(at(0, timed_out(), "a")).size() == 1);
  CHECK(book.tell(at(0, timed_out(), "b")).size() == 1);
  CHECK(book.tell(at(0, scale_failed{10, 12, timed_out().what}, "a")) ==
        lines{{log_level::warning,
               "target=a scaling fails: replicas 10 -> 12: timeout: no answer from app:1 "
               "within "
               "2s"}});
  CHECK(book.tell(at(1, status_observed{test::seen(10, 0.8)}, "a")).size() == 1);
  CHECK(book.tell(at(1, scale_applied{10, 12}, "a")).size() == 2);
}

TEST_CASE("an answer without its metric is a streak, too") {
  log_lines book{log_level::info};
  observation o;
  o.replicas = 10;
  o.missing = {
      {"cpu", "/cpu/highPriority is absent; accepted: a finite number, at least 0"}};
  CHECK(
      book.tell(at(0, status_observed{o})) ==
      lines{
          {log_level::warning,
           "target=app metric cpu fails: /cpu/highPriority is absent; accepted: a finite "
           "number, "
           "at least 0"}});
  CHECK(book.tell(at(1, status_observed{o})).empty());
  CHECK(book.tell(at(2, status_observed{test::seen(10, 0.8)})).size() == 1);
}

TEST_CASE("each metric has a streak of its own, by name") {
  log_lines book{log_level::info};
  auto seen = test::seen(10, 0.8);
  seen.missing = {{"queue", "timeout: no answer within 2s", failure_kind::timeout}};
  CHECK(book.tell(at(0, status_observed{seen})) ==
        lines{{log_level::warning,
               "target=app metric queue fails: timeout: no answer within 2s"}});
  CHECK(book.tell(at(5, status_observed{seen})).empty());
  seen.missing.push_back({"jobs", "http: answered 503", failure_kind::http});
  CHECK(book.tell(at(10, status_observed{seen})) ==
        lines{{log_level::warning, "target=app metric jobs fails: http: answered 503"}});
  // A poll that failed says nothing of the metrics.
  CHECK(book.tell(at(15, timed_out())).size() == 1);
  seen.missing.erase(seen.missing.begin());
  seen.metrics.push_back({"queue", 3});
  CHECK(book.tell(at(20, status_observed{seen})) ==
        lines{{log_level::info, "target=app status works again after 1 failure in 5s"},
              {log_level::info,
               "target=app metric queue works again after 3 failures in 20s"}});
  // What was removed is forgotten: jobs fails as if for the first time.
  CHECK(book.tell(at(25, target_removed{})).size() == 1);
  CHECK(book.tell(at(30, status_observed{seen})).size() == 1);
}

TEST_CASE("at debug every poll is told, with its reason") {
  log_lines book{log_level::debug};
  decision d{10, 10, 10, {}};
  d.steps.push_back({rule::tolerance, 0, 10, 10, {0.83, 0.8, 0.125}});
  CHECK(book.tell(at(0, decision_made{d})) ==
        lines{{log_level::debug,
               "target=app replicas 10 -> 10: within tolerance: cpu 0.83 is 3.8 % above "
               "0.80, "
               "12.5 % allowed"}});
  book.tell(at(0, timed_out()));
  CHECK(book.tell(at(1, timed_out())).size() == 1);
}

TEST_CASE("the fate of actors is told") {
  log_lines book{log_level::info};
  CHECK(book.tell(at(0, actor_crashed{"decider", "boom\n"})) ==
        lines{{log_level::warning, "target=app decider crashed: boom<U+000A>"}});
  CHECK(book.tell(at(0, actor_restarted{"telemetry", 3, microseconds{10000}}, "")) ==
        lines{{log_level::info, "telemetry restarted after 10ms (restart 3)"}});
}

TEST_CASE("a query is not logged: it may hold a secret") {
  log_lines book{log_level::info};
  auto e = at(0, target_added{});
  auto spec = test::app_spec();
  spec.status.url = "http://app/status?token=s3cret";
  e.target = std::make_shared<target_spec>(spec);
  CHECK(
      book.tell(e) ==
      lines{
          {log_level::info,
           "target=app added: holds cpu at 0.80 by polling http://app/status every 5s"}});
}

TEST_CASE("what is below the threshold is not told") {
  log_lines book{log_level::error};
  CHECK(book.tell(at(0, timed_out())).empty());
  CHECK(book.tell(at(1, status_observed{test::seen(10, 0.8)})).empty());
}

TEST_CASE("silence of a target that reports reads as such") {
  auto spec = test::app_spec();
  spec.status.url.clear();
  spec.status.push = true;
  const auto told = [&](log_lines& book, int second, event::payload data) {
    auto e = at(second, std::move(data));
    e.target = std::make_shared<target_spec>(spec);
    std::string all;
    for (const auto& line : book.tell(e)) all += line.text + "\n";
    return all;
  };
  const status_failed silent{{failure_kind::stale, "nothing was reported for 15s"}};
  log_lines book{log_level::info};
  CHECK(told(book, 0, target_added{}) ==
        "target=app added: holds cpu at 0.80 by what is reported, at least every 15s\n");
  CHECK(told(book, 15, silent) ==
        "target=app status fails: stale: nothing was reported for 15s\n");
  CHECK(told(book, 20, silent).empty());
  CHECK(told(book, 21, status_observed{test::seen(10, 0.8)}) ==
        "target=app status works again after 2 failures in 6s\n");
  spec.max_age = std::chrono::minutes{1};
  CHECK(told(book, 30, target_added{}) ==
        "target=app added: holds cpu at 0.80 by what is reported, at least every 1m\n");
  log_lines all{log_level::debug};
  CHECK(told(all, 31, status_observed{test::seen(10, 0.8)}) ==
        "target=app reported: cpu=0.80 target=0.80 replicas=10\n");
}
