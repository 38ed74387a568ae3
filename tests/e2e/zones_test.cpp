// A zone's file that is no zone's file, as a cut download or an empty volume leaves it,
// is a sentence and exit code 2.
#include "tests/e2e/running.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <random>
#include <sys/stat.h>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

const char* const settings = R"(
name: app
app: http://127.0.0.1:1
metrics: [{name: cpu, value: /cpu, target: 1}]
schedules: [{cron: "0 8 * * *", timezone: Europe/Berlin, duration: 1h, minReplicas: 5}]
)";

const char* const zone = "/usr/share/zoneinfo/Europe/Berlin";

/// `check` of a schedule in the zone whose file is that one.
result checked(const temporary_directory& at, const std::string& zone_file) {
  const auto config = at.write("config.yaml", settings);
  return run({"check", config},
             {{"LD_PRELOAD", SCALEIT_ZONE_FROM_FILE}, {"ZONE_FROM_FILE", zone_file}});
}

void check_refused(const result& r) {
  CAPTURE(r.err);
  CHECK(r.code == 2);
  CHECK(lines_of(r.err).size() == 1);
  CHECK_THAT(r.err, ContainsSubstring("timezone 'Europe/Berlin' cannot be read from the "
                                      "time zone database (its file "));
}

}  // namespace

TEST_CASE("a zone's file that is none is told, and ends nothing", "[zones]") {
  if (!std::filesystem::exists(zone)) return;  // a system without a database
  const temporary_directory at;
  const auto whole = text_of(zone);
  CHECK(checked(at, at.write("whole", whole)).code == 0);
  for (const auto& text : {std::string{}, std::string{"T"}, std::string{"# no zone\n"},
                           std::string(100, '\0'), "tzif" + whole.substr(4),
                           "TZif9" + whole.substr(5), std::string(1 << 20, 'x')})
    check_refused(checked(at, at.write("broken", text)));
  for (const std::size_t n : {4u, 5u, 20u, 43u, 44u, 45u, 200u})
    check_refused(checked(at, at.write("cut", whole.substr(0, n))));
  check_refused(checked(at, at.path().string()));
  check_refused(checked(at, (at.path() / "nothing").string()));
  const auto pipe = (at.path() / "pipe").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  check_refused(checked(at, pipe));
}

TEST_CASE("a zone's file with any byte changed ends nothing", "[zones]") {
  if (!std::filesystem::exists(zone)) return;
  const temporary_directory at;
  const auto whole = text_of(zone);
  std::mt19937 random{11};
  for (int i = 0; i < 20; ++i) {
    auto text = whole;
    for (int k = 0; k < 8; ++k)
      text[random() % text.size()] = static_cast<char>(random());
    const auto r = checked(at, at.write("changed", text));
    CAPTURE(i, r.err);
    CHECK((r.code == 0 || r.code == 2));
  }
}
