// The command line: what it accepts, and how it says no.
#include "tests/e2e/running.hpp"
#include "tests/support/catch.hpp"

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

void check_refused(const std::vector<std::string>& arguments, const std::string& word) {
  const temporary_directory directory;
  const auto r = run(arguments, {}, directory.path());
  CAPTURE(word, r.err, r.out);
  CHECK(r.code == 2);
  CHECK(r.out.empty());
  CHECK(lines_of(r.err).size() == 1);
  CHECK_THAT(r.err, ContainsSubstring(word));
  CHECK_THAT(r.err, StartsWith("scaleit"));
}

}  // namespace

TEST_CASE("--version and --help answer on standard output with 0", "[arguments]") {
  const auto version = run({"--version"});
  CHECK(version.code == 0);
  CHECK(version.out == "scaleit " SCALEIT_VERSION "\n");
  CHECK(version.err.empty());
  for (const std::vector<std::string>& help : {std::vector<std::string>{"--help"},
                                               {"run", "--help"},
                                               {"app", "--help"},
                                               {"-h"}}) {
    const auto r = run(help);
    CHECK(r.code == 0);
    CHECK(r.out.size() > 200);
    CHECK(r.err.empty());
  }
  for (const auto* name : {"APP_SERVICE_URL", "APP_SERVICE_PORT", "SCALE_RESOLUTION_TIME",
                           "SCALE_METRIC", "SCALE_TOLERANCE", "LOG_LEVEL"})
    CHECK_THAT(run({"run", "--help"}).out, ContainsSubstring(name));
}

TEST_CASE("what is no command or option is refused with one line", "[arguments]") {
  check_refused({}, "--help");
  check_refused({"walk"}, "walk");
  check_refused({"--loud"}, "--loud");
  check_refused({"run", "--loud"}, "--loud");
  check_refused({"run", "extra"}, "extra");
  check_refused({"app", "--loud"}, "--loud");
  check_refused({"run", "--env-file"}, "--env-file");
  check_refused({"run", "line\nbreak"}, "line");
}

TEST_CASE("bad options of run are refused with one line that names them", "[arguments]") {
  check_refused({"run", "--log-format", "xml"}, "--log-format");
  for (const auto* bad :
       {"8000", "localhost:", "here:8000", "127.0.0.1:65536", "::1:80", ":-1", ""})
    check_refused({"run", "--metrics-listen", bad}, "--metrics-listen");
  for (const auto* bad : {"poller", "poller=2", "poller=-1", "nobody=0.5", "poller=0.5,",
                          "poller=x", "poller=nan"})
    check_refused({"run", "--chaos", bad}, "--chaos");
}

TEST_CASE("bad options of app are refused with one line that names them", "[arguments]") {
  check_refused({"app", "--port", "70000"}, "--port");
  check_refused({"app", "--port", "x"}, "--port");
  check_refused({"app", "--port", "-1"}, "--port");
  check_refused({"app", "--error-rate", "2"}, "--error-rate");
  check_refused({"app", "--load", "zigzag"}, "--load");
  check_refused({"app", "--load", "trace:/nowhere/trace.csv"}, "/nowhere/trace.csv");
  check_refused({"app", "--startup", "later"}, "--startup");
  check_refused({"app", "--seed", "-1"}, "--seed");
  check_refused({"app", "--count", "0"}, "--count");
  check_refused({"app", "--listen", "nowhere"}, "--listen");
}

TEST_CASE("SCALEIT_METRICS_LISTEN is checked like the option, and the option wins",
          "[arguments]") {
  const temporary_directory directory;
  const auto r = run({"run"}, {{"SCALEIT_METRICS_LISTEN", "8000"}}, directory.path());
  CHECK(r.code == 2);
  CHECK_THAT(r.err, StartsWith("scaleit: SCALEIT_METRICS_LISTEN='8000'"));
  auto environment = fast_environment(9);
  environment["SCALEIT_METRICS_LISTEN"] = "not used";
  CHECK(scaler{{environment}}.port() > 0);
}
