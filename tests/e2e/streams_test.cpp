// Standard input, output and error that are closed, full, or read by nobody: every
// command answers alike, and nothing else gets what is meant for people.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <filesystem>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

const std::string examples = std::string{SCALEIT_SOURCE_DIR} + "/docs/examples/";

/// Each command that answers on standard output, and quickly.
const std::vector<std::string>& commands() {
  static const std::string record = examples + "last-night.jsonl";
  static const std::vector<std::string> all{
      "$SCALEIT --help",
      "$SCALEIT --version",
      "$SCALEIT run --help",
      "$SCALEIT schema",
      "$SCALEIT check " + examples + "../operating/recipes/web-service.yaml",
      "$SCALEIT replay " + record,
      "$SCALEIT replay --output json " + record,
      "$SCALEIT explain checkout --record " + record};
  return all;
}

/// The descriptors of a process that lead to something else than what it was given or
/// `/dev/null`, of 0 to 2.
std::string wrong_descriptor(pid_t id) {
  for (const char* n : {"0", "1", "2"}) {
    std::error_code gone;
    const auto to =
        std::filesystem::read_symlink("/proc/" + std::to_string(id) + "/fd/" + n, gone);
    if (gone) return std::string{n} + " is closed";
    if (!to.string().starts_with("/")) return std::string{n} + " is " + to.string();
  }
  return {};
}

}  // namespace

TEST_CASE("output that cannot be written is told, and exit code 3", "[streams]") {
  for (const auto& command : commands()) {
    const auto full = shell(command + " >/dev/full");
    CAPTURE(command, full.err);
    CHECK(full.code == 3);
    CHECK(full.err ==
          "scaleit: standard output cannot be written to: No space left on "
          "device\n");
    const auto closed = shell(command + " >&-");
    CAPTURE(closed.err);
    CHECK(closed.code == 3);
    CHECK(closed.err ==
          "scaleit: standard output cannot be written to: Bad file descriptor\n");
    const auto nobody = shell(command + " 2>&- >/dev/full");
    CHECK(nobody.code == 3);
    const auto deaf = shell(command + " 2>/dev/full >/dev/full");
    CHECK(deaf.code == 3);
  }
}

TEST_CASE("a file that may not grow is an error of the output", "[streams]") {
  const temporary_directory at;
  const auto r = shell("ulimit -f 1; $SCALEIT schema > " + (at.path() / "out").string());
  CHECK(r.code == 3);
  CHECK_THAT(r.err, ContainsSubstring("File too large"));
}

TEST_CASE("a reader that leaves ends a command quietly, as SIGPIPE would", "[streams]") {
  for (const auto& command : commands())
    for (const char* trap : {"", "trap '' PIPE; "}) {
      // The reader is gone for certain: it has ended before the command begins.
      const auto r =
          shell(trap + ("{ sleep 0.1; " + command) + "; echo code $? >&2; } | true");
      CAPTURE(command, trap);
      CHECK(r.err == "code 141\n");
    }
}

TEST_CASE("errors that nobody can be told of change no exit code", "[streams]") {
  for (const char* command :
       {"$SCALEIT", "$SCALEIT nothing", "$SCALEIT check /nowhere", "$SCALEIT replay -",
        "$SCALEIT run --config /nowhere", "$SCALEIT app --listen here"})
    for (const char* where : {" 2>&-", " 2>/dev/full", " 2>&- >&- <&-"}) {
      CAPTURE(command, where);
      CHECK(shell(std::string{command} + where).code == 2);
    }
}

TEST_CASE("standard input that is closed or no text is told, and exit code 2",
          "[streams]") {
  for (const char* from : {" <&-", " </"}) {
    for (const char* command :
         {"$SCALEIT check -", "$SCALEIT replay -", "$SCALEIT explain x --record -"}) {
      const auto r = shell(std::string{command} + from);
      CAPTURE(command, from, r.err);
      CHECK(r.code == 2);
      CHECK(lines_of(r.err).size() == 1);
      CHECK_THAT(r.err, ContainsSubstring("cannot be read"));
    }
  }
}

TEST_CASE("whatever is closed at the start, 0 to 2 stay what they were", "[streams]") {
  for (const char* closed :
       {"<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"}) {
    scripted_application application{16};
    const temporary_directory at;
    auto environment = fast_environment(application.port());
    environment["LOG_LEVEL"] = "DEBUG";
    process p{{{"/bin/sh", "-c", std::string{"exec \"$@\" "} + closed, "sh",
                SCALEIT_BINARY, "run", "--metrics-listen", "127.0.0.1:0", "--record",
                (at.path() / "record").string()},
               environment,
               at.path()}};
    CAPTURE(closed, p.err());
    CHECK(eventually([&] { return application.replicas() == 20; }));
    CHECK(wrong_descriptor(p.id()).empty());
    p.signal(SIGTERM);
    CHECK(p.wait() == 0);
    CHECK(run({"replay", (at.path() / "record").string()}).code == 0);
  }
}
