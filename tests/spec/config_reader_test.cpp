// What a config file may say, and every way in which it may be wrong.
#include "spec/config_reader.hpp"

#include "tests/support/catch.hpp"

#include <fmt/format.h>

using namespace scaleit;
using namespace scaleit::spec;
using namespace std::chrono_literals;

namespace {

struct outcome {
  config read;
  std::string problems;  ///< one line each
};

outcome read(std::string_view text, read_options options = {}) {
  problem_list problems;
  outcome o{read_config(text, options, problems), {}};
  for (const auto& p : problems.all()) o.problems += to_string(p, "f") + "\n";
  return o;
}

/// A complete TargetSpec with these lines added.
std::string with(std::string_view lines) {
  return "name: a\napp: http://h\nmetrics: [{name: cpu, value: /cpu, target: 1}]\n" +
         std::string{lines};
}

struct mistake {
  const char* line;  ///< the fourth
  const char* told;
};

const mistake mistakes[] = {
    {"minReplica: 3", "4:1: unknown key 'minReplica'; did you mean 'minReplicas'?"},
    {"min_replicas: 3", "4:1: unknown key 'min_replicas'; did you mean 'minReplicas'?"},
    {"MINREPLICAS: 3", "4:1: unknown key 'MINREPLICAS'; did you mean 'minReplicas'?"},
    {"max: 3", "4:1: unknown key 'max'; did you mean 'maxReplicas'?"},
    {"behaviour: {}", "4:1: unknown key 'behaviour'; did you mean 'behavior'?"},
    {"pause: {out: true}", "4:9: pause: unknown key 'out'; accepted: scaleIn, scaleOut"},
    {"minReplicas: 1.5",
     "4:1: minReplicas: 1.5 is not valid; accepted: a whole number from 0 to 1000000"},
    {"minReplicas: \"3\"",
     "4:1: minReplicas: '3' is not valid; accepted: a whole number from 0 to 1000000, "
     "without quotes"},
    {"pause: {scaleIn: \"true\"}",
     "4:9: pause.scaleIn: 'true' is not valid; accepted: true or false, without quotes"},
    {"minReplicas\xE2\x80\x8B: 3",
     "4:1: unknown key 'minReplicas<U+200B>'; did you mean 'minReplicas'?"},
    {"minReplicas:\xC2\xA0"
     "2: 1",
     "4:1: unknown key 'minReplicas:<U+00A0>2'; did you mean 'minReplicas'?"},
    {"status: {url: \"http://h/s#x\"}",
     "4:10: status.url: holds a '#', and what follows that is never sent; a '#' that is "
     "meant is written %23"},
    {"status: {push: true, url: \"http://h/s\"}",
     "4:22: status.url: is not read beside 'push: true': a status is read or reported; "
     "take one of them away"},
    {"status: {push: \"true\"}",
     "4:10: status.push: 'true' is not valid; accepted: true or false, without quotes"},
    {"metrics: []", "4:1: key 'metrics' stands here twice"},
    {"minReplicas:",
     "4:1: minReplicas: nothing is not valid; accepted: a whole number from 0 to "
     "1000000"},
    {"maxReplicas: 0",
     "4:1: maxReplicas: 0 is not valid; accepted: a whole number from 1 to 1000000"},
    {"minReplicas: 101", "4:1: minReplicas: minReplicas 101 is above maxReplicas 100"},
    {"interval: 2h",
     "4:1: interval: '2h' is not valid; accepted: a duration such as 1m30s, or seconds, "
     "from 100ms to 1h"},
    {"interval: [5]",
     "4:1: interval: a list of 1 is not valid; accepted: a duration such as 1m30s, or "
     "seconds, from 100ms to 1h"},
    {"tolerance: -0.1",
     "4:1: tolerance: -0.1 is not valid; accepted: a number of at least 0, such as 0.05 "
     "or \"50m\""},
    {"mode: dryrun",
     "4:1: mode: 'dryrun' is not valid; accepted: Active, DryRun, Paused"},
    {"pause: {scaleIn: no}",
     "4:9: pause.scaleIn: 'no' is not valid; accepted: true or false"},
    {"behavior: {scaleDown: {stabilizationWindowSeconds: 4000}}",
     "4:24: behavior.scaleDown.stabilizationWindowSeconds: 4000 is not valid; accepted: "
     "a "
     "whole number from 0 to 3600"},
    {"behavior: {scaleUp: {policies: []}}",
     "4:22: behavior.scaleUp.policies: a list of 0 is not valid; accepted: a list of 1 "
     "to "
     "16"},
    {"behavior: {scaleUp: {policies: [{type: Pods, value: 1}]}}",
     "4:33: behavior.scaleUp.policies[0]: 'periodSeconds' is missing"},
    {"behavior: 5", "4:1: behavior: 5 is not valid; accepted: a map of settings"},
    {"combine: Max", "4:1: combine: 'Max' is not valid; did you mean 'max'?"},
    {"fallback: {}", "4:1: fallback: 'replicas' is missing"},
    {"guard: {dropPercent: 100}",
     "4:9: guard.dropPercent: 100 is not valid; accepted: a number above 0 and below "
     "100"},
    {"panic: {windowPercent: .inf}",
     "4:9: panic.windowPercent: .inf is not valid; accepted: a number of at least 1 and "
     "at most 100"},
    {"schedules: [{cron: \"0 8 * * *\", duration: 1h}]",
     "4:13: schedules[0]: 'minReplicas' or 'maxReplicas' is missing"},
    {"schedules: [{cron: \"\", duration: 1h, minReplicas: 2}]",
     "4:14: schedules[0].cron: '' is not valid; accepted: five fields: minute hour "
     "day-of-month month day-of-week"},
    {"schedules: [{cron: 0 8 * * *, duration: 1h, minReplicas: 3, maxReplicas: 2}]",
     "4:45: schedules[0].minReplicas: minReplicas 3 is above maxReplicas 2"},
    {"minReplicas: 0\nzero: {activation: {queue: 0}}",
     "5:21: zero.activation.queue: there is no metric 'queue'; accepted: cpu"},
    {"minReplicas: 0\nzero: {activation: {cpu: -1}}",
     "5:21: zero.activation.cpu: -1 is not valid; accepted: a number of at least 0"},
    {"zero: {}", "4:1: warning: zero: has no effect while minReplicas is 1"},
    {"combine: cpu / 0.8\npanic: {}",
     "5:1: panic: panic has a formula of its own and cannot go with an expression in "
     "'combine'; accepted there: max, min, average"},
    {"scale: {method: DELETE}",
     "4:9: scale.method: 'DELETE' is not valid; accepted: PUT, POST, PATCH"},
    {"scale: {body: '{}'}",
     "4:9: scale.body: '{}' is not valid; accepted: a text that holds ${replicas}"},
    {"status: {replicas: cpu}",
     "4:10: status.replicas: 'cpu' is not valid; accepted: a JSON Pointer, such as "
     "/cpu/highPriority"},
    {"status: {url: \"http://h/${T}\"}",
     "4:10: status.url: a URL may not hold ${...}; a secret belongs into a header"},
    {"status: {headers: {A: 5}}",
     "4:20: status.headers.A: the value is not valid; accepted: a text, in quotes if "
     "need "
     "be"},
    {"status: {headers: {A: s3cret, a: s3cret}}",
     "4:31: status.headers.a: this header stands here twice"},
    {"status: {headers: {Content-Length: s3cret}}",
     "4:20: status.headers.Content-Length: this header is set as needed and cannot be "
     "given"},
    {"status: {headers: {\"A B\": s3cret}}",
     "4:20: status.headers.A B: not a header's name; accepted: letters, digits and '-'"},
    {"status: {headers: {A: \"s3cret\\r\\nB: 1\"}}",
     "4:20: status.headers.A: the value holds a control character, a line break "
     "(byte 7 of 12)"},
    {"status: {headers: {A: \"s3cret${\"}}",
     "4:20: status.headers.A: a ${ in the value has no }"},
    {"status: {headers: {A: \"${1x}\"}}",
     "4:20: status.headers.A: a ${...} in the value is not valid; accepted: ${VAR}, of "
     "letters, digits and _, or ${file:/path}"},
    {"shadow: {interval: 5s}",
     "4:10: shadow.interval: a shadow changes the policy only, not 'interval'"},
    {"shadow: {minReplica: 1}",
     "4:10: shadow: unknown key 'minReplica'; did you mean 'minReplicas'?"},
    {"shadow: {metrics: [{name: cpu, value: /mem, target: 1}]}",
     "4:20: shadow.metrics[0]: 'cpu' must have the value, url, headers and format of the "
     "live metric; only type and target may differ"},
    {"shadow: {minReplicas: 200}",
     "4:10: shadow.minReplicas: minReplicas 200 is above maxReplicas 100"},
    {"tolerance: 0.1\ntolerance: 0.2", "5:1: key 'tolerance' stands here twice"},
    {"<<: {}",
     "4:1: unknown key '<<'; YAML's merge key is not supported, but 'defaults' "
     "and aliases are"},
};

}  // namespace

TEST_CASE("each mistake is told with its place and what is accepted") {
  for (const auto& m : mistakes) {
    CAPTURE(m.line);
    const auto told = read(with(m.line)).problems;
    CHECK(told == fmt::format("f:{}\n", m.told));
    CHECK(told.find("s3cret") == std::string::npos);
  }
}

TEST_CASE("what is missing is named") {
  CHECK(read("interval: 5s\n").problems ==
        "f:1:1: 'name' is missing\nf:1:1: 'metrics' is missing\n"
        "f:1:1: 'app' is missing, or else 'status.url' and 'scale.url'\n");
  CHECK(read("name: a\nstatus: {url: \"http://h/s\"}\nmetrics: [{name: c}]\n").problems ==
        "f:1:1: 'scale' is missing, since there is no 'app'\n"
        "f:3:11: metrics[0]: 'target' is missing\n"
        "f:3:11: metrics[0]: 'value' is missing\n");
  CHECK(read("listen: {metrics: \"127.0.0.1:0\"}\n").problems ==
        "f:1:1: 'targets' is missing\n");
}

TEST_CASE("a status that is reported needs no URL, and takes none from app") {
  const std::string metric = "metrics: [{name: cpu, value: /cpu, target: 1}]\n";
  const auto alone =
      read("name: a\nscale: {url: 'http://h/r'}\nstatus: {push: true}\n" + metric);
  CHECK(alone.problems.empty());
  CHECK(alone.read.targets[0].status.push);
  const auto of_app = read(with("maxAge: 30s\nstatus: {push: true, ready: /r}\n"));
  CHECK(of_app.problems.empty());
  CHECK(of_app.read.targets[0].status.url.empty());
  CHECK(of_app.read.targets[0].scale.url == "http://h/app/replicas");
  CHECK(read("name: a\nstatus: {push: true}\n" + metric).problems ==
        "f:1:1: 'scale' is missing, since there is no 'app'\n");
  CHECK(read("name: a\nstatus: {push: false}\nscale: {url: 'http://h/r'}\n" + metric)
            .problems == "f:2:1: status: 'url' is missing, since there is no 'app'\n");
}

TEST_CASE("all mistakes are told at once, and those of the defaults once") {
  const auto o = read(R"(
defaults: {interval: never, guard: {hold: 25h}}
targets:
- {name: a, app: "http://a", metrics: [{name: c, value: /c, target: 1}]}
- {name: a, app: "http://b", metrics: []}
- 5
- {name: b.c, app: "http://b", metrics: [{name: 1x, value: /c, target: 0, color: red}]}
)");
  CHECK(
      o.problems ==
      "f:2:12: defaults.interval: 'never' is not valid; accepted: a duration such as "
      "1m30s, or seconds, from 100ms to 1h\n"
      "f:2:37: defaults.guard.hold: '25h' is not valid; accepted: a duration such as "
      "1m30s, or seconds, from 1s to 24h\n"
      "f:5:4: targets[1].name: 'a' is the name of targets[0], too\n"
      "f:5:30: targets[1].metrics: a list of 0 is not valid; accepted: a list of 1 to "
      "32\n"
      "f:6:3: targets[2]: 5 is not valid; accepted: a map of settings\n"
      "f:7:43: targets[3].metrics[0].name: '1x' is not valid; accepted: a letter or "
      "'_', then letters, digits, '_', '-' and '.', at most 63\n"
      "f:7:64: targets[3].metrics[0].target: 0 is not valid; accepted: a number above "
      "0\n"
      "f:7:75: targets[3].metrics[0]: unknown key 'color'; accepted: name, value, type, "
      "target, url, timeout, headers, keepAlive, format\n");
}

TEST_CASE("defaults lie under each target: maps merge, lists replace, null takes away") {
  const auto o = read(R"(
defaults:
  interval: 10s
  status: {timeout: 1s, headers: {A: a, B: b}}
  guard: {hold: 5m}
  behavior: {scaleDown: {stabilizationWindowSeconds: 60}}
  schedules: [{cron: "0 8 * * *", duration: 1h, minReplicas: 5}]
targets:
- {name: a, app: "http://a/", metrics: [{name: c, value: /c, target: 1}]}
- name: b
  status: {url: "http://b/s", headers: {B: x}}
  scale: {url: "http://b/r"}
  metrics: [{name: c, value: /c, target: 1}]
  interval: 0.25
  guard:
  behavior: {scaleDown: {selectPolicy: Min}}
  schedules: []
)");
  REQUIRE(o.problems == "");
  const auto& [a, b] = std::tie(o.read.targets.at(0), o.read.targets.at(1));
  CHECK(a.status.url == "http://a/app/status");
  CHECK(a.scale.url == "http://a/app/replicas");
  CHECK(a.interval == 10s);
  CHECK(a.guard.value().hold == 5min);
  CHECK(a.schedules.size() == 1);
  CHECK(b.interval == 250ms);
  CHECK(b.status.timeout == 1s);
  CHECK(b.status.headers == std::vector<header>{{"A", "a"}, {"B", "x"}});
  CHECK_FALSE(b.guard);
  CHECK(b.behavior.down.stabilization_window == 60s);
  CHECK(b.behavior.down.select == select_policy::min);
  CHECK(b.behavior.down.policies == behavior_spec{}.down.policies);
  CHECK(b.schedules.empty());
}

TEST_CASE("a tolerance is for both directions, one of a direction wins") {
  const auto of = [](std::string_view lines) {
    const auto o = read(with(lines));
    CHECK(o.problems == "");
    return o.read.targets.at(0).tolerance;
  };
  CHECK(of("") == tolerance_spec{0.1, 0.1});
  CHECK(of("tolerance: 0.2") == tolerance_spec{0.2, 0.2});
  CHECK(of("behavior: {scaleUp: {tolerance: \"50m\"}}") == tolerance_spec{0.05, 0.1});
  CHECK(of("tolerance: 200m\nbehavior: {scaleDown: {tolerance: 0}}") ==
        tolerance_spec{0.2, 0});
}

TEST_CASE("a shadow is the live spec with its changes, active unless it says otherwise") {
  const auto o =
      read(with("mode: Paused\nminReplicas: 2\nguard: {}\n"
                "shadow: {maxReplicas: 9, guard: null}\n"));
  REQUIRE(o.problems == "");
  const auto& live = o.read.targets.at(0);
  auto expected = live;
  expected.shadow.clear();
  expected.mode = scaling_mode::active;
  expected.max_replicas = 9;
  expected.guard.reset();
  REQUIRE(live.shadow.size() == 1);
  CHECK(live.shadow.front() == expected);
  CHECK(read(with("shadow: {mode: DryRun}")).read.targets.at(0).shadow.at(0).mode ==
        scaling_mode::dry_run);
  CHECK(read(with("shadow:")).read.targets.at(0).shadow.empty());
}

TEST_CASE("a policy alone needs neither name nor endpoints") {
  read_options options;
  options.policy_only = true;
  const auto o = read(
      "metrics: [{name: cpu, value: /c, target: 1}]\nshadow: {tolerance: 0}\n", options);
  CHECK(o.problems == "");
  CHECK(o.read.targets.at(0).metrics.size() == 1);
  CHECK(o.read.targets.at(0).shadow.size() == 1);
}

TEST_CASE("those who use a text are asked whether it is right") {
  const auto o =
      read(with("combine: cpu/2 +\nschedules: [{cron: 0 25 * * 1-5, timezone: "
                "Mars, duration: 1h, minReplicas: 2}]\n"
                "scale: {url: 'http://h:x/r'}\n"));
  CHECK(o.problems ==
        "f:4:1: combine: at character 8: it ends where a value should follow\n"
        "f:5:14: schedules[0].cron: cron '0 25 * * 1-5': its hour '25' is not valid; "
        "accepted: 0 to 23\n"
        "f:5:34: schedules[0].timezone: timezone 'Mars' is unknown; accepted: an IANA "
        "name such as UTC or Europe/Berlin\n"
        "f:6:9: scale.url: URL \"http://h:x/r\": the port must be 1 to 65535, and a path "
        "begins with '/'\n");
}

TEST_CASE("the settings beside the targets are read") {
  const auto o = read(
      "{\n\t\"listen\": {\"metrics\": \"127.0.0.1:1\", \"api\": \"127.0.0.1:2\"},\n"
      "\t\"auth\": {\"tokenFile\": \"\\/etc\\/token\"},\n"
      "\t\"record\": {\"dir\": \"/r \\uD83D\\uDE00\", \"segmentSize\": \"1MiB\", "
      "\"keep\": 5000000},\n\t\"targets\": []\n}");
  CHECK(o.problems == "f:5:2: warning: targets: there is none: nothing is scaled\n");
  const auto& s = o.read.settings;
  CHECK(s.listen == listen_spec{"127.0.0.1:1", "127.0.0.1:2", {}});
  CHECK(s.auth.token_file == "/etc/token");
  CHECK(s.record == record_spec{"/r \xF0\x9F\x98\x80", 1 << 20, 5'000'000});
  CHECK(read("{record: /r, targets: []}").read.settings.record == record_spec{"/r"});
  CHECK(read("{record: {keep: 0}, targets: []}").problems ==
        "f:1:2: record: 'dir' is missing\n"
        "f:1:11: record.keep: 0 is not valid; accepted: a number of bytes above 0, such "
        "as 67108864, 64MiB or 1GiB\n"
        "f:1:21: warning: targets: there is none: nothing is scaled\n");
}
