// Bad values of each variable: one line that names it, its value and what is
// accepted, and nothing that may be a secret.
#include "tests/e2e/running.hpp"
#include "tests/support/catch.hpp"

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

void check_refused(const std::string& name, const std::string& value, bool shown = true) {
  CAPTURE(name, value);
  const temporary_directory directory;
  const auto r =
      run({"run", "--metrics-listen", "127.0.0.1:0"}, {{name, value}}, directory.path());
  CAPTURE(r.err);
  CHECK(r.code == 2);
  CHECK(r.out.empty());
  REQUIRE(lines_of(r.err).size() == 1);
  CHECK_THAT(r.err, StartsWith("scaleit: " + name));
  CHECK_THAT(r.err, ContainsSubstring("accepted: "));
  if (shown) CHECK_THAT(r.err, ContainsSubstring("'" + value + "'"));
  for (const char c : r.err.substr(0, r.err.size() - 1)) CHECK((c >= ' ' && c <= '~'));
}

}  // namespace

TEST_CASE("a bad APP_SERVICE_URL stops the start", "[variables]") {
  for (const auto* bad :
       {"localhost", "ftp://localhost", "http://", "http://localhost:80",
        "http://localhost/path", "://x", "http://a b", "http://[::1", "http://[::1]x"})
    check_refused("APP_SERVICE_URL", bad);
  check_refused("APP_SERVICE_URL", "http://\xff\n\x1b[31m", false);
  check_refused("APP_SERVICE_URL", "http://" + std::string(100'000, 'a'), false);
}

TEST_CASE("a bad APP_SERVICE_PORT stops the start", "[variables]") {
  for (const auto* bad :
       {"0", "65536", "-1", "eighty", "80.5", "0x50", "99999999999999999999", "80 81"})
    check_refused("APP_SERVICE_PORT", bad);
}

TEST_CASE("a bad SCALE_RESOLUTION_TIME stops the start", "[variables]") {
  for (const auto* bad :
       {"0", "-5", "soon", "0.05", "3601", "2h", "5 m", "1e999", "nan", "inf", "5s5"})
    check_refused("SCALE_RESOLUTION_TIME", bad);
}

TEST_CASE("a bad SCALE_METRIC stops the start", "[variables]") {
  for (const auto* bad :
       {"0", "-0.8", "0,8", "80%", "nan", "inf", "1e999", "0.8x", "0x1"})
    check_refused("SCALE_METRIC", bad);
}

TEST_CASE("a bad SCALE_TOLERANCE stops the start", "[variables]") {
  for (const auto* bad : {"-0.1", "ten", "nan", "-inf", "0.1 0.2", "1e999"})
    check_refused("SCALE_TOLERANCE", bad);
}

TEST_CASE("a bad LOG_LEVEL stops the start", "[variables]") {
  for (const auto* bad : {"LOUD", "1", "INFO,DEBUG", "TRACE"})
    check_refused("LOG_LEVEL", bad);
}

TEST_CASE("an empty variable is as bad as any other value, or is the default",
          "[variables]") {
  for (const auto* name : {"APP_SERVICE_URL", "APP_SERVICE_PORT", "SCALE_RESOLUTION_TIME",
                           "SCALE_METRIC", "SCALE_TOLERANCE", "LOG_LEVEL"})
    check_refused(name, "");
}

TEST_CASE("every accepted LOG_LEVEL starts the daemon, in any case", "[variables]") {
  for (const auto* good : {"debug", "INFO", "Warning", "warn", "CRITICAL", "error"}) {
    const temporary_directory directory;
    // Bad on purpose, and read after the level.
    const auto r = run({"run", "--metrics-listen", "127.0.0.1:0"},
                       {{"LOG_LEVEL", good}, {"SCALE_METRIC", "bad"}}, directory.path());
    CHECK_THAT(r.err, StartsWith("scaleit: SCALE_METRIC"));
  }
}

TEST_CASE("what may be a secret in a URL is never printed", "[variables]") {
  for (const auto* url :
       {"http://user:hunter2@localhost", "http://hunter2@localhost", "hunter2@localhost",
        "http://localhost?token=hunter2", "http://localhost/?token=hunter2",
        "http://localhost#hunter2"}) {
    check_refused("APP_SERVICE_URL", url, false);
    const temporary_directory directory;
    directory.write(".env", std::string{"APP_SERVICE_URL="} + url + "\n");
    const auto r = run({"run", "--metrics-listen", "127.0.0.1:0"}, {}, directory.path());
    CHECK(r.code == 2);
    CHECK(r.err.find("hunter2") == std::string::npos);
  }
  const temporary_directory directory;
  directory.write(".env", "PASSWORD hunter2\n");
  directory.write("c.yaml", "targets: []\n");
  const auto r = run({"check", "c.yaml"}, {}, directory.path());
  CHECK_THAT(r.err, ContainsSubstring(".env:1: 'PASSWORD' does not begin"));
  CHECK(r.err.find("hunter2") == std::string::npos);
}
