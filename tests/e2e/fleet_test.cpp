// Many targets in one file: what the log and /metrics say of them.
#include "tests/e2e/running.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <string>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

constexpr int many = 2001;

/// Nobody listens there: what is told of many does not depend on how they do.
std::string config(const std::string& more, int targets) {
  std::string text = more +
                     "defaults:\n  interval: 10s\n"
                     "  metrics: [{name: cpu, value: /cpu, target: 0.8}]\ntargets:\n";
  for (int i = 0; i < targets; ++i) {
    const auto n = std::to_string(i);
    text += "- {name: t" + n + ", app: 'http://127.0.0.1:1/" + n + "'}\n";
  }
  return text;
}

double targets(const scrape& m) { return m.value("scaleit_targets"); }
bool of_each(const scrape& m) { return m.value("scaleit_replicas", {"target="}) >= 0; }

}  // namespace

TEST_CASE("many targets have no line and no series each", "[fleet]") {
  const temporary_directory directory;
  const auto file = directory.write("many.yaml", config("", many));
  scaler d{{{}, {"--config", file}}};
  REQUIRE(eventually([&] { return targets(d.metrics()) == many; }));
  CHECK(eventually([&] { return !of_each(d.metrics()); }));
  REQUIRE(eventually([&] { return count_of(" more targets added", d.log()) > 0; }));
  CHECK(count_of(" added: holds cpu at 0.80", d.log()) < many);

  // One that is changed among them is told of by name.
  auto text = config("", many);
  text.replace(text.find("name: t7,"), 9, "name: t7, interval: 9s,");
  directory.write("many.yaml", text);
  d.process().signal(SIGHUP);
  CHECK(eventually([&] { return count_of("target=t7 changed", d.log()) == 1; }));
  CHECK(count_of("0 added, 1 changed, 0 removed, 2000 unchanged", d.log()) == 1);

  // Few of them have series again, from their next polls on.
  directory.write("many.yaml", config("", 20));
  d.process().signal(SIGHUP);
  CHECK(eventually([&] { return targets(d.metrics()) == 20; }));
  CHECK(eventually([&] { return of_each(d.metrics()); }, std::chrono::seconds{15}));
  // The change back of the one is among them.
  CHECK(eventually([&] {
    const auto log = d.log();
    return count_of("more targets removed", log) +
               count_of(" more target changed, ", log) >
           0;
  }));
  CHECK(d.stop(SIGTERM) == 0);
}

TEST_CASE("series of each target are left out when the file says so", "[fleet]") {
  const temporary_directory directory;
  const auto file =
      directory.write("few.yaml", config("metrics: {perTarget: never}\n", 2));
  scaler d{{{}, {"--config", file}}};
  REQUIRE(eventually([&] {
    return d.metrics().value("scaleit_targets", {R"(health="failing")"}) == 2;
  }));
  CHECK_FALSE(of_each(d.metrics()));
  CHECK(count_of(" added: holds cpu at 0.80", d.log()) == 2);
  CHECK(d.metrics().value("requests_failures_total",
                          {R"(endpoint="/1/app/status")", R"(method="get")"}) >= 1);
}
