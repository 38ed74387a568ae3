// What is written of a spec reads back as the same spec.
#include "spec/spec_writer.hpp"

#include "spec/config_reader.hpp"
#include "spec/document_yaml.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/random_spec.hpp"

using namespace scaleit;
using namespace scaleit::spec;

TEST_CASE("what is written of a spec reads back as the same spec") {
  test::dice d{20261123};
  for (int i = 0; i < 500; ++i) {
    const auto spec = test::any_spec(d);
    std::string json;
    append_json(json, spec);
    CAPTURE(json);
    problem_list problems;
    const auto back = read_spec(parse_document(json), {}, problems);
    for (const auto& p : problems.all())
      if (!p.warning) FAIL(to_string(p, "json"));
    REQUIRE(back == spec);
    const auto written = to_document(spec);
    const auto yaml = pretty_yaml(*written);
    CAPTURE(yaml);
    REQUIRE(same_content(*parse_document(yaml), *written));
  }
}

TEST_CASE("a spec that says little is written short") {
  target_spec s;
  s.name = "a";
  s.status.url = "http://h/app/status";
  s.scale.url = "http://h/app/replicas";
  s.metrics = {{"cpu", "/cpu", metric_type::value, 0.8}};
  s.guard.emplace();
  s.shadow = {s};
  s.shadow[0].max_replicas = 9;
  s.shadow[0].guard.reset();
  std::string json;
  append_json(json, s);
  CHECK(
      json ==
      R"({"name":"a","interval":"5s","status":{"url":"http://h/app/status",)"
      R"("timeout":"2s","replicas":"/replicas"},"metrics":[{"name":"cpu","value":"/cpu",)"
      R"("type":"Value","target":0.8}],"scale":{"url":"http://h/app/replicas",)"
      R"("method":"PUT","contentType":"application/json",)"
      R"("body":"{\"replicas\":${replicas}}","timeout":"2s"},"minReplicas":1,)"
      R"("maxReplicas":100,"tolerance":0.1,"guard":{"dropPercent":50,"within":"1m",)"
      R"("hold":"10m"},"shadow":{"maxReplicas":9,"guard":null}})");
}

TEST_CASE("a status that is reported is written as that, without what is asked") {
  target_spec s;
  s.name = "a";
  s.status.push = true;
  s.scale.url = "http://h/r";
  s.metrics = {{"cpu", "/cpu", metric_type::value, 0.8}};
  std::string json;
  append_json(json, s);
  CHECK_THAT(json, ContainsSubstring(R"("status":{"replicas":"/replicas","push":true})"));
  problem_list problems;
  CHECK(read_spec(parse_document(json), {}, problems) == s);
  CHECK(problems.all().empty());
}
