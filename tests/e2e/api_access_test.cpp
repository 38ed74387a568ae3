// Who may use the API of the real daemon, and what nobody gets from it.
#include "tests/e2e/api_daemon.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

using namespace scaleit::e2e;
using namespace scaleit::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

TEST_CASE("a secret's file is looked at each time, and nothing else is read for it",
          "[api]") {
  api_daemon s;
  const temporary_directory at;
  const auto with = [&](const std::string& file) {
    const auto body =
        spec(1, R"(,"status":{"headers":{"X-Key":"${file:)" + file + R"(}"}})");
    return s.put("a", body);
  };
  const auto file = (at.path() / "token").string();
  CHECK(with(file).status == 422);
  at.write("token", "t\n");
  CHECK(with(file).status == 201);
  fs::remove(file);
  CHECK(with(file).status == 422);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(with("/dev/ptmx").status == 422);
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("a name writes no line of its own into the log", "[api]") {
  api_daemon s;
  CHECK(s.ask("DELETE", "/targets/x%0Aforged%1B[1m").status == 404);
  CHECK(eventually([&] { return has(s.daemon().log(), "api: delete x"); }));
  CHECK(!has(s.daemon().log(), "\nforged"));
  CHECK(!has(s.daemon().log(), "\x1B"));
}

TEST_CASE("with a token only its holder gets in", "[api]") {
  temporary_directory files;
  const auto token = files.write("token", "a-token-that-nobody-guesses\n");
  const auto reader = files.write("reader", "another-token-nobody-guesses\n");
  const auto config = files.write(
      "c.yaml", "auth: {tokens: [{name: w, file: " + token +
                    ", access: write}, {name: r, file: " + reader + "}]}\ntargets: []\n");
  scaler daemon{{.arguments = {"--config", config}}};
  std::uint16_t port = 0;
  REQUIRE(eventually([&] { return (port = daemon.api_port()) != 0; }));
  const auto ask = [&](const std::string& method, const std::string& bearer) {
    return request(
        method, port, "/api/v1/targets/a",
        as_json + (bearer.empty() ? "" : "Authorization: Bearer " + bearer + "\r\n"),
        method == "PUT" ? spec(1) : "");
  };
  CHECK(ask("GET", "").status == 401);
  CHECK(ask("GET", "").has("WWW-Authenticate: Bearer"));
  CHECK(ask("GET", "wrong").status == 401);
  CHECK(ask("GET", "another-token-nobody-guesses").status == 404);
  CHECK(ask("PUT", "another-token-nobody-guesses").status == 403);
  CHECK(ask("PUT", "a-token-that-nobody-guesses").status == 201);
  CHECK(eventually([&] { return has(daemon.log(), "api: put a by w"); }));
  CHECK(!has(daemon.log(), "nobody-guesses"));
}

TEST_CASE("the API speaks TLS, and to whom it is told to", "[api]") {
  const auto ca = make_ca("a test");
  const auto server = issue(ca, {"IP:127.0.0.1"});
  temporary_directory files;
  const auto write = [&](const char* name, const std::string& text) {
    return files.write(name, text);
  };
  const auto trust = write("ca.pem", ca.certificate);
  const auto config =
      write("c.yaml", "listen: {apiTls: {cert: " + write("cert.pem", server.certificate) +
                          ", key: " + write("key.pem", server.key) + "}}\ntargets: []\n");
  scaler daemon{{.arguments = {"--config", config}}};
  std::uint16_t port = 0;
  REQUIRE(eventually([&] {
    const auto log = daemon.log();
    const std::string before = "API on https://127.0.0.1:";
    const auto at = log.find(before);
    if (at != std::string::npos)
      port = static_cast<std::uint16_t>(std::stoi(log.substr(at + before.size())));
    return port != 0;
  }));
  const auto ask = [&](const std::string& url,
                       const std::vector<std::string>& more = {}) {
    std::vector<std::string> command{"targets", "list", "--api", url};
    command.insert(command.end(), more.begin(), more.end());
    return run(command).code;
  };
  const auto url = "https://127.0.0.1:" + std::to_string(port);
  CHECK(ask(url, {"--ca-file", trust}) == 0);
  CHECK(ask(url) == 3);  // nobody here trusts it
  CHECK(ask("http://127.0.0.1:" + std::to_string(port)) != 0);
  CHECK(run({"run", "--api-listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0",
             "--config",
             write("bad.yaml", "listen: {apiTls: {cert: " + trust +
                                   ", key: /nowhere}}\ntargets: []\n")})
            .code == 2);
}

TEST_CASE("the API on a unix socket is for who may open the file", "[api]") {
  temporary_directory files;
  const auto path = (files.path() / "api.sock").string();
  scaler daemon{{.arguments = {"--config", files.write("c.yaml", "targets: []\n"),
                               "--api-listen", "unix:" + path}}};
  REQUIRE(eventually([&] { return fs::exists(path); }));
  CHECK((fs::status(path).permissions() & fs::perms::others_all) == fs::perms::none);
  CHECK(run({"targets", "list", "--api", "unix:" + path}).code == 0);
}

TEST_CASE("a page of another site does not reach a daemon on this machine", "[api]") {
  api_daemon s;
  CHECK(ask(s.port(),
            "GET /api/v1 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
            .status >= 400);
  CHECK(s.put("a", spec(1), "Origin: http://evil.example\r\n").status == 403);
  CHECK(s.ask("GET", "/targets/a").status == 404);
}

TEST_CASE("an API that others reach needs a token and TLS", "[api]") {
  const auto open =
      run({"run", "--api-listen", "0.0.0.0:0", "--metrics-listen", "127.0.0.1:0"});
  CHECK(open.code == 2);
  CHECK(has(open.err, "token"));
}
