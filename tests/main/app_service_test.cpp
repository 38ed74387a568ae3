#include "main/app_service.hpp"

#include "tests/support/catch.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

using namespace scaleit;
using namespace scaleit::main;
using namespace std::chrono_literals;
using simulation::fault_kind;

namespace {

net::server_request request(std::string method, std::string path, std::string body = {}) {
  net::server_request r;
  r.method = std::move(method);
  r.path = std::move(path);
  r.body = std::move(body);
  return r;
}

app_service_settings steady(double load) {
  app_service_settings s;
  s.world.load = std::make_shared<const simulation::load_shape>(
      simulation::load_shape{simulation::flat_load{load}});
  s.world.drift = s.world.noise = 0;
  return s;
}

net::server_response get(app_service& s, microseconds now,
                         std::string path = "/app/status") {
  return s.handle(request("GET", std::move(path)), now).response;
}

net::server_response put(app_service& s, microseconds now, std::string body,
                         std::string path = "/app/replicas") {
  return s.handle(request("PUT", std::move(path), std::move(body)), now).response;
}

const std::string* allow(const net::server_response& r) {
  for (const auto& h : r.headers)
    if (h.name == "Allow") return &h.value;
  return nullptr;
}

}  // namespace

TEST_CASE("the status is compact JSON without a newline") {
  app_service s{steady(6.8), nullptr};
  const auto r = get(s, 1s);
  CHECK(r.status == 200);
  CHECK(r.content_type == "application/json");
  CHECK(r.body == R"({"cpu":{"highPriority":0.68},"replicas":10})");
}

TEST_CASE("the utilisation has one or two decimals") {
  struct row {
    double value;
    const char* want;
  };
  const row rows[] = {{0, "0.0"},
                      {0.004, "0.0"},
                      {0.006, "0.01"},
                      {0.7, "0.7"},
                      {0.68, "0.68"},
                      {0.999, "1.0"},
                      {1, "1.0"},
                      {1.05, "1.05"},
                      {12.34, "12.34"},
                      {-0.001, "0.0"},
                      {1e300, "10000000000000.0"}};
  for (const auto& r : rows)
    CHECK(status_document(r.value, 3) ==
          R"({"cpu":{"highPriority":)" + std::string{r.want} + R"(},"replicas":3})");
}

TEST_CASE("a good PUT is answered 204 and told of") {
  struct change {
    std::size_t app;
    int from, to;
    double load;
  };
  std::vector<change> seen;
  app_service s{steady(8),
                [&](std::size_t app, const simulation::replica_change& c, double load) {
                  seen.push_back({app, c.from, c.to, load});
                }};
  const auto r = put(s, 1s, R"( {"replicas" : 16} )");
  CHECK(r.status == 204);
  CHECK(r.body.empty());
  CHECK(get(s, 2s).body == R"({"cpu":{"highPriority":0.5},"replicas":16})");
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].app == 0);
  CHECK(seen[0].from == 10);
  CHECK(seen[0].to == 16);
  CHECK(seen[0].load == 8);
  CHECK(put(s, 3s, R"({"replicas":16})").status == 204);
  CHECK(seen.size() == 1);
}

TEST_CASE("with a start-up time the status shows the old count until it has passed") {
  auto settings = steady(8);
  settings.world.startup = 30s;
  app_service s{settings, nullptr};
  CHECK(put(s, 1s, R"({"replicas":16})").status == 204);
  CHECK(get(s, 30s).body == R"({"cpu":{"highPriority":0.8},"replicas":10})");
  CHECK(get(s, 31s).body == R"({"cpu":{"highPriority":0.5},"replicas":16})");
}

TEST_CASE("the limits of replicas are 1 and 1000") {
  CHECK(std::get<int>(parse_replicas(R"({"replicas":1})")) == 1);
  CHECK(std::get<int>(parse_replicas(R"({"replicas":1000})")) == 1000);
  CHECK(std::get<int>(parse_replicas("\xef\xbb\xbf{\"replicas\":7}")) == 7);
}

TEST_CASE("a bad PUT is answered 400 with the reason and changes nothing") {
  struct row {
    std::string body;
    const char* why;
  };
  const std::string integer = "replicas must be an integer from 1 to 1000, it is ";
  const row rows[] = {
      {"", "the body is not JSON, at byte 0"},
      {"{", "the body is not JSON"},
      {R"({"replicas":12)", "the body is not JSON"},
      {R"({"replicas":12}})", "the body is not JSON"},
      {R"({"replicas":12} x)", "the body is not JSON"},
      {R"({"replicas":12,})", "the body is not JSON"},
      {R"({'replicas':12})", "the body is not JSON"},
      {R"({"replicas":012})", "it is 0"},
      {R"({"replicas":+12})", "the body is not JSON"},
      {R"({"replicas":NaN})", "the body is not JSON"},
      {R"({"replicas":1e999})", "the body is not JSON"},
      {std::string("{\"replicas\":12}\0x", 17), "zero byte"},
      {"{\"\xff\":1}", "the body is not JSON"},
      {"12", "the body must be a JSON object"},
      {"null", "the body must be a JSON object"},
      {R"("12")", "the body must be a JSON object"},
      {R"([{"replicas":12}])", "the body must be a JSON object"},
      {"{}", "replicas is missing"},
      {R"({"replica":12})", "the only key is replicas"},
      {R"({"replicas":12,"x":1})", "the only key is replicas"},
      {R"({"replicas":12,"replicas":13})", "replicas is given twice"},
      {R"({"replicas":0})", "it is 0"},
      {R"({"replicas":-1})", "it is -1"},
      {R"({"replicas":1001})", "it is 1001"},
      {R"({"replicas":4294967297})", "it is 4294967297"},
      {R"({"replicas":18446744073709551615})", "it is 18446744073709551615"},
      {R"({"replicas":-9223372036854775808})", "it is -9223372036854775808"},
      {R"({"replicas":12.0})", "it is not an integer"},
      {R"({"replicas":1e1})", "it is not an integer"},
      {R"({"replicas":"12"})", "it is a string"},
      {R"({"replicas":true})", "it is a boolean"},
      {R"({"replicas":null})", "it is null"},
      {R"({"replicas":[12]})", "it is an array"},
      {R"({"replicas":{"replicas":12}})", "it is an object"},
      {std::string(60'000, '['), "the body must be a JSON object"},
      {R"({"replicas":)" + std::string(60'000, '['), "it is an array"},
      {R"({"replicas":)" + std::string(60'000, '9') + "}", "the body is not JSON"},
  };
  app_service s{steady(8), nullptr};
  for (const auto& r : rows) {
    INFO(r.body.substr(0, 60));
    const auto answer = put(s, 1s, r.body);
    CHECK(answer.status == 400);
    CHECK(answer.content_type == "application/problem+json");
    CHECK_THAT(answer.body, StartsWith(R"({"type":"about:blank","title":"Bad Request",)"
                                       R"("status":400,"detail":")"));
    CHECK_THAT(answer.body, ContainsSubstring(r.why));
  }
  CHECK(get(s, 2s).body == R"({"cpu":{"highPriority":0.8},"replicas":10})");
}

TEST_CASE("a wrong method is answered 405 with those allowed, a wrong path 404") {
  app_service s{steady(8), nullptr};
  for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "get"}) {
    const auto r = s.handle(request(method, "/app/status"), 1s).response;
    CHECK(r.status == 405);
    REQUIRE(allow(r));
    CHECK(*allow(r) == "GET, HEAD");
  }
  for (const auto* method : {"GET", "HEAD", "POST", "PATCH"}) {
    const auto r = s.handle(request(method, "/app/replicas"), 1s).response;
    CHECK(r.status == 405);
    REQUIRE(allow(r));
    CHECK(*allow(r) == "PUT");
  }
  for (const auto* path :
       {"/", "", "/app", "/app/", "/app/status/", "/app/Status", "/status",
        "/apps/0/app/status", "//app/status", "/app/status2"}) {
    INFO(path);
    CHECK(get(s, 1s, path).status == 404);
  }
  CHECK(s.handle(request("HEAD", "/app/status"), 1s).response.status == 200);
}

TEST_CASE("a query changes nothing") {
  app_service s{steady(8), nullptr};
  auto r = request("GET", "/app/status");
  r.query = "x=1&path=/app/replicas";
  CHECK(s.handle(r, 1s).response.status == 200);
}

TEST_CASE("many applications are served under their numbers and differ") {
  app_service_settings settings;
  settings.count = 12;
  app_service s{settings, nullptr};
  CHECK(s.size() == 12);
  for (const auto* path :
       {"/app/status", "/apps/12/app/status", "/apps/-1/app/status",
        "/apps/01/app/status", "/apps//app/status", "/apps/1app/status", "/apps/1/app",
        "/apps/99999999999999999999/app/status", "/apps/1", "/apps/+1/app/status",
        "/apps/1/apps/1/app/status"}) {
    INFO(path);
    CHECK(get(s, 1s, path).status == 404);
  }
  std::map<std::string, int> documents;
  for (int i = 0; i < 12; ++i)
    ++documents[get(s, 1s, "/apps/" + std::to_string(i) + "/app/status").body];
  CHECK(documents.size() > 6);
  CHECK(put(s, 2s, R"({"replicas":99})", "/apps/11/app/replicas").status == 204);
  CHECK_THAT(get(s, 3s, "/apps/11/app/status").body,
             ContainsSubstring(R"("replicas":99)"));
  CHECK_THAT(get(s, 3s, "/apps/10/app/status").body,
             ContainsSubstring(R"("replicas":10)"));
}

TEST_CASE(
    "faults come in turn: status errors at once, the rest beside the right answer") {
  auto settings = steady(8);
  settings.error_rate = 1;
  app_service s{settings, nullptr};
  const auto next = [&] { return s.handle(request("GET", "/app/status"), 1s); };
  auto r = next();
  CHECK(r.fault.kind == fault_kind::status_500);
  CHECK(r.response.status == 500);
  r = next();
  CHECK(r.fault.kind == fault_kind::status_503);
  CHECK(r.response.status == 503);
  CHECK(r.response.content_type == "application/problem+json");
  CHECK(next().fault.kind == fault_kind::reset);
  r = next();
  CHECK(r.fault.kind == fault_kind::stall);
  CHECK(r.fault.stall >= 3s);
  CHECK(r.response.body == R"({"cpu":{"highPriority":0.8},"replicas":10})");
  r = next();
  CHECK(r.fault.kind == fault_kind::half_body);
  CHECK(r.response.status == 200);
  CHECK(next().fault.kind == fault_kind::status_500);
  CHECK(s.handle(request("GET", "/elsewhere"), 1s).fault.kind == fault_kind::none);
}

TEST_CASE("a PUT is done when its answer stalls or is cut, and not when it is refused") {
  auto settings = steady(8);
  settings.error_rate = 1;
  std::vector<int> counts;
  app_service s{settings, [&](std::size_t, const simulation::replica_change& c, double) {
                  counts.push_back(c.to);
                }};
  for (int n = 11; n <= 15; ++n) {
    const auto r = s.handle(
        request("PUT", "/app/replicas", fmt::format(R"({{"replicas":{}}})", n)), 1s);
    if (r.fault.kind == fault_kind::half_body) {
      CHECK(r.response.status == 200);  // a 204 has no body to cut
      CHECK(r.response.body == R"({"replicas":15})");
    }
  }
  CHECK(counts == std::vector<int>{14, 15});
}

TEST_CASE("the service repeats with its seed") {
  app_service_settings settings;
  settings.error_rate = 0.1;
  app_service a{settings, nullptr}, b{settings, nullptr};
  settings.world.seed = 2;
  app_service other{settings, nullptr};
  bool differs = false;
  for (auto t = microseconds{0}; t < 10min; t += 5s) {
    const auto r = a.handle(request("GET", "/app/status"), t);
    const auto same = b.handle(request("GET", "/app/status"), t);
    CHECK(r.response.body == same.response.body);
    CHECK(r.fault == same.fault);
    differs |=
        r.response.body != other.handle(request("GET", "/app/status"), t).response.body;
  }
  CHECK(differs);
}
