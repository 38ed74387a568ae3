#include "spec/drop_in.hpp"

#include "spec/input_error.hpp"
#include "spec/listen.hpp"
#include "tests/support/catch.hpp"

#include <map>
#include <string>

using namespace scaleit;
using namespace scaleit::spec;
using namespace std::chrono_literals;
using variables = std::map<std::string, std::string>;

namespace {

target_spec of(variables v = {}) {
  return read_drop_in(environment{std::move(v)}).target;
}

template <class F>
std::string refusal_by(F f) {
  try {
    f();
  } catch (const input_error& e) {
    return e.what();
  }
  return "accepted";
}

std::string refused(const std::string& name, const std::string& value) {
  return refusal_by([&] { read_drop_in(environment{{{name, value}}}); });
}

}  // namespace

TEST_CASE("without variables the defaults are those of the contract") {
  const auto s = of();
  CHECK(s.status.url == "http://localhost:8123/app/status");
  CHECK(s.scale.url == "http://localhost:8123/app/replicas");
  CHECK(s.interval == 5s);
  CHECK(s.metrics.at(0).target == 0.8);
  CHECK(s.tolerance.up == 0.1 / 0.8);
  CHECK(s.min_replicas == 1);
  CHECK(read_drop_in(environment{}).level == log_level::info);
}

TEST_CASE("each variable has its place in the spec") {
  const auto s = of({{"APP_SERVICE_URL", "https://app.example/"},
                     {"APP_SERVICE_PORT", " 443 "},
                     {"SCALE_RESOLUTION_TIME", "1m30s"},
                     {"SCALE_METRIC", "0.5"},
                     {"SCALE_TOLERANCE", "0"}});
  CHECK(s.status.url == "https://app.example:443/app/status");
  CHECK(s.interval == 90s);
  CHECK(s.metrics.at(0).target == 0.5);
  CHECK(s.tolerance == tolerance_spec{0, 0});
  CHECK(of({{"APP_SERVICE_URL", "http://[::1]"}}).status.url ==
        "http://[::1]:8123/app/status");
  CHECK(of({{"SCALE_RESOLUTION_TIME", "0.5"}}).interval == 500ms);
}

TEST_CASE("an answer may take as long as the interval, within bounds") {
  CHECK(of({{"SCALE_RESOLUTION_TIME", "0.1"}}).status.timeout == 2s);
  CHECK(of().status.timeout == 5s);
  CHECK(of({{"SCALE_RESOLUTION_TIME", "60"}}).scale.timeout == 10s);
}

TEST_CASE("a bad value is one line with variable, value and what is accepted") {
  CHECK(refused("SCALE_METRIC", "0,8") ==
        "SCALE_METRIC='0,8' is not valid; accepted: a number above 0, such as 0.80");
  for (const auto& [name, bad] :
       std::multimap<std::string, std::string>{{"SCALE_METRIC", ""},
                                               {"SCALE_METRIC", "0"},
                                               {"SCALE_METRIC", "-1"},
                                               {"SCALE_METRIC", "nan"},
                                               {"SCALE_METRIC", "inf"},
                                               {"SCALE_METRIC", "0x1"},
                                               {"SCALE_TOLERANCE", "-0.1"},
                                               {"SCALE_TOLERANCE", "10%"},
                                               {"SCALE_RESOLUTION_TIME", "0"},
                                               {"SCALE_RESOLUTION_TIME", "2h"},
                                               {"SCALE_RESOLUTION_TIME", "5 s"},
                                               {"SCALE_RESOLUTION_TIME", "-5"},
                                               {"APP_SERVICE_PORT", "0"},
                                               {"APP_SERVICE_PORT", "65536"},
                                               {"APP_SERVICE_PORT", "http"},
                                               {"APP_SERVICE_URL", "localhost"},
                                               {"APP_SERVICE_URL", "ftp://x"},
                                               {"APP_SERVICE_URL", "http://"},
                                               {"APP_SERVICE_URL", "http://x:80"},
                                               {"APP_SERVICE_URL", "http://x/path"},
                                               {"LOG_LEVEL", "LOUD"},
                                               {"LOG_LEVEL", ""}}) {
    CAPTURE(name, bad);
    const auto text = refused(name, bad);
    CHECK_THAT(text, StartsWith(name + "='" + bad + "'"));
    CHECK_THAT(text, ContainsSubstring("; accepted: "));
    CHECK(text.find('\n') == std::string::npos);
  }
}

TEST_CASE("what often stands in a variable by mistake is named") {
  CHECK_THAT(refused("APP_SERVICE_PORT", "tcp://10.96.0.12:8123"),
             ContainsSubstring("set by Kubernetes for a Service"));
  CHECK_THAT(
      refused("APP_SERVICE_URL", "http://localhost # the application"),
      StartsWith("APP_SERVICE_URL holds a '#' behind 'http://localhost'; accepted"));
  CHECK_THAT(
      refused("APP_SERVICE_URL", "http://localhost?token=s3cret"),
      StartsWith("APP_SERVICE_URL holds a '?' behind 'http://localhost'; accepted"));
}

TEST_CASE("what is accepted and odd is told") {
  const auto warnings = [](variables v) {
    return read_drop_in(environment{std::move(v)}).warnings;
  };
  CHECK(warnings({}).empty());
  CHECK(warnings({{"HOME", "/"}, {"APP_SERVICE_SERVICE_HOST", "x"}, {"LOG_FORMAT", "x"}})
            .empty());
  CHECK(
      warnings({{"SCALE_METRICS", "0.5"}}) ==
      std::vector<std::string>{"SCALE_METRICS is not read; did you mean SCALE_METRIC?"});
  CHECK(warnings({{"scale_metric", "0.5"}}) ==
        std::vector<std::string>{"scale_metric is not read; did you mean SCALE_METRIC?"});
  CHECK(warnings({{"SCALE_METRICS", "0.5"}, {"SCALE_METRIC", "0.5"}}).empty());
  CHECK(warnings({{"SCALE_TOLERANCE", "0.79"}}).empty());
  for (const auto* much : {"0.8", "10"})
    CHECK_THAT(warnings({{"SCALE_TOLERANCE", much}}).at(0),
               ContainsSubstring("nothing is ever scaled in"));
}

TEST_CASE("a password in the URL is refused and not printed") {
  const auto text = refused("APP_SERVICE_URL", "http://user:s3cret@host");
  CHECK_THAT(text, StartsWith("APP_SERVICE_URL holds a user name"));
  CHECK(text.find("s3cret") == std::string::npos);
}

TEST_CASE("log levels are accepted in any case, with their other names") {
  const auto level = [](const std::string& name) {
    return read_log_level(environment{{{"LOG_LEVEL", name}}});
  };
  CHECK(level("debug") == log_level::debug);
  CHECK(level("Info") == log_level::info);
  CHECK(level("WARN") == log_level::warning);
  CHECK(level("warning") == log_level::warning);
  CHECK(level("CRITICAL") == log_level::error);
}

TEST_CASE("listen addresses") {
  const auto text = [](std::string_view s) { return parse_listen("--x", s).text(); };
  CHECK(text("0.0.0.0:8000") == "0.0.0.0:8000");
  CHECK(text("[::1]:0") == "[::1]:0");
  CHECK(text("localhost:1") == "127.0.0.1:1");
  CHECK(text(":8000") == "0.0.0.0:8000");
  CHECK(text("unix:/run/a b:1") == "unix:/run/a b:1");
  CHECK(text("unix:/" + std::string(106, 'x')).size() == 112);
  for (const auto* bad :
       {"", "8000", "host:1", "::1:8000", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:-1",
        "[::1:8000", "unix:", "unix:8000", "unix:run/a", "unix:/run/", "unix:/a\nb"}) {
    CAPTURE(bad);
    CHECK_THAT(refusal_by([&] { parse_listen("--x", bad); }), StartsWith("--x='"));
  }
  CHECK_THAT(refusal_by([&] { parse_listen("--x", "unix:/" + std::string(107, 'x')); }),
             ContainsSubstring("a path of at most 107 bytes"));
  CHECK(parse_listen("--x", "unix:/run/a").is_loopback());
  CHECK(parse_listen("--x", "[::1]:1").is_loopback());
  CHECK_FALSE(parse_listen("--x", ":1").is_loopback());
}
