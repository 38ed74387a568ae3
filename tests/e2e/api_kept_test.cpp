// What was answered is kept, whatever happens to the daemon.
#include "tests/e2e/api_daemon.hpp"
#include "tests/support/catch.hpp"

#include <map>
#include <random>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

/// What is to be there under a name.
struct kept {
  int most = 0;  ///< maxReplicas; 0: there is no target
  bool held = false;
  bool operator==(const kept&) const = default;
};

int number_after(const std::string& key, const std::string& text) {
  const auto at = text.find(key);
  return at == std::string::npos ? 0 : std::stoi(text.substr(at + key.size()));
}

kept seen(const api_daemon& s, const std::string& name) {
  const auto a = s.ask("GET", "/targets/" + name);
  if (a.status == 404) return {};
  REQUIRE(a.status == 200);
  return {number_after(R"("maxReplicas":)", a.body), has(a.body, R"("paused")")};
}

/// One change, as it is sent, and what is there if it is made.
struct change {
  std::string method, path, body;
  kept after;
};

change some_change(std::mt19937& random, const std::string& name, kept now) {
  const auto path = "/targets/" + name;
  switch (random() % 5) {
    case 0:
      return {"DELETE", path, "", {}};
    case 1:
      return {"POST", path + "/pause", "", {now.most, now.most > 0}};
    case 2:
      return {"POST", path + "/resume", "", {now.most, false}};
    default: {
      const int most = 10 + static_cast<int>(random() % 90);
      return {"PUT",
              path,
              spec(1, R"(,"maxReplicas":)" + std::to_string(most)),
              {most, now.most > 0 && now.held}};
    }
  }
}

/// Of what the file says of its target.
std::string file_with(int most) {
  return most == 0 ? "targets: []\n"
                   : "targets:\n- {name: f, app: http://127.0.0.1:1, maxReplicas: " +
                         std::to_string(most) +
                         ", metrics: [{name: c, value: /c, target: 1}]}\n";
}

/// Sent, and the connection closed without a look at the answer.
void send_only(std::uint16_t port, const change& c) {
  const int fd = connect_to(port);
  send_all(fd, c.method + " /api/v1" + c.path + " HTTP/1.1\r\nHost: localhost\r\n" +
                   as_json + "Content-Length: " + std::to_string(c.body.size()) +
                   "\r\n\r\n" + c.body);
  ::close(fd);
}

}  // namespace

TEST_CASE(
    "whatever is changed, reported and reloaded, whatever crashes and however often the "
    "daemon is killed: what was answered is there",
    "[api_kept]") {
  const auto seed = GENERATE(1u, 2u, 3u);
  std::mt19937 random{seed};
  temporary_directory state;
  api_daemon s{{"--state", state.path().string(), "--chaos",
                "poller=0.1,decider=0.1,actuator=0.1,api=0.1,telemetry=0.1"}};
  std::map<std::string, kept> model{{"a", {}}, {"b", {}}, {"c", {}}, {"f", {}}};
  int decided = 0;
  for (int n = 0; n < 60; ++n) {
    if (random() % 6 == 0) {
      auto& filed = model["f"].most;
      filed = random() % 4 == 0 ? 0 : 10 + static_cast<int>(random() % 90);
      s.write_file(file_with(filed));
      CAPTURE(seed, n, filed);
      CHECK(s.ask("POST", "/reload").status == 200);
      CHECK(seen(s, "f").most == filed);
      continue;
    }
    auto& [name, now] = *std::next(model.begin(), static_cast<long>(random() % 3));
    if (random() % 6 == 0) {
      // Who reports and is struck has no answer, or an old one; nothing of it is kept.
      const auto a = s.ask("POST", "/targets/" + name + "/status", as_json,
                           R"({"replicas":10,"cpu":{"highPriority":0.95}})");
      CAPTURE(seed, n, name, a.body);
      CHECK((now.most == 0 ? a.status == 404 : a.status == 200 || a.status == 503));
      decided += has(a.body, R"("desired")");
    }
    const auto c = some_change(random, name, now);
    CAPTURE(seed, n, c.method, c.path, now.most, now.held);
    if (random() % 8 == 0) {
      // Nobody knows whether it was made; it was whole, or not at all.
      send_only(s.port(), c);
      s.kill();
      s.start();
      const auto found = seen(s, name);
      const bool either = found == now || found == c.after;
      CHECK(either);
      now = found;
    } else {
      const auto a = s.ask(c.method, c.path, as_json, c.body);
      if (now.most == 0 && c.method != "PUT") {
        CHECK(a.status == 404);
        continue;
      }
      CHECK(a.status / 100 == 2);
      now = c.after;
    }
    for (const auto& [other, is] : model) CHECK(seen(s, other) == is);
  }
  CHECK(decided > 0);
  s.kill();
  s.start();
  for (const auto& [name, is] : model) CHECK(seen(s, name) == is);
}

TEST_CASE("a name that the file takes over belongs to the file, and is given back",
          "[api_kept]") {
  temporary_directory files;
  const auto target = [](int most) {
    return "targets:\n- name: a\n  app: http://127.0.0.1:1\n  maxReplicas: " +
           std::to_string(most) + "\n  metrics: [{name: c, value: /c, target: 1}]\n";
  };
  const auto file = files.write("c.yaml", "targets: []\n");
  scaler daemon{
      {.arguments = {"--config", file, "--state", (files.path() / "s").string()}}};
  std::uint16_t port = 0;
  REQUIRE(eventually([&] { return (port = daemon.api_port()) != 0; }));
  const auto ask = [&](const std::string& method, const std::string& path,
                       const std::string& body = "") {
    return request(method, port, "/api/v1" + path, as_json, body);
  };
  const auto reload = [&](const std::string& text, const std::string& outcome) {
    files.write("c.yaml", text);
    const auto a = ask("POST", "/reload");
    CHECK(a.status == 200);
    CHECK(has(a.body, outcome));
  };
  REQUIRE(ask("PUT", "/targets/a", spec(1, R"(,"maxReplicas":7)")).status == 201);
  reload(target(9), R"("changed":1)");
  CHECK(has(ask("GET", "/targets/a").body, R"("origin":"file")"));
  CHECK(ask("PUT", "/targets/a", spec(1)).status == 409);
  CHECK(ask("DELETE", "/targets/a").status == 409);
  CHECK(ask("PATCH", "/targets/a", R"({"maxReplicas":3})").status == 409);
  CHECK(ask("POST", "/targets/a/pause").status == 200);
  reload("targets: []\n", R"("changed":1)");
  const auto back = ask("GET", "/targets/a").body;
  CHECK(has(back, R"("origin":"api")"));
  CHECK(has(back, R"("maxReplicas":7)"));
  CHECK(has(back, R"("paused")"));
  files.write("c.yaml", "targets: [{name: a}]\n");
  const auto bad = ask("POST", "/reload");
  CHECK(bad.status == 422);
  CHECK(has(bad.body, "metrics"));
  CHECK(has(ask("GET", "/targets/a").body, R"("origin":"api")"));
}
