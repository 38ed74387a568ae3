#include "spec/status_json.hpp"

#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

using namespace scaleit;
using namespace scaleit::spec;

namespace {

using status_or_failure = std::variant<observation, failure>;

status_or_failure read(std::string body, const target_spec& spec = test::app_spec()) {
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

TEST_CASE("an error that comes as a success is told in place of what is absent") {
  const auto [body, why] = GENERATE(values<std::pair<const char*, const char*>>({
      {R"({"status":"error","error":"bad things"})", "bad things"},
      {R"({"error":"database\ndown","code":7})", "database down"},
      {R"({"error":{"code":7,"message":"database down"}})", "database down"},
      {R"({"errors":["one","two"]})", "one"},
      {R"({"errors":[{"detail":"one"}]})", "one"},
      {R"({"message":"not ready"})", "not ready"},
      {R"({"title":"x","detail":"not ready"})", "not ready"},
      {R"({"replicas":null,"error":"database down"})", "database down"},
      {R"("down for maintenance")", "down for maintenance"},
      {R"({"error":"a\u200bb"})", "a<U+200B>b"},
  }));
  CAPTURE(body);
  const auto f = failed(body);
  CHECK(f.kind == failure_kind::schema);
  CHECK_THAT(f.detail, StartsWith("/replicas is "));
  CHECK(f.detail.ends_with("; it says: " + std::string{why}));
}

TEST_CASE("what an application says of an error is bounded, and repeats no secret") {
  const auto long_one = failed(R"({"error":")" + std::string(10'000, 'x') + "\"}");
  CHECK(long_one.detail.size() < 200);
  std::string echo = R"({"error":"bad token s3cret-t0ken"})";
  const std::vector<header> sent{{"Authorization", "Bearer s3cret-t0ken"}};
  const auto read = status_reader{test::app_spec()}.read(echo, sent);
  CHECK(std::get<failure>(read).detail == "/replicas is absent; it says: bad token ***");
}

TEST_CASE("an error beside the count is told of a metric that is absent") {
  const auto o = good(R"({"replicas":3,"error":"no samples yet"})");
  REQUIRE(o.missing.size() == 1);
  CHECK(o.missing[0].why == "/cpu/highPriority is absent; it says: no samples yet");
  const auto whole = good(R"({"replicas":3,"cpu":{"highPriority":1},"error":"x"})");
  CHECK(whole.missing.empty());
  CHECK(failed(R"({"replicas":"many","error":"x"})").detail ==
        R"(/replicas is "many", a string; accepted: a whole number from 0 to 1000000)");
  CHECK_THAT(failed(R"({"error":""})").detail, ContainsSubstring("accepted: "));
}

TEST_CASE(
    "an impossible replica count is a schema failure that names pointer, value and "
    "range") {
  for (const auto* value : {R"("ten")", R"("1.5")", R"("")", "NaN", "Infinity", "-1",
                            "1.5", "null", "true", "{}", "[]", "1e99", "1000001"}) {
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
                            "{}", "[0.5]", "\"1e999\"", "-0.5", "NaN", "Infinity",
                            "-Infinity", "1e400", "-2e-9", "\"\xFF\"", "\"\\ud800\""}) {
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
  for (const std::string body : {"",
                                 " ",
                                 "{",
                                 R"({"replicas":)",
                                 R"({"replicas":10}})",
                                 "<html>",
                                 R"({'replicas':10})",
                                 R"({"replicas":10,})",
                                 R"({"replicas":10,,"a":1})",
                                 R"({"replicas" 10})",
                                 R"({"replicas":10 "a":1})",
                                 R"({"a":[1 2],"replicas":10})",
                                 R"({"a":[1,],"replicas":10})",
                                 R"({"a":nan1,"replicas":10})",
                                 R"({"a":None})",
                                 R"({"a":.5})",
                                 R"({"a":5.})",
                                 R"({"a":+1})",
                                 R"({"a":1e})",
                                 R"({"a":"b)",
                                 R"({"a":"b\)",
                                 R"([1}])",
                                 R"({"replicas":01})"}) {
    CAPTURE(body);
    CHECK(failed(body).kind == failure_kind::json);
    CHECK(failed(body).detail.size() <= bounds::detail_bytes_max);
  }
}

TEST_CASE("a body that is not JSON is told with the place and the text there") {
  CHECK(failed(R"({"latency":NaX,"replicas":10})").detail ==
        "not JSON: Invalid value at byte 11: 'NaX'");
  CHECK(failed("<html>Sign in</html>").detail ==
        "not JSON: Invalid value at byte 0: '<html>Sign'");
  CHECK(failed(R"({"replicas":10)").detail ==
        "not JSON: Missing a comma or } after an object member: it ends at byte 14");
  CHECK(failed(R"({"replicas":10 "a":1})").detail ==
        "not JSON: Missing a comma or } after an object member at byte 15: '\"a'");
  CHECK(failed("").detail == "not JSON: The document is empty: it ends at byte 0");
  CHECK(failed(std::string{"{\"a\"\0}", 6}).detail ==
        "not JSON: Missing a colon after a name of object member at byte 4: a NUL byte");
  CHECK(failed(std::string{"\x1F\x8B\x08\0\0", 5}).detail ==
        "not JSON, but compressed (gzip)");
  CHECK(failed(std::string{"{\0\"\0r\0", 6}).detail == "not JSON, but in UTF-16");
}

TEST_CASE("what no pointer names may be odd in any way that leaves the brackets right") {
  for (const std::string odd :
       {"NaN", "Infinity", "-Infinity", "nan", "-inf", "1e400", "-1e400", "1e-400",
        "\"caf\xE9\"", "\"\xC0\x80\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u12\"",
        "\"\\x\"", "\"a\nb\"", "[NaN,[Infinity,{\"a\":1e999}]]",
        "{\"\xFF\":{\"\\ud800\":0}}", "{\"a\":1,\"a\":2}"}) {
    CAPTURE(odd);
    for (const auto& body :
         {R"({"x":)" + odd + R"(,"cpu":{"highPriority":1.6},"replicas":10})",
          R"({"cpu":{"highPriority":1.6,"x":)" + odd + R"(},"replicas":10})",
          R"({"cpu":{"highPriority":1.6},"replicas":10,"x":)" + odd + "}"}) {
      const auto o = good(body);
      CHECK(o.replicas == 10);
      CHECK(o.metrics.at(0).value == 1.6);
    }
  }
  CHECK(
      good(std::string{"{\"x\":\"\0\",\"cpu\":{\"highPriority\":1},\"replicas\":1}", 47})
          .replicas == 1);
}

TEST_CASE("depth costs nothing where no pointer leads") {
  const auto nested = [](std::size_t n, const std::string& open,
                         const std::string& close) {
    std::string body = R"({"cpu":{"highPriority":1},"replicas":1,"x":)";
    for (std::size_t i = 0; i < n; ++i) body += open;
    body += "1";
    for (std::size_t i = 0; i < n; ++i) body += close;
    return body + "}";
  };
  CHECK(good(nested(70, "[", "]")).replicas == 1);
  CHECK(good(nested(70, "{\"a\":", "}")).replicas == 1);
  CHECK(good(nested(400'000, "[", "]")).replicas == 1);
  CHECK(failed(std::string(1'000'000, '[')).kind == failure_kind::json);
}

TEST_CASE("a key is compared by what its escapes mean") {
  auto spec = test::app_spec();
  spec.status.replicas = "/r\xC3\xA9plicas \xF0\x9F\x98\x80\"";
  spec.metrics[0].value = "/a\nb";
  const auto o = std::get<observation>(
      read(R"({"r\u00e9plicas \uD83D\ude00\"":4,"a\nb":"\u0032"})", spec));
  CHECK(o.replicas == 4);
  CHECK(o.metrics.at(0).value == 2);
}

TEST_CASE("a count may be a string that holds one, as protobuf writes whole numbers") {
  CHECK(good(R"({"replicas":"10","cpu":{"highPriority":1}})").replicas == 10);
}

TEST_CASE("what arithmetic leaves just below 0, or far too small, is 0") {
  for (const auto* value : {"-1e-17", "\"-1e-10\"", "-0.0", "1e-400", "-1e-400", "0"}) {
    CAPTURE(value);
    const auto o =
        good(std::string{R"({"replicas":3,"cpu":{"highPriority":)"} + value + "}}");
    REQUIRE(o.metrics.size() == 1);
    CHECK(o.metrics[0].value == 0);
    CHECK_FALSE(std::signbit(o.metrics[0].value));
  }
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
