#include "spec/status_json.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <utility>

using namespace scaleit;
using namespace scaleit::spec;

namespace {

const metric_spec queue{"queue", "/data/result/0/value/1", metric_type::average_value, 30,
                        "http://prometheus:9090/api/v1/query?query=q"};

http_response answered(int status, std::string body) {
  http_response r;
  r.status = status;
  r.body = std::move(body);
  return r;
}

metric_reading read(http_response r) {
  const std::array metrics{&queue};
  return metric_reader{metrics}.read(r);
}

/// What Prometheus answers to an instant query that finds one series.
std::string vector_of(const std::string& value) {
  return R"({"status":"success","data":{"resultType":"vector","result":[)"
         R"({"metric":{"job":"shop"},"value":[1769851800.123,)" +
         value + "]}]}}";
}

}  // namespace

TEST_CASE("a metric from elsewhere is read by its pointer") {
  const auto seen = read(answered(200, vector_of("\"42.5\"")));
  CHECK(seen.found == std::vector<metric_sample>{{"queue", 42.5}});
  CHECK(seen.missing.empty());
  CHECK(read(answered(203, vector_of("7"))).found.at(0).value == 7);
  CHECK(read(answered(200, vector_of("\"0\""))).found.at(0).value == 0);
}

TEST_CASE("a metric that is not there is missing, never zero, and the request is good") {
  struct row {
    std::string body;
    std::string why;
  };
  const row rows[] = {
      {R"({"status":"success","data":{"resultType":"vector","result":[]}})",
       "/data/result/0/value/1 is absent"},
      {R"({"status":"error","errorType":"bad_data","error":"parse error"})",
       "bad_data: parse error"},
      {R"({"status":"success","data":{"resultType":"scalar","result":[1,"3"]}})",
       "/data/result/0/value/1 is absent"},
      {vector_of("\"NaN\""), "is \"NaN\", a string; accepted: a finite number"},
      {vector_of("\"+Inf\""), "is \"+Inf\", a string"},
      {vector_of("\"-Inf\""), "is \"-Inf\", a string"},
      {vector_of("\"inf\""), "is \"inf\", a string"},
      {vector_of("\"\""), "a string"},
      {vector_of("\" 1\""), "a string"},
      {vector_of("\"-1\""), "is \"-1\", a string; accepted: a finite number, at least 0"},
      {vector_of("null"), "is null"},
      {vector_of("[1]"), "is an array"},
      {vector_of("true"), "is true, a boolean"},
      {"[]", "is absent"},
      {"3", "is absent"},
  };
  for (const auto& r : rows) {
    INFO(r.body);
    const auto seen = read(answered(200, r.body));
    CHECK(seen.found.empty());
    REQUIRE(seen.missing.size() == 1);
    CHECK(seen.missing[0].name == "queue");
    CHECK_THAT(seen.missing[0].why, ContainsSubstring(r.why));
    CHECK_FALSE(seen.missing[0].failed);
  }
}

TEST_CASE("a request that failed says how, for each of its metrics") {
  const metric_spec other{"other", "/x"};
  const std::array metrics{&queue, &other};
  const metric_reader reader{metrics};
  const auto check = [&](http_response r, failure_kind kind, const std::string& why) {
    const auto seen = reader.read(r);
    CHECK(seen.found.empty());
    CHECK(seen.missing ==
          std::vector<missing_metric>{{"queue", why, kind}, {"other", why, kind}});
  };
  check(answered(503, "busy"), failure_kind::http, "http: answered 503: busy");
  check(answered(302, ""), failure_kind::http, "http: answered 302");
  check(answered(200, "<xml>"), failure_kind::json,
        "json: not JSON: Invalid value at byte 0: '<xml>'");
  check(answered(204, ""), failure_kind::json,
        "json: not JSON: The document is empty: it ends at byte 0");
  http_response late;
  late.error = failure{failure_kind::timeout, "no answer within 2s"};
  check(std::move(late), failure_kind::timeout, "timeout: no answer within 2s");
}

TEST_CASE("several metrics of one answer are told apart") {
  const metric_spec a{"a", "/a"}, b{"b", "/b"}, again{"again", "/a"};
  const std::array metrics{&a, &b, &again};
  auto r = answered(200, R"({"a":1,"b":"two"})");
  const auto seen = metric_reader{metrics}.read(r);
  CHECK(seen.found == std::vector<metric_sample>{{"a", 1}, {"again", 1}});
  REQUIRE(seen.missing.size() == 1);
  CHECK(seen.missing[0].name == "b");
}

TEST_CASE("a status is read without the metrics that are elsewhere") {
  target_spec spec;
  spec.metrics = {{"cpu", "/cpu"}, queue};
  std::string body = R"({"replicas":3,"cpu":1,"data":{"result":[{"value":[0,"9"]}]}})";
  const auto seen = std::get<observation>(status_reader{spec}.read(body));
  CHECK(seen.metrics == std::vector<metric_sample>{{"cpu", 1}});
  CHECK(seen.missing.empty());
}

TEST_CASE("metrics share a request when URL, headers and timeout are the same") {
  metric_spec other = queue;
  other.name = "other";
  other.value = "/elsewhere";
  other.target = 1;
  CHECK(same_source(queue, other));
  other.timeout += milliseconds{1};
  CHECK_FALSE(same_source(queue, other));
  other = queue;
  other.headers = {{"Authorization", "Bearer x"}};
  CHECK_FALSE(same_source(queue, other));
}

// -- format: prometheus ---------------------------------------------------

namespace {

metric_reading read_query(http_response r) {
  auto m = queue;
  m.format = metric_format::prometheus;
  const std::array metrics{&std::as_const(m)};
  return metric_reader{metrics}.read(r);
}

std::string result(const std::string& type, const std::string& values,
                   const std::string& rest = "") {
  return R"({"status":"success",)" + rest + R"("data":{"resultType":")" + type +
         R"(","result":)" + values + "}}";
}

}  // namespace

TEST_CASE("of Prometheus one series is read, or a scalar") {
  CHECK(read_query(answered(200, vector_of("\"42.5\""))).found ==
        std::vector<metric_sample>{{"queue", 42.5}});
  CHECK(read_query(answered(200, result("scalar", R"([1769851800,"3"])"))).found ==
        std::vector<metric_sample>{{"queue", 3}});
}

TEST_CASE("of Prometheus anything but one number is missing, with the reason") {
  const std::string series = R"({"metric":{},"value":[1,"9"]})";
  struct row {
    std::string body, why;
  };
  const row rows[] = {
      {result("vector", "[" + series + "," + series + "]"),
       "/data/result holds 2 series; use sum() or the like to make it one"},
      {result("vector", "[]"), "/data/result is empty: the query finds no series"},
      {result("matrix", R"([{"metric":{},"values":[[1,"9"]]}])"),
       "/data/result is a range of values (matrix); ask /api/v1/query for one"},
      {result("string", R"([1,"9"])"),
       "/data/result is a text (string); accepted: one series, or a scalar"},
      {result("scalar", R"([1,"NaN"])"),
       "/data/result/1 is \"NaN\", a string; accepted: a finite number, at least 0"},
      {vector_of("\"NaN\""),
       "/data/result/0/value/1 is \"NaN\", a string; accepted: a "
       "finite number, at least 0"},
      {R"({"status":"error","errorType":"execution","error":"found duplicate series"})",
       "execution: found duplicate series"},
      {R"({"status":"error","error":"busy","data":{"resultType":"vector","result":[)" +
           series + "]}}",
       "error: busy"},
      {R"({"error":"database down"})",
       "/data/result/0/value/1 is absent; it says: database down"},
      {"{}", "/data/result/0/value/1 is absent; accepted: a finite number, at least 0"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.body);
    const auto seen = read_query(answered(200, r.body));
    CHECK(seen.found.empty());
    REQUIRE(seen.missing.size() == 1);
    CHECK(seen.missing[0].why == r.why);
    CHECK_FALSE(seen.missing[0].failed);
  }
}

TEST_CASE("an answer that says why it is an error is told with it") {
  const auto seen = read_query(answered(
      422,
      R"({"status":"error","errorType":"execution","error":"found duplicate series"})"));
  REQUIRE(seen.missing.size() == 1);
  CHECK(seen.missing[0].why == "http: answered 422: execution: found duplicate series");
  CHECK(seen.missing[0].failed == failure_kind::http);
}

TEST_CASE("partial data is read, and marked") {
  const std::string series = R"([{"metric":{},"value":[1,"9"]}])";
  const auto partial = [&](const std::string& rest) {
    const auto seen = read_query(answered(200, result("vector", series, rest)));
    REQUIRE(seen.found.size() == 1);
    CHECK(seen.found[0].value == 9);
    return seen.found[0].partial;
  };
  CHECK(partial(R"("warnings":["partial response: no store for 3 of 5"],)"));
  CHECK(partial(R"("isPartial":true,)"));
  CHECK_FALSE(partial(R"("warnings":[],)"));
  CHECK_FALSE(partial(R"("isPartial":false,"infos":["a gauge?"],)"));
  CHECK_FALSE(read(answered(200, result("vector", series, R"("isPartial":true,)")))
                  .found.at(0)
                  .partial);
}
