// The API of the real daemon, as a client sees it.
#include "tests/e2e/api_daemon.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <thread>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string etag_of(const probe_answer& a) {
  const auto at = a.head.find("ETag: ");
  return at == std::string::npos ? ""
                                 : a.head.substr(at + 6, a.head.find('\r', at) - at - 6);
}

}  // namespace

TEST_CASE("a target comes, is polled, changes and goes through the API", "[api]") {
  scripted_application app{8, 6};
  api_daemon s;
  const auto made = s.put("checkout", spec(app.port()));
  CHECK(made.status == 201);
  CHECK(made.has("Location: /api/v1/targets/checkout\r\n"));
  CHECK(has(made.body, R"("origin":"api")"));
  CHECK(eventually([&] { return app.replicas() == 10; }));
  CHECK(eventually([&] { return has(s.target("checkout"), R"("health":"ok")"); }));
  const auto shown = s.target("checkout");
  for (const auto* part :
       {R"("replicas":)", R"("desired":)", R"("metrics":{"cpu":)", R"("why":"checkout )",
        R"("observedAt":")", R"("decidedAt":")", R"("appliedAt":")", R"("kept":false)"}) {
    CAPTURE(part, shown);
    CHECK(has(shown, part));
  }
  const auto again = s.put("checkout", spec(app.port()));
  CHECK(again.status == 200);
  CHECK(etag_of(again) == etag_of(made));
  CHECK(s.put("checkout", spec(app.port(), R"(,"maxReplicas":12)")).status == 200);
  CHECK(has(s.target("checkout"), R"("maxReplicas":12)"));
  const auto patched = s.ask("PATCH", "/targets/checkout",
                             "Content-Type: application/merge-patch+json\r\n",
                             R"({"maxReplicas":null,"minReplicas":2})");
  CHECK(patched.status == 200);
  CHECK(has(patched.body, R"("minReplicas":2,"maxReplicas":100)"));
  CHECK(s.ask("DELETE", "/targets/checkout").status == 204);
  CHECK(s.ask("GET", "/targets/checkout").status == 404);
  CHECK(s.ask("DELETE", "/targets/checkout").status == 404);
  std::this_thread::sleep_for(200ms);  // for one that was under way
  const auto polls = app.polls();
  std::this_thread::sleep_for(400ms);
  CHECK(app.polls() == polls);
  CHECK(eventually([&] { return has(s.daemon().log(), "api: delete checkout by "); }));
}

TEST_CASE("of two who change one target the second is told", "[api]") {
  scripted_application app;
  api_daemon s;
  const auto first = s.put("a", spec(app.port()), "If-None-Match: *\r\n");
  CHECK(first.status == 201);
  CHECK(s.put("a", spec(app.port()), "If-None-Match: *\r\n").status == 412);
  const auto tag = etag_of(first);
  const auto mine =
      s.put("a", spec(app.port(), R"(,"minReplicas":2)"), "If-Match: " + tag + "\r\n");
  CHECK(mine.status == 200);
  const auto late =
      s.put("a", spec(app.port(), R"(,"minReplicas":3)"), "If-Match: " + tag + "\r\n");
  CHECK(late.status == 412);
  CHECK(has(late.body, etag_of(mine).substr(1, 10)));
  CHECK(s.ask("DELETE", "/targets/a", "If-Match: " + tag + "\r\n").status == 412);
  CHECK(s.ask("GET", "/targets/a", "If-None-Match: " + etag_of(mine) + "\r\n").status ==
        304);
  CHECK(s.ask("DELETE", "/targets/a", "If-Match: " + etag_of(mine) + "\r\n").status ==
        204);
}

TEST_CASE("what is wrong with a request is told, and changes nothing", "[api]") {
  api_daemon s;
  const auto bad = s.put("a", "{\n \"app\": \"http://x\",\n \"minReplica\": 1}");
  CHECK(bad.status == 422);
  CHECK(bad.has("application/problem+json"));
  CHECK(has(bad.body, R"("line":3)"));
  CHECK(has(bad.body, "minReplicas"));
  CHECK(s.put("a", "{").status == 400);
  CHECK(s.put("a", "[]").status == 422);
  CHECK(s.put("A_b", spec(1)).status == 422);
  CHECK(s.put("a", spec(1, R"(,"name":"b")")).status == 422);
  CHECK(s.ask("PUT", "/targets/a", "Content-Type: text/plain\r\n", spec(1)).status ==
        415);
  CHECK(s.put("a", std::string(1100 * 1024, ' ')).status == 413);
  CHECK(s.ask("PATCH", "/targets/a", as_json, "{}").status == 404);
  CHECK(s.ask("POST", "/targets/a/pause").status == 404);
  CHECK(s.ask("GET", "/targets?limit=0").status == 400);
  CHECK(s.ask("GET", "/targets?limti=1").status == 400);
  CHECK(s.ask("GET", "/targets?health=fine").status == 400);
  CHECK(s.ask("GET", "/events?type=scaleit.no").status == 400);
  CHECK(s.ask("POST", "/targets").has("Allow: GET, HEAD, OPTIONS\r\n"));
  CHECK(has(s.ask("GET", "").body, R"("total":0)"));
  const auto yaml =
      s.ask("PUT", "/targets/a", "Content-Type: application/yaml\r\n",
            "app: http://127.0.0.1:1\nmetrics:\n- {name: c, value: /c, target: 1}\n");
  CHECK(yaml.status == 201);
}

TEST_CASE("targets are listed in the order of their names, a page at a time", "[api]") {
  api_daemon s;
  for (const auto* name : {"b", "a.x", "a.y", "c", "a.z"})
    REQUIRE(s.put(name, spec(1)).status == 201);
  const auto names_of = [](const std::string& body) {
    std::string all;
    for (std::size_t at = 0; (at = body.find(R"({"name":")", at)) != std::string::npos;) {
      at += 9;
      const auto end = body.find('"', at);
      if (body.compare(end, 10, R"(","origin")") == 0)
        all += body.substr(at, end - at) + " ";
    }
    return all;
  };
  CHECK(names_of(s.ask("GET", "/targets").body) == "a.x a.y a.z b c ");
  const auto page = s.ask("GET", "/targets?prefix=a.&limit=2").body;
  CHECK(names_of(page) == "a.x a.y ");
  CHECK(has(page, R"("continue":"a.y")"));
  const auto rest = s.ask("GET", "/targets?prefix=a.&limit=2&continue=a.y").body;
  CHECK(names_of(rest) == "a.z ");
  CHECK(!has(rest, "continue"));
  CHECK(eventually([&] {
    return names_of(s.ask("GET", "/targets?health=failing&limit=9").body) ==
           "a.x a.y a.z b c ";
  }));
  CHECK(names_of(s.ask("GET", "/targets?health=ok").body).empty());
}

TEST_CASE("an operator's hold is over whatever the spec says", "[api]") {
  scripted_application app{8, 6};
  api_daemon s;
  REQUIRE(s.put("a", spec(app.port(), R"(,"mode":"DryRun")")).status == 201);
  const auto held = s.ask("POST", "/targets/a/pause", as_json, R"({"scaleOut":true})");
  CHECK(held.status == 200);
  CHECK(has(held.body, R"("paused":{"scaleIn":false,"scaleOut":true})"));
  CHECK(!has(held.body, R"("pause":)"));  // the spec is as it was
  REQUIRE(s.put("a", spec(app.port())).status == 200);
  CHECK(eventually([&] { return has(s.target("a"), "pause"); }));
  std::this_thread::sleep_for(300ms);
  CHECK(app.puts() == 0);
  const auto free = s.ask("POST", "/targets/a/resume");
  CHECK(free.status == 200);
  CHECK(!has(free.body, R"("paused")"));
  CHECK(eventually([&] { return app.replicas() == 10; }));
  CHECK(s.ask("POST", "/targets/a/pause", as_json, R"({"scaleOut":1})").status == 422);
  CHECK(s.ask("POST", "/targets/a/pause", as_json, R"({"scaleUp":true})").status == 422);
}

TEST_CASE("what was made through the API outlives a kill", "[api]") {
  scripted_application app{8, 10};
  temporary_directory state;
  api_daemon s{{"--state", state.path().string()}};
  REQUIRE(s.put("a", spec(app.port())).status == 201);
  REQUIRE(s.put("b", spec(app.port())).status == 201);
  REQUIRE(s.ask("POST", "/targets/a/pause").status == 200);
  REQUIRE(s.ask("DELETE", "/targets/b").status == 204);
  CHECK(has(s.target("a"), R"("kept":true)"));
  s.kill();
  s.start();
  CHECK(has(s.target("a"), R"("paused":{"scaleIn":true,"scaleOut":true})"));
  CHECK(s.ask("GET", "/targets/b").status == 404);
  CHECK(has(s.ask("GET", "").body, R"("total":1)"));
  const auto secret = spec(app.port(), R"(,"status":{"headers":{"Cookie":"k=abcdef"}})");
  const auto literal = s.put("c", secret);
  CHECK(literal.status == 422);
  CHECK(!has(literal.body, "abcdef"));
}

TEST_CASE("a state folder is one daemon's", "[api]") {
  temporary_directory state;
  const auto folder = state.path().string();
  const api_daemon s{{"--state", folder}};
  const auto other = run({"run", "--metrics-listen", "127.0.0.1:0", "--api-listen",
                          "127.0.0.1:0", "--state", folder});
  CHECK(other.code == 3);
  CHECK(lines_of(other.err).back() ==
        "scaleit: the state folder '" + folder + "' is used by another daemon");
}

TEST_CASE("on a disk that takes nothing nothing changes", "[api]") {
  temporary_directory state;
  api_daemon s{{"--state", state.path().string()}};
  REQUIRE(s.put("a", spec(1)).status == 201);
  fs::rename(state.path() / "targets", state.path() / "gone");
  const auto full = s.put("b", spec(1));
  CHECK(full.status == 507);
  CHECK(s.ask("GET", "/targets/b").status == 404);
  CHECK(s.ask("DELETE", "/targets/a").status == 507);
  CHECK(s.ask("GET", "/targets/a").status == 200);
  fs::rename(state.path() / "gone", state.path() / "targets");
  CHECK(s.put("b", spec(1)).status == 201);
}

TEST_CASE("events are followed as they happen", "[api]") {
  scripted_application app{8, 10};
  api_daemon s;
  REQUIRE(s.put("a", spec(app.port())).status == 201);
  const int fd = connect_to(s.port());
  REQUIRE(send_all(fd,
                   "GET /api/v1/events?target=a&type=scaleit.decision.made HTTP/1.1\r\n"
                   "Host: localhost\r\n\r\n"));
  std::string in;
  char some[4096];
  for (auto n = ::recv(fd, some, sizeof some, 0); n > 0 && in.size() < 3000;
       n = ::recv(fd, some, sizeof some, 0))
    in.append(some, static_cast<std::size_t>(n));
  ::close(fd);
  CHECK(has(in, "Content-Type: text/event-stream\r\n"));
  CHECK(has(in, "\nid: "));
  CHECK(has(in, R"(data: {"specversion":"1.0")"));
  CHECK(!has(in, "scaleit.status.observed"));
}

TEST_CASE("a moment of the record is explained while it is written", "[api]") {
  scripted_application app{8, 6};
  api_daemon s;
  REQUIRE(s.put("a", spec(app.port())).status == 201);
  REQUIRE(eventually([&] { return app.replicas() == 10; }));
  const auto first = s.ask("GET", "/targets/a/decisions?limit=100").body;
  const auto at = first.rfind(R"({"time":")");
  const auto moment = first.substr(at + 9, 27);
  CHECK(eventually([&] {
    return has(
        s.ask("GET", "/targets/a/explain?at=" + moment, "Accept: text/plain\r\n").body,
        "a goes from 6 to 10");
  }));
  CHECK(s.ask("GET", "/targets/a/explain?at=2020-01-01T00:00:00Z").status == 422);
  CHECK(s.ask("GET", "/targets/a/explain?at=now").status == 400);
}
