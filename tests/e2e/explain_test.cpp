// `scaleit explain` on a record whose clock was set back.
#include "tests/e2e/running.hpp"
#include "tests/support/catch.hpp"

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

std::string event(int id, const char* type, const char* time, const char* data) {
  return R"({"specversion":"1.0","id":")" + std::to_string(id) +
         R"(","source":"/targets/app","type":"scaleit.)" + type + R"(","time":")" + time +
         R"(","data":)" + data + "}\n";
}

const char* const seen = R"({"metrics":{"cpu":0.4},"replicas":10,"tookMs":1})";
const char* const spec =
    "name: app\napp: http://127.0.0.1:1\n"
    "metrics: [{name: cpu, value: /cpu, target: 0.8}]\n";

/// A poll a year ahead; then the clock is right again.
std::string clock_set_back() {
  return event(1, "status.observed", "2027-03-02T08:00:00Z", seen) +
         event(2, "status.observed", "2026-03-02T08:00:00Z", seen) +
         event(3, "status.observed", "2026-03-02T08:00:05Z", seen);
}

result explained(const std::string& record, const std::vector<std::string>& more = {}) {
  const temporary_directory at;
  std::vector<std::string> arguments{"explain",  "app",
                                     "--record", at.write("record.jsonl", record),
                                     "--spec",   at.write("spec.yaml", spec)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments);
}

}  // namespace

TEST_CASE("the moment to explain is the record's last event, not its latest time",
          "[explain]") {
  const auto r = explained(clock_set_back());
  CAPTURE(r.out, r.err);
  CHECK(r.code == 0);
  CHECK_THAT(r.out, ContainsSubstring("decided   2026-03-02T08:00:05.000000Z (0s before "
                                      "2026-03-02T08:00:05.000000Z)"));
  CHECK(r.out.find("down window     of 5m: empty") == std::string::npos);
  CHECK_THAT(r.out, ContainsSubstring("10 was recommended 5s ago"));
}

TEST_CASE("a moment that comes twice is the second one", "[explain]") {
  const auto record =
      clock_set_back() + event(4, "status.observed", "2026-03-02T08:00:10Z",
                               R"({"metrics":{"cpu":0.8},"replicas":10,"tookMs":1})");
  const auto r = explained(record, {"--at", "2026-03-02T08:00:07Z"});
  CAPTURE(r.out, r.err);
  CHECK(r.code == 0);
  CHECK_THAT(r.out, ContainsSubstring("decided   2026-03-02T08:00:05.000000Z (2s before "
                                      "2026-03-02T08:00:07.000000Z)"));
}

TEST_CASE("a moment before the clock was set back is explained as it was then",
          "[explain]") {
  const auto poll = [](int id, const char* time, const char* metric) {
    return event(
        id, "status.observed", time,
        (R"({"metrics":{"cpu":)" + std::string{metric} + R"(},"replicas":10,"tookMs":1})")
            .c_str());
  };
  const auto record =
      poll(1, "2026-03-02T08:00:00Z", "0.8") + poll(2, "2026-03-02T08:00:05Z", "1.6") +
      poll(3, "2026-03-02T08:00:10Z", "0.8") +
      event(4, "clock.stepped", "2026-03-02T07:00:11Z", R"({"byMs":-3600000})") +
      poll(5, "2026-03-02T07:00:15Z", "2.4");
  struct row {
    const char* at;
    const char* cpu;
  };
  for (const auto& x :
       {row{"2026-03-02T08:00:05Z", "1.60"}, row{"2026-03-02T08:00:07Z", "1.60"},
        row{"2026-03-02T08:00:10Z", "0.80"}, row{"2026-03-02T09:00:00Z", "0.80"},
        row{"2026-03-02T07:30:00Z", "2.40"}}) {
    const auto r = explained(record, {"--at", x.at});
    CAPTURE(x.at, r.out, r.err);
    CHECK_THAT(r.out, ContainsSubstring("observed  cpu " + std::string{x.cpu}));
  }
  CHECK(explained(record, {"--at", "2026-03-02T07:00:00Z"}).code == 2);
}
