#include "main/api_address.hpp"

#include "main/api_client.hpp"
#include "main/event_text.hpp"
#include "main/exit_code.hpp"
#include "spec/input_error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <map>
#include <string>
#include <vector>

using namespace scaleit::main;
using scaleit::spec::input_error;

namespace {

api_address find(const api_options& o,
                 const std::map<std::string, std::string>& env = {}) {
  return find_api(o, [&](const char* name) {
    const auto v = env.find(name);
    return v == env.end() ? nullptr : v->second.c_str();
  });
}

}  // namespace

TEST_CASE("the daemon is where an option says, or a variable, or on this machine") {
  CHECK(find({}).base == "http://127.0.0.1:8001");
  CHECK(find({}, {{"SCALEIT_API", ""}}).base == "http://127.0.0.1:8001");
  CHECK(find({}, {{"SCALEIT_API", "https://h:1/"}}).base == "https://h:1");
  CHECK(find({.api = "http://[::1]:9/p/"}, {{"SCALEIT_API", "x"}}).base ==
        "http://[::1]:9/p");
  for (const char* local : {"unix:/run/a.sock", "unix:///run/a.sock"}) {
    const auto a = find({.api = local});
    CHECK(a.unix_socket == "/run/a.sock");
    CHECK(a.shown == "unix:/run/a.sock");
  }
  for (const std::string& bad : std::vector<std::string>{
           "", "127.0.0.1:8001", "ftp://x", "http://", "http://u:p@h", "http://h/?a=b",
           "unix:", "unix:" + std::string(200, 'x')}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(find({.api = bad}), input_error);
  }
}

TEST_CASE("a token is of a file or a variable, and never part of a sentence") {
  const scaleit::test::temporary_directory at;
  const auto good = at.write("good", "from-file\n");
  const auto bad = at.write("bad", "my secret\nof two lines");
  CHECK(find({}).token.empty());
  CHECK(find({}, {{"SCALEIT_TOKEN", "from-env"}}).token == "from-env");
  CHECK(find({.token_file = good}, {{"SCALEIT_TOKEN", "from-env"}}).token == "from-file");
  CHECK_THROWS_AS(find({.token_file = "/nowhere"}), input_error);
  CHECK_THROWS_AS(find({}, {{"SCALEIT_TOKEN", "a b"}}), input_error);
  try {
    find({.token_file = bad});
    FAIL();
  } catch (const input_error& e) {
    CHECK_THAT(e.what(), !ContainsSubstring("secret"));
  }
}

TEST_CASE("a problem is told in the daemon's words, each mistake in a line") {
  const auto plain =
      refusal_of(409, R"({"title":"Conflict","status":409,"detail":"owned by file"})");
  CHECK(plain.lines("a") == std::vector<std::string>{"a: owned by file"});
  CHECK(plain.exit_code() == exit_code::no);
  CHECK(refusal_of(404, R"({"detail":"there is no target 'a'"})").lines("a") ==
        std::vector<std::string>{"there is no target 'a'"});
  const auto spec = refusal_of(
      422, R"({"detail":"not valid","errors":[{"path":"maxReplicas","detail":"is 0"},)"
           R"({"path":"name","line":2,"column":7,"detail":"is \u001b[31m"}]})");
  CHECK(spec.lines() ==
        std::vector<std::string>{"maxReplicas: is 0", "name: is <U+001B>[31m"});
  CHECK(refusal_of(502, "<html>").lines() ==
        std::vector<std::string>{"the answer is 502"});
  CHECK(refusal_of(502, "").exit_code() == exit_code::failure);
  CHECK(refusal_of(507, "").exit_code() == exit_code::failure);
  CHECK(refusal_of(429, "").exit_code() == exit_code::failure);
  for (const int s : {400, 401, 403, 413}) CHECK(refusal_of(s, "").exit_code() == 2);
  for (const int s : {404, 409, 412, 422}) CHECK(refusal_of(s, "").exit_code() == 1);
}

TEST_CASE("a name is one segment of a path, whatever is in it") {
  CHECK(target_path("a.b-c") == "/api/v1/targets/a.b-c");
  CHECK(target_path("a/b?c", "/pause") == "/api/v1/targets/a%2Fb%3Fc/pause");
  CHECK(path_segment("..") == "%2E%2E");
  CHECK(path_segment("ä b") == "%C3%A4%20b");
}

TEST_CASE("an event is a line for people") {
  const auto text = [](const char* json) {
    return event_text(*scaleit::spec::parse_document(json));
  };
  CHECK(text(R"({"source":"/targets/a","type":"scaleit.scale.applied",)"
             R"("time":"2026-11-29T07:38:58.123456Z","data":{"from":10,"to":18}})") ==
        "2026-11-29T07:38:58Z a scale.applied 10 -> 18");
  CHECK(text(R"({"source":"/targets/a","type":"scaleit.decision.made","time":"t",)"
             R"("data":{"current":1,"desired":2,"steps":[{"from":1,"to":2,"why":"x"},)"
             R"({"from":2,"to":2,"why":"y"}]}})") == "t a decision.made 1 -> 2: x");
  CHECK(text(R"({"source":"/targets/a","type":"scaleit.status.observed","time":"t",)"
             R"("data":{"replicas":3,"metrics":{"cpu":0.5}}})") ==
        "t a status.observed cpu 0.50, 3 replicas");
  CHECK(text(R"({"source":"/daemon","type":"x.y","time":"t"})") == "t daemon x.y");
  CHECK(text("{}") == "daemon");
  CHECK(whole_type("scale.applied") == "scaleit.scale.applied");
}
