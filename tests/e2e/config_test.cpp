// Config files: what check and schema say, and the daemon that holds what is in them.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"

#include <csignal>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

std::string target(const std::string& name, std::uint16_t port,
                   const std::string& more = "") {
  return "- name: " + name + "\n  app: http://127.0.0.1:" + std::to_string(port) +
         "\n  metrics: [{name: cpu, value: /cpu/highPriority, target: 0.8}]\n" + more;
}

const std::string fast = "defaults: {interval: 100ms}\n";

}  // namespace

TEST_CASE("every target of a config file is held", "[config]") {
  const temporary_directory directory;
  scripted_application one{16}, other{12};
  const auto file = directory.write(
      "two.yaml", "listen: {metrics: \"127.0.0.1:1\"}\n" + fast + "targets:\n" +
                      target("one", one.port()) + target("other", other.port()));
  // The option wins over the file; the six variables are not looked at, but LOG_LEVEL is.
  scaler d{{{{"SCALE_METRIC", "none"}, {"LOG_LEVEL", "DEBUG"}}, {"--config", file}}};
  REQUIRE(eventually([&] { return one.replicas() == 20 && other.replicas() == 15; }));
  CHECK(one.complaints() == "");
  CHECK(other.complaints() == "");
  REQUIRE(eventually([&] { return count_of("within tolerance", d.log()) >= 2; }));
  CHECK_THAT(d.log(), ContainsSubstring("settings read from " + file));
  CHECK_THAT(d.log(), ContainsSubstring("target=one added: holds cpu at 0.80"));
  CHECK(eventually([&] {
    const auto m = d.metrics();
    return m.value("scaleit_replicas", {R"(target="one")"}) == 20 &&
           m.value("scaleit_replicas", {R"(target="other")"}) == 15;
  }));
  CHECK(d.metrics().value("scaleit_targets") == 2);
  CHECK(d.stop(SIGTERM) == 0);
}

TEST_CASE("a TargetSpec alone is a config file of one target, in JSON too", "[config]") {
  const temporary_directory directory;
  scripted_application application{16};
  const auto file =
      directory.write("one.json",
                      "{\n\t\"name\": \"one\", \"interval\": 0.1,\n\t\"app\": "
                      "\"http:\\/\\/127.0.0.1:" +
                          std::to_string(application.port()) +
                          "\",\n\t\"metrics\": [{\"name\": \"cpu\", \"value\": "
                          "\"\\/cpu\\/highPriority\", \"target\": 0.8}]\n}\n");
  scaler d{{{}, {"--config", file}}};
  CHECK(eventually([&] { return application.replicas() == 20; }));
}

TEST_CASE("what is odd in a config file is logged, and called a warning once",
          "[config]") {
  const temporary_directory directory;
  scripted_application application;
  const auto file =
      directory.write("odd.yaml", fast + "targets:\n" +
                                      target("one", application.port(), "  zero: {}\n"));
  scaler d{{{}, {"--config", file}}};
  REQUIRE(eventually([&] { return count_of("has no effect", d.log()) == 1; }));
  CHECK_THAT(d.log(),
             ContainsSubstring(" warning " + file +
                               ":6:3: targets[0].zero: has no effect while minReplicas"));
  CHECK(d.stop(SIGTERM) == 0);
}

TEST_CASE("secrets are sent, and are nowhere else", "[config]") {
  const temporary_directory directory;
  const auto token = directory.write("token", "from-the-file\n");
  const auto env_file = directory.write("more.env", "TOKEN=from-the-env-file\n");
  unruly_server server{
      answer_always(ok(R"({"cpu":{"highPriority":1.6},"replicas":10})"))};
  const auto file = directory.write(
      "secret.yaml",
      fast + "targets:\n" +
          target("one", server.port(),
                 "  status: {headers: {Authorization: \"Bearer ${TOKEN}\"}}\n"
                 "  scale: {headers: {X-Key: \"${file:" +
                     token + "}\"}}\n"));
  scaler d{{{{"LOG_LEVEL", "DEBUG"}},
            {"--config", file, "--env-file", env_file, "--log-format", "json"}}};
  const auto sent = [&](const char* what) {
    std::size_t n = 0;
    for (const auto& r : server.requests()) n += count_of(what, r);
    return n;
  };
  REQUIRE(eventually(
      [&] { return sent("Authorization: Bearer from-the-env-file\r\n") > 0; }));
  REQUIRE(eventually([&] { return sent("X-Key: from-the-file\r\n") > 0; }));
  REQUIRE(eventually([&] { return count_of("scale.applied", d.log()) > 0; }));
  CHECK(count_of("from-the-", d.log()) == 0);
  CHECK(count_of("from-the-", get(d.port(), "/metrics").body) == 0);
}

TEST_CASE("the file says where to listen unless an option or a variable does",
          "[config]") {
  const temporary_directory directory;
  process_options p;
  p.command = {SCALEIT_BINARY, "run", "--config",
               directory.write("listen.yaml",
                               "listen: {metrics: \"127.0.0.1:0\"}\ntargets: []\n")};
  p.directory = directory.path();
  process by_file{p};
  CHECK(eventually(
      [&] { return count_of("metrics on http://127.0.0.1:", by_file.err()) == 1; }));
  p.environment = {{"SCALEIT_METRICS_LISTEN", "[::1]:0"}};
  process by_variable{p};
  CHECK(eventually(
      [&] { return count_of("metrics on http://[::1]:", by_variable.err()) == 1; }));
}

TEST_CASE("a config file that is wrong stops the start with all that is wrong",
          "[config]") {
  const temporary_directory directory;
  const auto file = directory.write(
      "bad.yaml", "targets:\n" + target("one", 1, "  minReplica: 2\n  mode: Off\n") +
                      target("two", 1, "  status: {headers: {A: \"${NOWHERE}\"}}\n"));
  const auto r = run({"run", "--config", file}, {}, directory.path());
  CHECK(r.code == 2);
  CHECK(r.out.empty());
  CHECK(r.err == file +
                     ":5:3: targets[0]: unknown key 'minReplica'; did you mean "
                     "'minReplicas'?\n" +
                     file +
                     ":6:3: targets[0].mode: 'Off' is not valid; accepted: "
                     "Active, DryRun, Paused\n" +
                     file +
                     ":10:22: targets[1].status.headers.A: ${NOWHERE} is not "
                     "set\n");
  const auto checked = run({"check", file}, {}, directory.path());
  CHECK(checked.code == 2);
  CHECK(lines_of(checked.err).size() == 3);
  const auto missing = run({"run", "--config", "nowhere.yaml"}, {}, directory.path());
  CHECK(missing.code == 2);
  CHECK_THAT(missing.err, StartsWith("scaleit: nowhere.yaml: No such file"));
}

TEST_CASE("check says what a good file holds, schema prints the schema", "[config]") {
  const temporary_directory directory;
  const auto file =
      directory.write("good.yaml", "targets:\n" + target("one", 1) + target("two", 2));
  const auto r = run({"check", file}, {}, directory.path());
  CHECK(r.code == 0);
  CHECK(r.out == file + ": valid, 2 targets\n");
  CHECK(r.err.empty());
  const auto schema = run({"schema"}, {}, directory.path());
  CHECK(schema.code == 0);
  CHECK_THAT(schema.out, ContainsSubstring("http://json-schema.org/draft-07/schema#"));
  const auto none = run({"check"}, {}, directory.path());
  CHECK(none.code == 2);
  CHECK(lines_of(none.err).size() == 1);
}
