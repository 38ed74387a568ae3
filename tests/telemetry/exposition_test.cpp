// The text formats, held to the letter, and to promtool where it is installed.
#include "telemetry/exposition.hpp"

#include "tests/support/catch.hpp"

#include <prometheus/metric_family.h>

#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <sys/wait.h>
#include <utility>
#include <vector>

using namespace scaleit;
using namespace scaleit::telemetry;

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

constexpr auto text = exposition_format::text;
constexpr auto openmetrics = exposition_format::openmetrics;

MetricFamily one(MetricType t, std::string name, double value, std::string help = "h") {
  ClientMetric m;
  m.counter.value = m.gauge.value = m.untyped.value = value;
  MetricFamily f;
  f.name = std::move(name);
  f.help = std::move(help);
  f.type = t;
  f.metric.push_back(std::move(m));
  return f;
}

MetricFamily labelled(std::string value) {
  auto f = one(MetricType::Gauge, "g", 1);
  f.metric[0].label = {{"l", std::move(value)}, {"m", "x"}};
  return f;
}

MetricFamily a_histogram() {
  auto f = one(MetricType::Histogram, "d_seconds", 0, "Duration.");
  auto& m = f.metric[0];
  m.label = {{"t", "a"}};
  m.histogram.sample_count = 7;
  m.histogram.sample_sum = 1.25;
  m.histogram.bucket = {{2, 0.005}, {5, 1}, {7, HUGE_VAL}};
  return f;
}

MetricFamily a_summary() {
  auto f = one(MetricType::Summary, "s", 0, "Sizes.");
  auto& m = f.metric[0];
  m.summary.sample_count = 3;
  m.summary.sample_sum = 6;
  m.summary.quantile = {{0.5, 2}, {1, std::nan("")}};
  return f;
}

std::vector<MetricFamily> one_of_each() {
  return {one(MetricType::Counter, "autoscaler_heartbeat_total", 3, "Control loops."),
          one(MetricType::Gauge, "temperature_celsius", -0.5, "Outside."),
          one(MetricType::Untyped, "u", 1, "Unknown."),
          labelled("q\" b\\ n\n \xff \xc3\xa4"),
          a_histogram(),
          a_summary()};
}

}  // namespace

TEST_CASE("the text format, family by family") {
  const std::pair<MetricFamily, std::string> table[] = {
      {one(MetricType::Counter, "a_total", 3),
       "# HELP a_total h\n# TYPE a_total counter\na_total 3\n"},
      {one(MetricType::Gauge, "a", 0.1), "# HELP a h\n# TYPE a gauge\na 0.1\n"},
      {one(MetricType::Untyped, "a", 1e300), "# HELP a h\n# TYPE a untyped\na 1e+300\n"},
      {one(MetricType::Gauge, "a", 1, ""), "# TYPE a gauge\na 1\n"},
      {one(MetricType::Gauge, "a", 1, "x\\y\n\"z\""),
       "# HELP a x\\\\y\\n\"z\"\n# TYPE a gauge\na 1\n"},
      {a_histogram(),
       "# HELP d_seconds Duration.\n# TYPE d_seconds histogram\n"
       "d_seconds_bucket{t=\"a\",le=\"0.005\"} 2\nd_seconds_bucket{t=\"a\",le=\"1.0\"} "
       "5\n"
       "d_seconds_bucket{t=\"a\",le=\"+Inf\"} 7\nd_seconds_sum{t=\"a\"} 1.25\n"
       "d_seconds_count{t=\"a\"} 7\n"},
      {a_summary(),
       "# HELP s Sizes.\n# TYPE s summary\ns{quantile=\"0.5\"} 2\ns{quantile=\"1.0\"} "
       "NaN\n"
       "s_sum 6\ns_count 3\n"},
  };
  for (const auto& [f, expected] : table) CHECK(expose({f}, text) == expected);
  CHECK(expose({}, text).empty());
}

TEST_CASE("the OpenMetrics format, family by family") {
  const std::pair<MetricFamily, std::string> table[] = {
      {one(MetricType::Counter, "a_total", 3),
       "# HELP a h\n# TYPE a counter\na_total 3\n"},
      {one(MetricType::Counter, "a", 3), "# HELP a h\n# TYPE a counter\na_total 3\n"},
      {one(MetricType::Counter, "cpu_seconds_total", 3),
       "# HELP cpu_seconds h\n# TYPE cpu_seconds counter\n# UNIT cpu_seconds seconds\n"
       "cpu_seconds_total 3\n"},
      {one(MetricType::Gauge, "a_bytes", 2),
       "# HELP a_bytes h\n# TYPE a_bytes gauge\n# UNIT a_bytes bytes\na_bytes 2\n"},
      {one(MetricType::Gauge, "bytes", 2),
       "# HELP bytes h\n# TYPE bytes gauge\nbytes 2\n"},
      {one(MetricType::Untyped, "a", 1), "# HELP a h\n# TYPE a unknown\na 1\n"},
      {one(MetricType::Gauge, "a", 1, "x\\y\n\"z\""),
       "# HELP a x\\\\y\\n\\\"z\\\"\n# TYPE a gauge\na 1\n"},
      {a_histogram(),
       "# HELP d_seconds Duration.\n# TYPE d_seconds histogram\n# UNIT d_seconds "
       "seconds\n"
       "d_seconds_bucket{t=\"a\",le=\"0.005\"} 2\nd_seconds_bucket{t=\"a\",le=\"1.0\"} "
       "5\n"
       "d_seconds_bucket{t=\"a\",le=\"+Inf\"} 7\nd_seconds_sum{t=\"a\"} 1.25\n"
       "d_seconds_count{t=\"a\"} 7\n"},
      {a_summary(),
       "# HELP s Sizes.\n# TYPE s summary\ns{quantile=\"0.5\"} 2\ns{quantile=\"1.0\"} "
       "NaN\n"
       "s_sum 6\ns_count 3\n"},
  };
  for (const auto& [f, expected] : table)
    CHECK(expose({f}, openmetrics) == expected + "# EOF\n");
  CHECK(expose({}, openmetrics) == "# EOF\n");
}

TEST_CASE("values that are not finite are spelled as both formats want them") {
  const auto inf = std::numeric_limits<double>::infinity();
  const std::pair<double, std::string> table[] = {{std::nan(""), "NaN"},
                                                  {-std::nan(""), "NaN"},
                                                  {inf, "+Inf"},
                                                  {-inf, "-Inf"},
                                                  {0.0, "0"}};
  for (const auto& [value, spelled] : table)
    for (const auto f : {text, openmetrics})
      CHECK_THAT(expose({one(MetricType::Gauge, "a", value)}, f),
                 ContainsSubstring("\na " + spelled + "\n"));
}

TEST_CASE("numbers have no exponent unless they are very large or small") {
  const std::pair<double, std::string> table[] = {
      {0.0005, "0.0005"},
      {-0.0005, "-0.0005"},
      {0.1 + 0.2, "0.30000000000000004"},
      {1e-6, "0.000001"},
      {1.2345678901234567e-6, "0.0000012345678901234567"},
      {1e-7, "1e-07"},
      {-2.5e-7, "-2.5e-07"},
      {100000, "100000"},
      {1e15, "1000000000000000"},
      {-123456789.125, "-123456789.125"},
      {1e16, "1e+16"},
      {5e-324, "5e-324"}};
  for (const auto& [value, spelled] : table)
    for (const auto f : {text, openmetrics}) {
      CHECK_THAT(expose({one(MetricType::Gauge, "a", value)}, f),
                 ContainsSubstring("\na " + spelled + "\n"));
      auto h = a_histogram();
      h.metric[0].histogram.bucket = {{1, value}};
      const bool whole = spelled.find_first_of(".e") == std::string::npos;
      CHECK_THAT(expose({h}, f), ContainsSubstring("le=\"" + spelled +
                                                   (whole ? ".0\"} 1\n" : "\"} 1\n")));
    }
}

TEST_CASE("label values are escaped and made UTF-8") {
  const std::pair<std::string, std::string> table[] = {
      {"plain", "plain"},
      {"", ""},
      {"a\"b", "a\\\"b"},
      {"a\\b", "a\\\\b"},
      {"a\nb", "a\\nb"},
      {"{,}=", "{,}="},
      {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
      {"a\xff"
       "b",
       "a\xef\xbf\xbd"
       "b"},
      {"\xc3", "\xef\xbf\xbd"},                                  // cut short
      {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},                  // overlong
      {"\xe0\x80\xaf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},  // overlong
      {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},  // a surrogate
      {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
  };
  for (const auto& [value, escaped] : table)
    for (const auto f : {text, openmetrics})
      CHECK_THAT(expose({labelled(value)}, f),
                 ContainsSubstring("\ng{l=\"" + escaped + "\",m=\"x\"} 1\n"));
}

TEST_CASE("a time is written in the format's own unit") {
  auto f = one(MetricType::Gauge, "a", 1);
  f.metric[0].timestamp_ms = 1'700'000'000'123;
  CHECK_THAT(expose({f}, text), ContainsSubstring("\na 1 1700000000123\n"));
  CHECK_THAT(expose({f}, openmetrics), ContainsSubstring("\na 1 1700000000.123\n"));
}

TEST_CASE("a family without samples is left out, a histogram without +Inf completed") {
  auto empty = one(MetricType::Gauge, "a", 1);
  empty.metric.clear();
  CHECK(expose({empty}, text).empty());
  auto h = a_histogram();
  h.metric[0].histogram.bucket.pop_back();
  CHECK_THAT(expose({h}, text),
             ContainsSubstring("\nd_seconds_bucket{t=\"a\",le=\"+Inf\"} 7\n"));
}

TEST_CASE("the Accept header decides on the format") {
  const std::pair<std::string, exposition_format> table[] = {
      {"", text},
      {"*/*", text},
      {"text/plain", text},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", text},
      {"application/json", text},
      {"application/openmetrics-text", openmetrics},
      {"APPLICATION/OpenMetrics-Text; Version=\"1.0.0\"; charset=utf-8", openmetrics},
      {"application/openmetrics-text;version=0.0.1", text},
      {"application/openmetrics-text;version=1.0.0;q=0", text},
      {"application/openmetrics-text;q=0.4, text/plain;q=0.5", text},
      {"application/openmetrics-text;q=0.5, text/plain;q=0.4", openmetrics},
      {"application/openmetrics-text , text/plain", text},
      {"application/*", openmetrics},
      {"application/openmetrics-text;version=1.0.0;q=0.2,*/*;q=0.1", openmetrics},
      {"application/openmetrics-text;q=0,*/*", text},
      {"text/plain;q=0,*/*;q=0.1", openmetrics},
      {"application/openmetrics-text;q=2", text},
      {"application/openmetrics-text;q=rubbish", text},
      {",;,;q=,=;,", text},
      // Prometheus 2.x
      {"application/openmetrics-text;version=1.0.0,application/"
       "openmetrics-text;version=0.0.1;"
       "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       openmetrics},
      {"application/openmetrics-text; "
       "version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       text},
      // Prometheus 3.x
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
       "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;"
       "escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
       openmetrics},
  };
  for (const auto& [accept, expected] : table) {
    INFO(accept);
    CHECK(negotiate_exposition(accept) == expected);
  }
}

TEST_CASE("all families piece by piece are the same text as at once") {
  families all;
  for (int i = 0; i < 2000; ++i)
    all.gauge("scaleit_replicas", "target-" + std::to_string(i)).Set(i);
  all.gauge("scaleit_targets", "ok").Set(2000);
  all.histogram("scaleit_put_duration_seconds").Observe(0.3);
  for (const auto format : {text, openmetrics}) {
    exposer e{all, format};
    std::string joined;
    int pieces = 0;
    for (; !e.done(); ++pieces) {
      std::string piece;
      e.append(piece, 10'000);
      CHECK(piece.size() < 30'000);
      joined += piece;
    }
    CHECK(pieces > 5);
    CHECK(joined == expose(all.Collect(), format));
  }
  const families none;
  exposer e{none, openmetrics};
  std::string nothing;
  e.append(nothing, 1);
  CHECK(e.done());
  CHECK(nothing == "# EOF\n");
}

TEST_CASE("promtool finds nothing wrong with the text format") {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) {
    WARN("promtool is not installed");
    return;
  }
  auto families = one_of_each();
  // The linter dislikes short names, which are not ours to defend here.
  std::erase_if(families, [](const auto& f) { return f.type == MetricType::Untyped; });
  std::FILE* pipe = ::popen("promtool check metrics", "w");
  REQUIRE(pipe != nullptr);
  const auto all = expose(families, text);
  std::fwrite(all.data(), 1, all.size(), pipe);
  const auto status = ::pclose(pipe);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
