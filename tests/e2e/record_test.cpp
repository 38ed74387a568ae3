// The record of a real daemon: what it holds, and what is left of it after the worst.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/record_lines.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sys/stat.h>

using namespace scaleit;
using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

scaler_options recording_into(const std::string& directory, std::uint16_t application) {
  return {fast_environment(application), {"--record", directory}};
}

std::vector<std::size_t> kinds_of(const std::string& path) {
  record::record_reader reader{path};
  std::vector<std::size_t> kinds;
  for (record::recorded_event e; reader.next(e);) kinds.push_back(e.kind());
  return kinds;
}

}  // namespace

TEST_CASE("a daemon's record tells its life from its start to its end", "[record]") {
  const temporary_directory d;
  scripted_application application{16};
  {
    scaler s{recording_into(record_in(d), application.port())};
    CHECK(eventually([&] { return application.replicas() == 20; }));
    CHECK(
        eventually([&] { return s.metrics().value("scaleit_record_bytes_total") > 0; }));
    CHECK(s.metrics().value("scaleit_record_up") == 1);
    CHECK(s.metrics().value("scaleit_record_events_dropped_total") == 0);
    CHECK_THAT(s.log(),
               ContainsSubstring("recording into " + record_in(d) + ", from event 1 on"));
    CHECK(s.stop(SIGTERM) == 0);
  }
  const auto kinds = kinds_of(record_in(d));
  REQUIRE(kinds.size() > 6);
  CHECK(kinds.front() == kind_of<daemon_started>);
  CHECK(kinds[1] == kind_of<target_added>);
  CHECK(kinds.back() == kind_of<daemon_stopped>);
  for (const auto k : {kind_of<status_observed>, kind_of<decision_made>,
                       kind_of<scale_requested>, kind_of<scale_applied>})
    CHECK(std::count(kinds.begin(), kinds.end(), k) > 0);
  CHECK(read_record(record_in(d)).report.sentences().empty());
}

TEST_CASE("ids go on across restarts, also after SIGKILL", "[record]") {
  const temporary_directory d;
  scripted_application application{16};
  for (const int signal : {SIGTERM, SIGKILL, SIGKILL, SIGINT}) {
    scaler s{recording_into(record_in(d), application.port())};
    const auto before = s.metrics().heartbeat();
    CHECK(eventually([&] { return s.metrics().heartbeat() >= before + 5; }));
    s.stop(signal);
  }
  const auto r = read_record(record_in(d));
  CHECK(r.ids == ids(1, r.ids.back()));
  CHECK(r.report.damaged == 0);
  CHECK(r.report.torn <= 2);
  const auto kinds = kinds_of(record_in(d));
  CHECK(std::count(kinds.begin(), kinds.end(), kind_of<daemon_started>) == 4);
  CHECK(std::count(kinds.begin(), kinds.end(), kind_of<daemon_stopped>) == 2);
}

TEST_CASE("a torn line left by a crash is not written on", "[record]") {
  const temporary_directory d;
  fs::create_directory(record_in(d));
  d.write("record/events-1.jsonl", record_lines(1, 9) + record_line(10).substr(0, 50));
  scripted_application application;
  {
    scaler s{recording_into(record_in(d), application.port())};
    CHECK_THAT(s.log(), ContainsSubstring("from event 10 on"));
    CHECK(s.stop(SIGTERM) == 0);
  }
  CHECK(fs::exists(record_in(d) + "/events-10.jsonl"));
  const auto r = read_record(record_in(d));
  CHECK(r.ids == ids(1, r.ids.back()));
  CHECK(r.report.torn == 1);
  CHECK(r.report.damaged == 0);
}

TEST_CASE("the record is whole while the recorder crashes", "[record]") {
  for (const char* rate : {"recorder=0.05", "recorder=1"}) {
    const temporary_directory d;
    scripted_application application{16};
    auto options = recording_into(record_in(d), application.port());
    options.arguments.insert(options.arguments.end(), {"--chaos", rate});
    scaler s{options};
    for (int i = 0; i < 4; ++i) {
      application.set_load(i % 2 == 0 ? 8 : 16);
      const int replicas = i % 2 == 0 ? 10 : 20;
      CHECK(eventually([&] { return application.replicas() == replicas; }));
    }
    CHECK(s.stop(SIGTERM) == 0);
    CAPTURE(rate, s.log());
    const auto r = read_record(record_in(d));
    CHECK(r.ids == ids(1, r.ids.back()));
    CHECK(r.report.sentences().empty());
    CHECK(kinds_of(record_in(d)).back() == kind_of<daemon_stopped>);
  }
}

TEST_CASE("scaling goes on while the disk is full, and so does the record after",
          "[record]") {
  const temporary_directory d;
  fs::create_directory(record_in(d));
  fs::create_symlink("/dev/full", record_in(d) + "/events-1.jsonl");
  scripted_application application{16};
  scaler s{recording_into(record_in(d), application.port())};
  CHECK(eventually([&] { return s.metrics().value("scaleit_record_up") == 0; }));
  CHECK(s.metrics().value("scaleit_record_errors_total") > 0);
  CHECK(eventually([&] { return application.replicas() == 20; }));
  CHECK_THAT(s.log(),
             ContainsSubstring("the record cannot be written: No space left on device"));
  fs::remove(record_in(d) + "/events-1.jsonl");
  CHECK(
      eventually([&] { return s.log().find("no event was lost") != std::string::npos; }));
  CHECK(s.metrics().value("scaleit_record_up") == 1);
  CHECK(s.stop(SIGTERM) == 0);
  CHECK(count_of("the record ", s.log()) == 2);
  const auto r = read_record(record_in(d));
  CHECK(r.ids == ids(1, r.ids.back()));
}

TEST_CASE("a disk that hangs does not keep the daemon from ending", "[record]") {
  const temporary_directory d;
  fs::create_directory(record_in(d));
  // Nobody will ever read this pipe: opening it for writing blocks.
  REQUIRE(::mkfifo((record_in(d) + "/events-1.jsonl").c_str(), 0600) == 0);
  scripted_application application{16};
  scaler s{recording_into(record_in(d), application.port())};
  CHECK(eventually([&] { return application.replicas() == 20; }));
  CHECK(s.stop(SIGTERM, 3s) == 0);
}

TEST_CASE("a record is one daemon's alone", "[record]") {
  const temporary_directory d;
  scripted_application application;
  scaler s{recording_into(record_in(d), application.port())};
  const auto second =
      run({"run", "--metrics-listen", "127.0.0.1:0", "--record", record_in(d)},
          fast_environment(application.port()));
  CHECK(second.code == 3);
  CHECK(second.err == "scaleit: the record '" + record_in(d) +
                          "' is being written by another daemon\n");
  CHECK(s.stop(SIGTERM) == 0);
}

TEST_CASE("a directory that cannot be used stops the start in one line", "[record]") {
  auto environment = fast_environment(1);
  const auto option =
      run({"run", "--metrics-listen", "127.0.0.1:0", "--record", "/proc/r"}, environment);
  CHECK(option.code == 2);
  CHECK(option.err ==
        "scaleit: the record '/proc/r' cannot be written: No such file or directory; "
        "accepted: a directory that can be created and written\n");
  environment["SCALEIT_RECORD"] = "/dev/null";
  const auto variable = run({"run", "--metrics-listen", "127.0.0.1:0"}, environment);
  CHECK(variable.code == 2);
  CHECK_THAT(variable.err, ContainsSubstring("the record '/dev/null' cannot be written"));
  const auto empty = run({"run", "--record", ""}, environment);
  CHECK(empty.code == 2);
  CHECK(empty.err == "scaleit: --record='' is not valid; accepted: a directory\n");
}

TEST_CASE("a record whose beginning is gone still knows its targets", "[record]") {
  const temporary_directory d;
  scripted_application application{8};
  const auto config =
      d.write("scaleit.yaml",
              "name: app\napp: http://127.0.0.1:" + std::to_string(application.port()) +
                  "\ninterval: 100ms\n"
                  "metrics: [{name: cpu, value: /cpu/highPriority, target: 0.8}]\n");
  const auto file = d.write(
      "config.yaml", "record: {dir: " + record_in(d) +
                         ", segmentSize: 4000, keep: 8000}\n"
                         "targets:\n- " +
                         [&] {
                           auto t = text_of(config);
                           t.pop_back();
                           for (std::size_t at = 0;
                                (at = t.find('\n', at)) != std::string::npos;)
                             t.insert(++at, "  ");
                           return t + "\n";
                         }());
  {
    scaler s{
        {{}, {"--config", file, "--record", record_in(d)}}};  // the sizes are the file's
    REQUIRE(eventually(
        [&] {
          return fs::is_directory(record_in(d)) &&
                 !fs::exists(record_in(d) + "/events-1.jsonl") &&
                 !fs::exists(record_in(d) + "/events-1.jsonl.zst") &&
                 s.metrics().heartbeat() > 20;
        },
        30s));
    std::this_thread::sleep_for(1500ms);  // the daemon's own pulse says them again
    REQUIRE(s.stop(SIGTERM) == 0);
  }
  const auto again = run({"replay", record_in(d)});
  CAPTURE(again.out, again.err);
  CHECK(again.code == 0);
  CHECK(again.out.find(" of 1 target: 0 as recorded") == std::string::npos);
  CHECK_THAT(again.out, ContainsSubstring("as recorded"));
}
