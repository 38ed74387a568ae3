#include "spec/status_json.hpp"

#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace scaleit;
using namespace scaleit::spec;

namespace {

using answer = std::variant<observation, failure>;

answer read(std::string body, const target_spec& spec = test::app_spec()) {
  return status_reader{spec}.read(body);
}

failure failed(std::string body) { return std::get<failure>(read(std::move(body))); }
observation good(std::string body) {
  return std::get<observation>(read(std::move(body)));
}

}  // namespace

TEST_CASE("a status body is read by the spec's pointers") {
  const auto o = good(R"({"cpu":{"highPriority":0.68},"replicas":10})");
  CHECK(o.replicas == 10);
  REQUIRE(o.metrics.size() == 1);
  CHECK(o.metrics[0] == metric_sample{"cpu", 0.68});
  CHECK(o.missing.empty());
}

TEST_CASE("what else a body holds does not matter") {
  const auto o = good(
      "\xEF\xBB\xBF  "
      "{\"a\":[1,{\"replicas\":3}],\"cpu\":{\"low\":1,\"highPriority\":1.5e0,"
      "\"x\":{\"highPriority\":9}},\"b\":1e30,\"replicas\":7.0,\"n\":null}\n");
  CHECK(o.replicas == 7);
  CHECK(o.metrics.at(0).value == 1.5);
}

TEST_CASE("of a repeated key the last counts") {
  CHECK(good(R"({"replicas":1,"replicas":2,"cpu":{"highPriority":1}})").replicas == 2);
}

TEST_CASE(
    "an impossible replica count is a schema failure that names pointer, value and "
    "range") {
  for (const auto* value :
       {R"("10")", "-1", "1.5", "null", "true", "{}", "[]", "1e99", "1000001"}) {
    CAPTURE(value);
    const auto f =
        failed(std::string{R"({"cpu":{"highPriority":0.5},"replicas":)"} + value + "}");
    CHECK(f.kind == failure_kind::schema);
    CHECK_THAT(f.detail, StartsWith("/replicas is "));
    CHECK_THAT(f.detail, ContainsSubstring("accepted: a whole number from 0 to 1000000"));
  }
  CHECK(failed(R"({"cpu":{"highPriority":0.5}})").detail ==
        "/replicas is absent; accepted: a whole number from 0 to 1000000");
  CHECK(failed(R"({"replicas":"ten"})").detail ==
        R"(/replicas is "ten", a string; accepted: a whole number from 0 to 1000000)");
}

TEST_CASE("zero replicas are a count") {
  CHECK(good(R"({"cpu":{"highPriority":0},"replicas":0})").replicas == 0);
}

TEST_CASE("a metric may be a string that holds a number") {
  CHECK(good(R"({"cpu":{"highPriority":"0.68"},"replicas":1})").metrics.at(0).value ==
        0.68);
}

TEST_CASE("a metric that is no finite number is missing, never zero") {
  for (const auto* value : {"null", "\"\"", "\"NaN\"", "\"inf\"", "\"0.5x\"", "true",
                            "{}", "[0.5]", "\"1e999\"", "-0.5"}) {
    CAPTURE(value);
    const auto o =
        good(std::string{R"({"replicas":3,"cpu":{"highPriority":)"} + value + "}}");
    CHECK(o.metrics.empty());
    REQUIRE(o.missing.size() == 1);
    CHECK(o.missing[0].name == "cpu");
    CHECK_THAT(o.missing[0].why, StartsWith("/cpu/highPriority is "));
  }
  CHECK(good(R"({"replicas":3})").missing.size() == 1);
  CHECK(good(R"({"replicas":3,"cpu":[]})").missing.size() == 1);
}

TEST_CASE("what is not JSON is a json failure") {
  for (const std::string body :
       {"", " ", "NaN", "{", R"({"replicas":)", R"({"replicas":10}})", "<html>",
        R"({'replicas':10})", R"({"replicas":10,"cpu":{"highPriority":NaN}})",
        "{\"replicas\":10,\"caf\xE9\":1}", "{\"replicas\":10,\"\xC0\x80\":1}",
        R"({"replicas":01})"}) {
    CAPTURE(body);
    CHECK(failed(body).kind == failure_kind::json);
    CHECK(failed(body).detail.size() <= bounds::detail_bytes_max);
  }
  CHECK_THAT(failed(R"({"replicas":10,"cpu":{"highPriority":1e999}})").detail,
             ContainsSubstring("Number too big"));
  CHECK(failed(std::string{"{\"replicas\":1}\0{}", 17}).kind == failure_kind::json);
}

TEST_CASE("depth is bounded, and hostile depth does not touch the stack") {
  const auto nested = [](std::size_t n) {
    return R"({"cpu":{"highPriority":1},"replicas":1,"x":)" + std::string(n, '[') +
           std::string(n, ']') + "}";
  };
  CHECK(std::holds_alternative<observation>(read(nested(bounds::json_depth_max - 1))));
  CHECK(failed(nested(bounds::json_depth_max)).detail == "nested deeper than 64 levels");
  CHECK(failed(nested(1'000'000)).kind == failure_kind::json);
  CHECK(failed(std::string(1'000'000, '[')).kind == failure_kind::json);
}

TEST_CASE("pointers reach into arrays and escaped names") {
  auto spec = test::app_spec();
  spec.status.replicas = "/a~1b/m~0n";
  spec.metrics = {{"first", "/list/0/1", metric_type::value, 1},
                  {"second", "/list/1", metric_type::average_value, 1}};
  const auto o =
      std::get<observation>(read(R"({"a/b":{"m~n":4},"list":[[9,"2.5"],30]})", spec));
  CHECK(o.replicas == 4);
  CHECK(o.find("first")->value == 2.5);
  CHECK(o.find("second")->value == 30);
}

TEST_CASE("ready and the sample's own time are read where the spec points") {
  auto spec = test::app_spec();
  spec.status.ready = "/ready";
  spec.status.observed_at = "/time";
  const auto body = [](const std::string& time) {
    return R"({"cpu":{"highPriority":1},"replicas":3,"ready":2,"time":)" + time + "}";
  };
  const auto o =
      std::get<observation>(read(body(R"("2026-01-31T10:30:00.5+01:00")"), spec));
  CHECK(o.ready == 2);
  CHECK(to_rfc3339(*o.observed_at) == "2026-01-31T09:30:00.500000Z");
  CHECK(std::get<observation>(read(body("1769851800.5"), spec)).observed_at ==
        o.observed_at);
  CHECK(std::get<failure>(read(body("\"noon\""), spec)).kind == failure_kind::schema);
  CHECK(std::get<failure>(read(R"({"replicas":3,"ready":"x","time":0})", spec)).kind ==
        failure_kind::schema);
}

TEST_CASE("the same pointer may serve twice") {
  auto spec = test::app_spec();
  spec.metrics = {{"a", "/x", metric_type::value, 1}, {"b", "/x", metric_type::value, 2}};
  const auto o = std::get<observation>(read(R"({"replicas":1,"x":5})", spec));
  CHECK(o.find("a")->value == 5);
  CHECK(o.find("b")->value == 5);
}

TEST_CASE("a pointer that is none is refused when the spec enters") {
  auto spec = test::app_spec();
  spec.metrics[0].value = "cpu";
  CHECK_THROWS_AS(status_reader{spec}, std::invalid_argument);
  spec.metrics[0].value = "/a~2";
  CHECK_THROWS_AS(status_reader{spec}, std::invalid_argument);
}
