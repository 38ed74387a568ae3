// What the machine may refuse: open files, threads, memory, the size of a file, a
// directory to write to. At the start each is one line that says of what there is too
// little; later none of them ends the daemon.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"

#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <unistd.h>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;

const char* const start = "exec $SCALEIT run --metrics-listen 127.0.0.1:0 ";

void check_refused(const result& r, int code, const char* sentence) {
  CAPTURE(r.err);
  CHECK(r.code == code);
  REQUIRE_FALSE(lines_of(r.err).empty());
  CHECK_THAT(lines_of(r.err).back(), ContainsSubstring(sentence));
}

}  // namespace

TEST_CASE("too few files to work with are told at the start", "[limits]") {
  for (const char* n : {"20", "39"}) {
    const auto r = shell(fmt::format("ulimit -n {}; {}", n, start));
    check_refused(r, 3,
                  fmt::format("at most {} files may be open (ulimit -n)", n).c_str());
    CHECK(lines_of(r.err).size() == 1);
  }
}

TEST_CASE("a hundred targets have their turn with few files", "[limits]") {
  for (const char* n : {"48", "64"}) {
    scripted_application application{16, 10, "0.0.0.0"};
    const temporary_directory at;
    std::string config =
        "defaults:\n  interval: 300ms\n  metrics: "
        "[{name: cpu, value: /cpu/highPriority, target: 1.6}]\ntargets:\n";
    for (int i = 1; i <= 100; ++i)
      config += fmt::format("- {{name: t{}, app: 'http://127.0.1.{}:{}'}}\n", i, i,
                            application.port());
    scaler d{{{},
              {"--config", at.write("config.yaml", config)},
              stderr_to::file,
              fmt::format("ulimit -n {}", n)}};
    CHECK(eventually([&] { return application.polls() >= 300; }));
    CHECK(get(d.port(), "/healthz").status == 200);
    CHECK(get(d.port(), "/readyz").status == 200);
    CHECK(d.log().find("Too many open files") == std::string::npos);
    CHECK(d.stop(SIGTERM) == 0);
  }
}

#ifndef SCALEIT_SANITIZED  // they need threads and memory of their own
TEST_CASE("that no thread can be started is told", "[limits]") {
  // Everybody but root is bound by the limit on processes.
  const std::string as_nobody =
      ::getuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups " : "";
  // Who may not even execute it, as nobody in a private directory, cannot try.
  if (shell(as_nobody + "$SCALEIT --version").code != 0) return;
  int told = 0;
  for (const auto& [threads, more] :
       {std::pair{1, ""}, std::pair{2, ""}, std::pair{2, " --record ."},
        std::pair{3, " --record ."}}) {
    const temporary_directory at;
    std::filesystem::permissions(at.path(), std::filesystem::perms::all);
    // Others of nobody's may be running, which leaves fewer.
    const auto r =
        shell(fmt::format("cd {}; timeout 2 {}prlimit --nproc={} $SCALEIT run "
                          "--metrics-listen 127.0.0.1:0{}",
                          at.path().string(), as_nobody, threads, more));
    CAPTURE(threads, more, r.code, r.err);
    // Ended by the timeout: there were enough.
    if (threads > 1 && (r.code == 124 || r.code == 0)) continue;
    check_refused(r, 3,
                  "scaleit: no thread can be started: the limit on processes and "
                  "threads is reached");
    ++told;
  }
  CHECK(told >= 2);
}

TEST_CASE("too little memory is told", "[limits]") {
  // Somewhere between what the loader needs and what the daemon needs.
  int told = 0;
  for (int kib = 20'000; kib <= 120'000; kib += 10'000) {
    const auto r = shell(fmt::format("ulimit -v {}; {} --chaos nobody=2", kib, start));
    CAPTURE(kib, r.err);
    CHECK((r.code == 2 || r.code == 3 || r.code == 127));
    told += r.code == 2 ? 1 : 0;
  }
  CHECK(told > 0);
}
#endif

TEST_CASE("a record that cannot be written to is told at the start", "[limits]") {
  const temporary_directory at;
  const auto file = at.write("file", "");
  check_refused(shell(start + ("--record " + file)), 2, file.c_str());
  check_refused(shell(start + ("--record " + file + "/deeper")), 2, file.c_str());
  check_refused(shell(start + std::string{"--record /proc/record"}), 2, "/proc/record");
}

TEST_CASE("files that may not grow stop the record and not the scaling", "[limits]") {
  scripted_application application{16};
  const temporary_directory at;
  auto environment = fast_environment(application.port());
  environment["LOG_LEVEL"] = "DEBUG";  // the log, too, is a file that is soon full
  scaler d{{environment,
            {"--record", (at.path() / "record").string()},
            stderr_to::file,
            "ulimit -f 8"}};
  CHECK(eventually([&] { return application.replicas() == 20; }));
  CHECK(eventually([&] { return d.metrics().value("scaleit_record_up") == 0; }, 30s));
  const int polls = application.polls();
  application.set_load(32);
  CHECK(eventually([&] { return application.replicas() == 40; }));
  CHECK(application.polls() > polls);
  CHECK(d.stop(SIGTERM) == 0);
}
