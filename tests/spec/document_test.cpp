// Texts that are documents, texts that are not, and texts that were made to hurt.
#include "spec/document.hpp"

#include "messages/bounds.hpp"
#include "spec/config_reader.hpp"
#include "tests/support/catch.hpp"

#include <fmt/format.h>

#include <random>

using Catch::Matchers::EndsWith;
using namespace scaleit;
using namespace scaleit::spec;

namespace {

std::string json_of(std::string_view text) {
  std::string out;
  append_json(out, *parse_document(text));
  return out;
}

/// `line:column: sentence`, or empty.
std::string error_of(std::string_view text) {
  try {
    parse_document(text);
    return {};
  } catch (const document_error& e) {
    return fmt::format("{}:{}: {}", e.at.line, e.at.column, e.what());
  }
}

std::string times(std::size_t n, std::string_view what) {
  std::string out;
  while (n-- > 0) out += what;
  return out;
}

/// With every construct that the reader knows.
const std::string big = R"(listen: {metrics: "127.0.0.1:0", api: '[::1]:0'}
record: {dir: /r, segmentSize: 64MiB, keep: 1000}
defaults: &base
  interval: 5s
  behavior: {scaleUp: {tolerance: 50m, policies: [{type: Pods, value: 4, periodSeconds: 15}]}}
targets:
- name: a   # a comment
  app: http://h
  metrics: &metrics
  - {name: cpu, value: /cpu/highPriority, target: 0.8}
  - {name: queue, url: "http://p/q?x=\u0065", value: /1, type: AverageValue, target: 3e1}
  schedules: [{cron: "0 8 * * 1-5", timezone: Europe/Berlin, duration: 10h, minReplicas: 1}]
  minReplicas: 0
  zero: {activation: {queue: 0x10}}
  shadow: {tolerance: 0.2, guard: ~, metrics: *metrics}
- name: b
  status: {url: "http://h/s", headers: {A: "Bearer ${T}", B: "\u00e4"}}
  scale: {url: "http://h/r", body: '{"n": ${replicas}}'}
  metrics: *metrics
  fallback:
    replicas: 3
    behavior: >-
      static
)";

}  // namespace

TEST_CASE("plain scalars are what YAML's core schema says") {
  CHECK(json_of("[1, -2.5, 0x1F, 0o17, 1e3, .5, +7, 1000000, .inf]") ==
        "[1,-2.5,31,15,1000,0.5,7,1000000,null]");
  CHECK(json_of("[no, on, y, 1_000, 1:30, 12e, nan, inf, +, -, ., 0x, !!str 5]") ==
        R"(["no","on","y","1_000","1:30","12e","nan","inf","+","-",".","0x","5"])");
  CHECK(json_of("[true, FALSE, ~, null, '', \"5\", -2.5]") ==
        R"([true,false,null,null,"","5",-2.5])");
  CHECK(parse_yaml_number("0x1F") == 31);
  CHECK(parse_yaml_number("0o17") == 15);
  CHECK(parse_yaml_number("-.5e1") == -5);
  CHECK(parse_yaml_number("-.inf") < 0);
  CHECK(parse_yaml_number("1e999") > 1e308);
  CHECK_FALSE(parse_yaml_number("-"));
  CHECK_FALSE(parse_yaml_number("--1"));
}

TEST_CASE("JSON may have tabs, escapes and pairs of surrogates") {
  CHECK(json_of("{\n\t\"a\\/b\": \"\\uD83D\\uDE00\",\n\t\"c\": [1.50, 1e3]\n}") ==
        "{\"a/b\":\"\xF0\x9F\x98\x80\",\"c\":[1.5,1000]}");
  CHECK(json_of("\xEF\xBB\xBF{\"a\":1}") == R"({"a":1})");
  CHECK(json_of("{a: [b, c]}") == R"({"a":["b","c"]})");
}

TEST_CASE("what is no document is told with its place") {
  CHECK(error_of("{\"a\": 1,\n  \"a\": 2}") == "2:3: key 'a' stands here twice");
  CHECK(error_of("a: 1\nb: 2\na: 3\n") == "3:1: key 'a' stands here twice");
  CHECK(error_of("{\"a\": 1,,}") == "1:9: not JSON: Missing a name for object member.");
  CHECK(error_of("{\"a\": \"\\uD83D\"}") ==
        "1:8: not JSON: The surrogate pair in string is invalid.");
  CHECK(error_of("a:\n\tb: 1\n") ==
        "2:3: not YAML: illegal map value; a tab "
        "indents here; accepted: spaces");
  CHECK(error_of("a: 1\n--- \nb: 1\n") ==
        "3:1: a second document begins here; accepted: one");
  CHECK(error_of("a: \xC3\x28\n") == "1:4: not UTF-8");
  CHECK(error_of(std::string_view{"a: b\0c", 6}) == "1:5: holds a NUL character");
  CHECK(error_of("a: \"\\0\"\n") == "1:4: holds a NUL character");
  CHECK(error_of("{\"a\": \"\\u0000\"}") == "1:7: holds a NUL character");
  CHECK(error_of("a: &x [*x]\n") == "1:8: an alias stands inside what it names");
  CHECK_THAT(error_of("a: \"b\n"), StartsWith("2:1: not YAML: "));
  CHECK_THAT(error_of("a: 'b"), StartsWith("2:1: not YAML: "));
  CHECK(json_of("a: |\n  b\n...\n") == "{\"a\":\"b\\n\"}");
  CHECK_THAT(error_of("a: *x\n"),  // newer libraries name it
             StartsWith("1:4: not YAML: the referenced anchor is not defined"));
  CHECK(error_of("[a]: b\n") == "1:1: a key must be a text");
  CHECK(error_of("a: !!binary xx\n") ==
        "1:4: the tag 'tag:yaml.org,2002:binary' is not accepted");
}

TEST_CASE("no text is too deep, too large or too clever") {
  const std::string deep = "nested deeper than 64 levels";
  for (const auto* open : {"[", "[ ", "{", "- ", "{\"a\":", "[\n"})
    CHECK_THAT(error_of(times(200'000, open)), ContainsSubstring(deep));
  CHECK(error_of(times(50'000, "[a,")) != "");
  CHECK(error_of(times(50'000, "? ")) != "");
  CHECK(error_of(times(50'000, "&a ")) != "");
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i)
    bomb += fmt::format("a{0}: &a{0} [{1}]\n", i, times(9, fmt::format("*a{}, ", i - 1)));
  CHECK_THAT(error_of(bomb), ContainsSubstring("more than 4000000 values"));
  std::string wide;
  for (std::size_t i = 0; i <= bounds::document_keys_max; ++i)
    wide += fmt::format("k{}: 1\n", i);
  CHECK_THAT(error_of(wide), ContainsSubstring("more than 1000 keys in one map"));
  CHECK(error_of(std::string(bounds::config_bytes_max + 1, ' ')) ==
        "0:0: larger than 16777216 bytes");
}

TEST_CASE("what people stumble over in YAML is named") {
  struct row {
    std::string_view text;
    const char* told;
  };
  const row rows[] = {
      {"a:\n\tb: 1\n", "a tab indents here; accepted: spaces"},
      {"a:\n- b: 1\n\tc: 2\n", "a tab indents here; accepted: spaces"},
      {"a: */5 * * * *\n", "a text that begins with '*' stands in quotes"},
      {"- cron: */5 * * * *\n", "a text that begins with '*' stands in quotes"},
      {"a: [{cron: */5 * * * *}]\n", "a text that begins with '*' stands in quotes"},
      {"a: [{cron: @daily}]\n", "a text that begins with '@' stands in quotes"},
      {"a: @daily\n", "a text that begins with '@' stands in quotes"},
      {"a: {{ .Values.max }}\n", "'{{' is of a template that has not been filled in"},
      {"a: {{max}}\n", "'{{' is of a template that has not been filled in"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.text);
    CHECK_THAT(error_of(r.text), EndsWith(std::string{"; "} + r.told));
  }
  CHECK(error_of(std::string_view{"\xFF\xFE"
                                  "a\0",
                                  4}) == "1:1: not UTF-8, but UTF-16");
  CHECK(error_of(std::string_view{"a\0:\0", 4}) == "1:2: not UTF-8, but UTF-16");
  CHECK_THAT(error_of(std::string_view{"\xFF\xFE\0\0a\0\0\0", 8}),
             EndsWith(": not UTF-8, but UTF-32"));
  CHECK_THAT(error_of(std::string_view{"a\0\0\0", 4}),
             EndsWith(": not UTF-8, but UTF-32"));
}

TEST_CASE("lines may end with CR alone, and a document with a line of dashes") {
  CHECK(same_content(*parse_document("a: 1\rb: 2\r"), *parse_document("a: 1\nb: 2\n")));
  CHECK(same_content(*parse_document("a: 1\n---\n"), *parse_document("a: 1\n")));
  CHECK(error_of("a: 1\n---\nb: 1\n") ==
        "3:1: a second document begins here; accepted: one");
}

TEST_CASE("merging puts one over the other, and the difference is what it takes") {
  const auto under = parse_document("{a: 1, b: {c: 2, d: [1]}, e: 5}");
  const auto over = parse_document("{b: {d: [2], f: 3}, e: null}");
  const auto both = merge(under, over);
  std::string json;
  append_json(json, *both);
  CHECK(json == R"({"a":1,"b":{"c":2,"d":[2],"f":3},"e":null})");
  CHECK(same_content(*merge(under, difference(under, both)), *both));
  CHECK_FALSE(difference(both, both));
  const auto less = parse_document("{b: {c: 2}}");
  json.clear();
  append_json(json, *difference(under, less));
  CHECK(json == R"({"b":{"d":null},"a":null,"e":null})");
}

TEST_CASE("no truncation and no flipped byte of a file brings the reader down") {
  problem_list none;
  REQUIRE(read_config(big, {}, none).targets.size() == 2);
  for (const auto& p : none.all())
    if (!p.warning) CHECK(to_string(p, "big") == "");
  std::string as_json;
  append_json(as_json, *parse_document(big));
  std::mt19937 random{7};
  std::size_t refused = 0, tried = 0;
  for (const auto& text : {big, as_json}) {
    for (std::size_t n = 0; n < text.size(); n += 1 + n % 3) {
      problem_list problems;
      read_config(std::string_view{text}.substr(0, n), {}, problems);
      refused += problems.errors();
      ++tried;
    }
    for (int i = 0; i < 1500; ++i) {
      auto flipped = text;
      for (int flips = 1 + i % 3; flips > 0; --flips) {
        auto& byte = flipped[random() % flipped.size()];
        byte = i % 2 ? static_cast<char>(random() % 256)
                     : "{}[]:,-\"'&*#|>%@`\n\t ?!~"[random() % 23];
      }
      problem_list problems;
      read_config(flipped, {}, problems);
      refused += problems.errors();
      ++tried;
    }
  }
  CHECK(refused > tried / 4);
  CHECK(refused < tried);
}
