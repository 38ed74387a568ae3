// Settings that can never act, or that let nothing act.
#include "spec/config_file.hpp"
#include "tests/support/catch.hpp"

#include <fmt/format.h>

using Catch::Matchers::EndsWith;
using namespace scaleit;
using namespace scaleit::spec;

namespace {

std::string told_of(std::string_view text) {
  const auto read = read_config_text(text, "f", config_use::check);
  return fmt::format("{}", fmt::join(told(read), "\n"));
}

/// A complete TargetSpec with these lines added.
std::string with(std::string_view lines) {
  return "name: a\napp: http://h\nmetrics: [{name: cpu, value: /cpu, target: 1}]\n" +
         std::string{lines};
}

struct row {
  const char* lines;  ///< the fourth and following
  const char* told;   ///< behind `f:4:COLUMN: warning: `
};

const row idle[] = {
    {"zero: {}", "zero: has no effect while minReplicas is 1"},
    {"guard: {}\ninterval: 1m",
     "guard: has no effect: at an interval of 1m there are no two samples within 1m"},
    {"panic: {stableWindow: 60s}\ninterval: 5m",
     "panic: has no effect: at an interval of 5m there are no two samples within 1m"},
    {"flapBudget: {reversals: 10, period: 1m}\ninterval: 10s",
     "flapBudget: has no effect: at an interval of 10s there are no 10 reversals within "
     "1m"},
    {"maxAge: 30s",
     "maxAge: has no effect without status.observedAt, which tells the age"},
    {"status: {push: true, timeout: 1s}",
     "status.timeout: has no effect beside 'push: true': nothing is asked for"},
    {"status: {keepAlive: false, push: true}",
     "status.keepAlive: has no effect beside 'push: true': nothing is asked for"},
    {"status: {headers: {A: b}, push: true}",
     "status.headers: has no effect beside 'push: true': nothing is asked for"},
    {"warmup: 30s\nstatus: {ready: /r}",
     "warmup: has no effect beside status.ready, which tells who is ready"},
    {"warmup: 5s", "warmup: has no effect: the next poll is 5s later"},
    {"tolerance: 10",
     "tolerance: 10 is 1000 %, and a value cannot fall by more than 100 %: nothing is "
     "ever scaled in; 10 % is 0.1"},
    {"behavior: {scaleDown: {tolerance: 1}}",
     "behavior.scaleDown.tolerance: 1 is 100 %, and a value cannot fall by more than 100 "
     "%: nothing is ever scaled in; 10 % is 0.1"},
    {"behavior: {scaleUp: {tolerance: 10}}",
     "behavior.scaleUp.tolerance: 10 is 1000 %: nothing is scaled out before a value is "
     "11 times its target; 10 % is 0.1"},
    {"behavior: {scaleUp: {selectPolicy: Disabled, stabilizationWindowSeconds: 60}}",
     "behavior.scaleUp.stabilizationWindowSeconds: has no effect while selectPolicy is "
     "Disabled"},
    {"behavior: {scaleDown: {stabilizationWindowSeconds: 5}}",
     "behavior.scaleDown.stabilizationWindowSeconds: has no effect: at an interval of 5s "
     "no earlier recommendation is within it"},
    {"behavior: {scaleDown: {selectPolicy: Disabled}, scaleUp: {selectPolicy: Disabled}}",
     "behavior: nothing is ever scaled: both directions are switched off"},
    {"pause: {scaleIn: true, scaleOut: true}",
     "pause: nothing is ever scaled: both directions are switched off"},
    {"guard: {}\npause: {scaleIn: true}",
     "guard: has no effect while nothing is scaled in"},
    {"maxReplicas: 1",
     "maxReplicas: minReplicas and maxReplicas are both 1: the count never changes"},
    {"fallback: {replicas: 50}\nmaxReplicas: 4",
     "fallback.replicas: 50 is above maxReplicas: it falls back to 4 only"},
    {"fallback: {replicas: 0}",
     "fallback.replicas: 0 is below minReplicas: it falls back to 1"},
    {"fallback: {replicas: 5, behavior: currentReplicas}",
     "fallback.behavior: currentReplicas holds the count, as it is held without a "
     "fallback"},
    {"schedules: [{cron: \"0 8 * * *\", duration: 1h, minReplicas: 20}]\nmaxReplicas: 10",
     "schedules[0].minReplicas: 20 is above the target's maxReplicas: it raises to 10 "
     "only"},
    {"schedules: [{cron: \"@daily\", duration: 1h, maxReplicas: 2}]\nminReplicas: 5",
     "schedules[0].maxReplicas: 2 is below the target's minReplicas: it lowers to 5 "
     "only"},
    {"schedules: [{cron: \"0\\t8\\t*\\t* *\", duration: 1h, minReplicas: 1}]",
     "schedules[0].minReplicas: has no effect: minReplicas of the target is 1"},
    {"schedules: [{cron: \"0 8 * * *\", duration: 1h, maxReplicas: 100}]",
     "schedules[0].maxReplicas: has no effect: maxReplicas of the target is 100"},
    {"tolerance: 0.5\npanic: {}",
     "tolerance: has no effect beside panic, whose windows replace it"},
    {"tolerance: 5\npanic: {}",
     "tolerance: has no effect beside panic, whose windows replace it"},
    {"behavior: {scaleUp: {tolerance: 0.5}}\npanic: {}",
     "behavior.scaleUp.tolerance: has no effect beside panic, whose windows replace it"},
    {"behavior: {scaleDown: {tolerance: 0.5}}\npanic: {}",
     "behavior.scaleDown.tolerance: has no effect beside panic, whose windows replace "
     "it"},
    {"warmup: 30s\nbehavior: {scaleUp: {selectPolicy: Disabled}}",
     "warmup: has no effect while nothing is scaled out"},
    {"warmup: 30s\npause: {scaleOut: true}",
     "warmup: has no effect while nothing is scaled out"},
    {"schedules: [{cron: \"0 8 * * *\", duration: 5m, minReplicas: 2}]\ninterval: 10m",
     "schedules[0].duration: 5m is shorter than the interval of 10m: it may pass between "
     "two polls"},
    {"schedules: [{cron: \"0 8 * * *\", duration: 48h, minReplicas: 2}]",
     "schedules[0].duration: 48h lasts until the cron line's next time: the schedule is "
     "always active"},
    {"schedules: [{cron: \"@hourly\", duration: 1h, minReplicas: 2}]",
     "schedules[0].duration: 1h lasts until the cron line's next time: the schedule is "
     "always active"},
    {"schedules: [{cron: \"0 8 * * 1\", duration: 170h, maxReplicas: 2, timezone: "
     "Europe/Berlin}]",
     "schedules[0].duration: 170h lasts until the cron line's next time: the schedule is "
     "always active"},
    {"combine: min", "combine: has no effect on a single metric"},
    {"shadow: {}", "shadow: is the live policy once more: nothing differs"},
};

}  // namespace

TEST_CASE("a setting that never acts is told, where it stands") {
  for (const auto& r : idle) {
    CAPTURE(r.lines);
    const auto all = told_of(with(r.lines));
    CHECK_THAT(all, StartsWith("f:4:"));
    CHECK_THAT(all, EndsWith(std::string{": warning: "} + r.told));
    CHECK(all.find('\n') == std::string::npos);
  }
}

TEST_CASE("settings that act are not told of") {
  for (const auto* lines :
       {"guard: {}",
        "panic: {}",
        "flapBudget: {}",
        "maxAge: 30s\nstatus: {observedAt: /t}",
        "warmup: 30s",
        "tolerance: 0.9",
        "minReplicas: 0\nzero: {}",
        "behavior: {scaleDown: {selectPolicy: Disabled}}",
        ("panic: {}\n"
         "behavior: {scaleUp: {policies: [{type: Pods, value: 1, periodSeconds: 1}]}}"),
        "schedules: [{cron: \"0 8 * * *\", duration: 23h, minReplicas: 2}]",
        ("schedules: [{cron: \"0 8 * * *\", duration: 24h, minReplicas: 2, "
         "timezone: Europe/Berlin}]"),
        "schedules: [{cron: \"0 8 * * 1-5\", duration: 48h, minReplicas: 2}]",
        "schedules: [{cron: \"0 0 29 2 *\", duration: 8784h, minReplicas: 2}]",
        "schedules: [{cron: \"0 8 * * *\", duration: 5m, minReplicas: 2}]\ninterval: 5m",
        "warmup: 30s\npause: {scaleOut: true}\nfallback: {replicas: 5}",
        "tolerance: 0.5\nshadow: {panic: {}}",
        "pause: {scaleOut: true}",
        "fallback: {replicas: 100}",
        ("minReplicas: 5\nmaxReplicas: 10\nschedules: "
         "[{cron: \"0 8 * * *\", duration: 1h, minReplicas: 6, maxReplicas: 10}]"),
        ("behavior: {scaleUp: {policies: "
         "[{type: Pods, value: 2147483647, periodSeconds: 15}]}}")}) {
    CAPTURE(lines);
    CHECK(told_of(with(lines)) == "");
  }
}

TEST_CASE("two targets with one scale URL are told of, both of them") {
  const auto target = [](std::string_view name, std::string_view rest = "") {
    return fmt::format(
        "- {{name: {}, app: 'http://h', metrics: [{{name: c, value: /c, target: "
        "1}}]{}}}\n",
        name, rest);
  };
  CHECK(told_of("targets:\n" + target("a") + target("b")) ==
        "f:3:3: warning: targets[1]: 'a' and 'b' both scale by http://h/app/replicas: "
        "they will undo each other's work");
  CHECK(told_of("targets:\n" + target("a") + target("b", ", mode: DryRun")) == "");
  const auto at = [](std::string_view name, std::string_view url) {
    return fmt::format(
        "- {{name: {}, app: '{}', metrics: [{{name: c, value: /c, target: 1}}]}}\n", name,
        url);
  };
  using pair = std::pair<const char*, const char*>;
  for (const auto& [one, other] :
       {pair{"http://h", "HTTP://H:80"}, pair{"https://h", "https://h.:443/"},
        pair{"http://[::1]:8", "http://[0:0::1]:8"}}) {
    CAPTURE(one, other);
    CHECK_THAT(told_of("targets:\n" + at("a", one) + at("b", other)),
               ContainsSubstring("warning: targets[1]: 'a' and 'b' both scale by "));
  }
  for (const auto& [one, other] :
       {pair{"http://h", "https://h"}, pair{"http://h", "http://h:443"},
        pair{"http://h/A", "http://h/a"}, pair{"http://h.x", "http://hx"}}) {
    CAPTURE(one, other);
    CHECK(told_of("targets:\n" + at("a", one) + at("b", other)) == "");
  }
  CHECK(told_of("targets:\n" + target("a") +
                target("b", ", scale: {body: 'b=${replicas}'}")) == "");
}

TEST_CASE("of the daemon's own settings, too") {
  const auto told = [](std::string_view block) {
    return told_of(
        fmt::format("{}\ntargets:\n- {{name: a, app: 'http://h', metrics: "
                    "[{{name: c, value: /c, target: 1}}]}}\n",
                    block));
  };
  CHECK(told_of("targets: []\n") ==
        "f:1:1: warning: targets: there is none: nothing is scaled");
  CHECK(told("listen: {api: '0.0.0.0:8001'}") ==
        "f:1:10: listen.api: 0.0.0.0:8001 can be reached from elsewhere, so that the API "
        "needs auth.tokens and listen.apiTls; or insecure: true");
  CHECK_THAT(told("listen: {api: '0.0.0.0:8001'}\nauth: {tokens: [{name: a, file: f}]}"),
             ContainsSubstring("the API needs listen.apiTls; or insecure: true"));
  CHECK(told("listen: {api: '0.0.0.0:8001'}\ninsecure: true") == "");
  CHECK(told("listen: {api: '[::1]:8001'}") == "");
  CHECK(told("listen: {metrics: '127.0.0.1:8001', api: '127.0.0.1:8001'}") ==
        "f:1:37: warning: listen.api: is the address of listen.metrics, too");
  CHECK(told("record: {dir: /r, keep: 1MiB}") ==
        "f:1:19: warning: record.keep: is less than one segment (record.segmentSize) may "
        "hold");
  CHECK_THAT(told("auth: {tokenFile: /nowhere/t}"),
             StartsWith("f:1:8: warning: auth.tokenFile: /nowhere/t: No such file"));
  const auto run = read_config_text("{auth: {tokenFile: /nowhere/t}, targets: []}", "f",
                                    config_use::run);
  CHECK_FALSE(run.good());
}

TEST_CASE("a metric that reads Prometheus by hand is shown the format") {
  const auto metric = [](std::string_view rest) {
    return told_of(fmt::format(
        "name: a\napp: http://h\nmetrics: [{{name: q, target: 1, {}}}]\n", rest));
  };
  const std::string url = "url: 'http://p/api/v1/query?query=sum(q)'";
  CHECK_THAT(metric(url + ", value: /data/result/0/value/1"),
             StartsWith("f:3:") && ContainsSubstring("warning: metrics[0].value: looks "
                                                     "like an answer of Prometheus"));
  CHECK(metric(url + ", format: prometheus") == "");
  CHECK(metric(url + ", format: prometheus, value: /data/result/0/value/0") == "");
  CHECK(metric(url) == "f:3:11: metrics[0]: 'value' is missing");
  CHECK_THAT(metric("format: prometheus"),
             EndsWith("metrics[0].format: prometheus is the format of a 'url' of the "
                      "metric's own, and there is none"));
}
