// Tokens and certificates that are replaced while the daemon runs.
#include "tests/e2e/running.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/unruly_server.hpp"

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <mutex>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;

/// Holds `load` at 0.80 for whoever brings the token, if there is one.
class guarded_application {
 public:
  explicit guarded_application(std::string token) : token_(std::move(token)) {}

  void serve(peer& p) {
    while (true) {
      const auto request = p.read_request();
      if (request.empty()) return;
      if (!p.send(answer(request))) return;
    }
  }
  void take_only(const std::string& token) {
    const std::lock_guard lock{mutex_};
    token_ = token;
  }
  std::atomic<int> replicas{10}, refused{0}, polls{0};
  std::atomic<double> load{16};

 private:
  std::string answer(const std::string& request) {
    const std::lock_guard lock{mutex_};
    if (!token_.empty() && request.find("\r\nAuthorization: Bearer " + token_ + "\r\n") ==
                               std::string::npos) {
      ++refused;
      return "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
    }
    if (request.starts_with("GET ")) {
      ++polls;
      return ok(fmt::format(R"({{"cpu":{{"highPriority":{:.2f}}},"replicas":{}}})",
                            load / replicas, replicas.load()));
    }
    replicas = std::atoi(request.substr(request.find("{\"replicas\":") + 12).c_str());
    return "HTTP/1.1 204 No Content\r\n\r\n";
  }

  std::mutex mutex_;
  std::string token_;
};

std::string config_for(const std::string& scheme, std::uint16_t port,
                       const std::string& headers) {
  return fmt::format(
      "name: app\napp: {0}://127.0.0.1:{1}\ninterval: 100ms\n"
      "status: {{headers: {2}}}\nscale: {{headers: {2}}}\n"
      "behavior: {{scaleUp: {{policies: [{{type: Pods, value: 100, periodSeconds: "
      "1}}]}}}}"
      "\n"
      "metrics: [{{name: cpu, value: /cpu/highPriority, target: 0.8}}]\n",
      scheme, port, headers);
}

}  // namespace

TEST_CASE("an application is held while its token rotates", "[rotation]") {
  const temporary_directory at;
  const auto token = at.write("token", "one\n");
  guarded_application application{"one"};
  const unruly_server server{[&](peer& p) { application.serve(p); }};
  const auto config = at.write(
      "config.yaml", config_for("http", server.port(),
                                "{Authorization: 'Bearer ${file:" + token + "}'}"));
  scaler d{{{}, {"--config", config}}};
  REQUIRE(eventually([&] { return application.replicas == 20; }));
  CHECK(application.refused == 0);
  application.take_only("two");
  at.write("token", "two\n");
  application.load = 24;
  REQUIRE(eventually([&] { return application.replicas == 30; }));
  const int refused = application.refused;
  CHECK(refused <= 3);  // those that were on their way, and one that shows it

  at.write("token", "");  // an editor at work
  REQUIRE(eventually(
      [&] { return count_of("is empty; what was read before is kept", d.log()) == 1; }));
  at.write("token", "two\n");
  REQUIRE(eventually([&] { return count_of("can be read again", d.log()) == 1; }));
  CHECK(application.refused == refused);
  CHECK(d.log().find("Bearer two") == std::string::npos);
  CHECK(d.stop(SIGTERM) == 0);
}

TEST_CASE("an application is held while its certificate and the trusted ones change",
          "[rotation]") {
  const auto before = make_ca("before"), after = make_ca("after");
  temporary_file trusted{before.certificate};
  guarded_application application{""};
  const reserved_port port;
  const auto serve = [&](peer& p) { application.serve(p); };
  auto server = std::make_unique<unruly_server>(serve, issue(before, {"IP:127.0.0.1"}),
                                                "", port.port());
  const temporary_directory at;
  const auto config = at.write("config.yaml", config_for("https", port.port(), "{}"));
  scaler d{{{}, {"--config", config, "--ca-file", trusted.path()}}};
  REQUIRE(eventually([&] { return application.replicas == 20; }));

  server.reset();
  trusted.replace(after.certificate);
  server = std::make_unique<unruly_server>(serve, issue(after, {"IP:127.0.0.1"}), "",
                                           port.port());
  application.load = 32;
  CHECK(eventually([&] { return application.replicas == 40; }));
  CHECK(d.stop(SIGTERM) == 0);
}
