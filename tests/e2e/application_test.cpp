// The sample application, as others rely on it.
#include "tests/e2e/running.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <csignal>
#include <regex>

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

using namespace std::chrono_literals;

const std::vector<std::string> calm{"--load", "flat:rate=8", "--error-rate", "0"};

std::vector<std::string> with(std::vector<std::string> all,
                              const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

probe_answer put(std::uint16_t port, const std::string& body,
                 const std::string& path = "/app/replicas") {
  return request("PUT", port, path, "Content-Type: application/json\r\n", body);
}

std::string status(std::uint16_t port, const std::string& path = "/app/status") {
  return get(port, path, "Accept: application/json\r\n").body;
}

}  // namespace

TEST_CASE("the sample application tells its status in compact JSON", "[application]") {
  sample_application app{calm};
  const auto a = get(app.port(), "/app/status", "Accept: application/json\r\n");
  CHECK(a.status == 200);
  CHECK(a.has("Content-Type: application/json\r\n"));
  CAPTURE(a.body);
  CHECK(std::regex_match(
      a.body, std::regex(R"(\{"cpu":\{"highPriority":\d+\.\d{1,2}\},"replicas":10\})")));
}

TEST_CASE("the sample application takes a whole number from 1 to 1000", "[application]") {
  sample_application app{calm};
  for (const auto* good : {"1", "1000", "11"}) {
    const auto a = put(app.port(), std::string{"{\"replicas\":"} + good + "}");
    CHECK(a.status == 204);
    CHECK(a.body.empty());
    CHECK_THAT(status(app.port()),
               ContainsSubstring(std::string{"\"replicas\":"} + good + "}"));
  }
  for (const auto* bad : {"0", "-1", "1001", "1.5", "1e1", "\"5\"", "null", "true", "[5]",
                          "{}", "99999999999999999999", "NaN"}) {
    const auto a = put(app.port(), std::string{"{\"replicas\":"} + bad + "}");
    CAPTURE(bad, a.body);
    CHECK(a.status == 400);
    CHECK(a.has("Content-Type: application/problem+json"));
    CHECK_THAT(a.body, ContainsSubstring("\"detail\":\""));
  }
  for (const auto* bad : {"x", "{", "5", "[]", "{}", "{\"replicas\":5,\"more\":1}",
                          "{\"replica\":5}", "{\"replicas\":5}{", "{\"\xff\":1}"}) {
    CAPTURE(bad);
    CHECK(put(app.port(), bad).status == 400);
  }
  CHECK(put(app.port(), "").status == 400);
  CHECK_THAT(status(app.port()), ContainsSubstring("\"replicas\":11}"));
}

TEST_CASE("the sample application says 404 and 405 where due", "[application]") {
  sample_application app{calm};
  for (const auto* path :
       {"/", "/app", "/app/", "/app/statuses", "/apps/0/app/status", "//app/status"})
    CHECK(get(app.port(), path).status == 404);
  const auto on_status = request("PUT", app.port(), "/app/status", "", "{}");
  CHECK(on_status.status == 405);
  CHECK(on_status.has("Allow: GET"));
  const auto on_replicas = get(app.port(), "/app/replicas");
  CHECK(on_replicas.status == 405);
  CHECK(on_replicas.has("Allow: PUT"));
}

TEST_CASE("a PUT takes effect after the start-up time", "[application]") {
  sample_application app{with(calm, {"--startup", "700ms"})};
  const auto asked = std::chrono::steady_clock::now();
  CHECK(put(app.port(), "{\"replicas\":20}").status == 204);
  CHECK_THAT(status(app.port()), ContainsSubstring("\"replicas\":10}"));
  REQUIRE(eventually(
      [&] { return status(app.port()).find("\"replicas\":20}") != std::string::npos; }));
  CHECK(std::chrono::steady_clock::now() - asked >= 600ms);
}

TEST_CASE("--count serves many, each for itself", "[application]") {
  sample_application app{with(calm, {"--count", "3"})};
  CHECK(put(app.port(), "{\"replicas\":20}", "/apps/1/app/replicas").status == 204);
  CHECK_THAT(status(app.port(), "/apps/0/app/status"),
             ContainsSubstring("\"replicas\":10}"));
  CHECK_THAT(status(app.port(), "/apps/1/app/status"),
             ContainsSubstring("\"replicas\":20}"));
  CHECK(get(app.port(), "/apps/2/app/status").status == 200);
  for (const auto* path : {"/apps/3/app/status", "/app/status", "/apps/-1/app/status",
                           "/apps/01/app/status", "/apps//app/status"})
    CHECK(get(app.port(), path).status == 404);
}

TEST_CASE("the same seed makes the same faults, of every kind in turn", "[application]") {
  const auto kinds = [](const char* seed) {
    sample_application app{
        {"--load", "flat:rate=8", "--error-rate", "1", "--seed", seed}};
    std::string seen;
    for (int i = 0; i < 5; ++i) {
      const auto began = std::chrono::steady_clock::now();
      // The fourth, a stall of 3 s to 6 s, is given up on.
      const auto a = ask(
          app.port(), "GET /app/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
          i == 3 ? 1 : 5);
      const bool waited = std::chrono::steady_clock::now() - began > 900ms;
      seen += a.status == 200 && a.body.size() < 30 ? "half "
              : a.status != 0                       ? std::to_string(a.status) + " "
              : waited                              ? "stall "
                                                    : "reset ";
    }
    return seen;
  };
  CHECK(kinds("7") == "500 503 reset stall half ");
  const auto fates = [](const char* seed) {
    sample_application app{
        {"--load", "flat:rate=8", "--error-rate", "0.08", "--seed", seed}};
    std::string all;
    for (int i = 0; i < 25; ++i)
      all += std::to_string(request("PUT", app.port(), "/app/status", "", "{}").status) +
             " ";
    return all;
  };
  const auto first = fates("7");
  CHECK(first == fates("7"));
}

TEST_CASE("SIGTERM and SIGINT end the sample application with 0", "[application]") {
  for (const int signal : {SIGTERM, SIGINT}) {
    sample_application app{calm};
    app.process().signal(signal);
    CHECK(app.process().wait(2s) == 0);
  }
}
