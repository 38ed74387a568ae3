#!/usr/bin/env python3
"""The schema that the binary prints, the command that checks, and the page that
explains must say the same.

    schema_agreement.py SCALEIT SOURCE_DIRECTORY
"""
import json
import pathlib
import re
import subprocess
import sys

import jsonschema
import yaml

SCALEIT, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])

METRIC = "{name: cpu, value: /cpu/highPriority, target: 0.8}"
BARE = f"name: a\napp: http://h\nmetrics: [{METRIC}]\n"

# Lines after a complete TargetSpec.
VALID = [
    "",
    "interval: 10\nmaxAge: 1m30s\nwarmup: 0.5h\n",
    "minReplicas: 0\nzero: {activation: {cpu: 0.5}, cooldown: 60}\n",
    "tolerance: 50m\nbehavior: {scaleUp: {tolerance: 0.2}, scaleDown: {tolerance: null}}\n",
    "behavior: {scaleDown: {stabilizationWindowSeconds: 0, selectPolicy: Disabled,"
    " policies: [{type: Pods, value: 1, periodSeconds: 1800}]}}\n",
    "combine: cpu / 0.8\n",
    "combine: average\npanic: {windowPercent: 1, thresholdPercent: 100.5}\n",
    "fallback: {replicas: 6, behavior: currentReplicasIfLower}\n",
    "guard: {}\nflapBudget: {reversals: 100}\npanic: null\n",
    "schedules: [{cron: 0 8 * * 1-5, timezone: Europe/Berlin, duration: 10h, minReplicas: 3}]\n",
    "schedules: [{cron: '@daily', duration: 1h, minReplicas: 3},"
    " {cron: \"0\\t8\\t*\\t* MON-fri\", duration: 1h, maxReplicas: 3}]\n",
    "metrics: [{name: q, url: 'http://p/q?a=%7B', format: prometheus, target: 1}]\n",
    "metrics: [{name: q, url: 'http://p/q', format: prometheus, value: '/data/result/0/value/1',"
    " target: 1}]\n",
    "behavior: {scaleUp: {policies: [{type: Pods, value: 2147483647, periodSeconds: 1}]}}\n",
    "mode: DryRun\npause: {scaleIn: true}\n",
    "shadow: {tolerance: 0.2, guard: null, metrics: [" + METRIC + "]}\n",
    "shadow: null\n",
    "status: {timeout: 1s, headers: {A: 'Bearer x'}, replicas: '', ready: /r}\n",
    "scale: {method: PATCH, body: 'n=${replicas}', contentType: text/plain}\n",
    "status: {push: true, timeout: 1s, ready: /r}\n",
    "status: {push: false, url: 'http://h/s'}\n",
]
INVALID = [
    "minReplica: 1\n",
    "minReplicas: 1000001\n",
    "minReplicas: '1'\n",
    "minReplicas: null\n",
    "maxReplicas: 0\n",
    "interval: fast\n",
    "interval: 3601\n",
    "interval: true\n",
    "tolerance: -1\n",
    "tolerance: 5%\n",
    "behavior: {scaleUp: {policies: []}}\n",
    "behavior: {scaleUp: {policies: [{type: Pods, value: 0, periodSeconds: 1}]}}\n",
    "behavior: {scaleUp: {policies: [{type: Pods, value: 1}]}}\n",
    "behavior: {scaleUp: {stabilizationWindowSeconds: 3601}}\n",
    "behavior: {scaleUp: {selectPolicy: max}}\n",
    "combine: ''\n",
    "fallback: {failureThreshold: 1}\n",
    "fallback: {replicas: 1, behavior: never}\n",
    "guard: {dropPercent: 100}\n",
    "guard: {dropPercent: 0}\n",
    "panic: {thresholdPercent: 100}\n",
    "flapBudget: {reversals: 0}\n",
    "schedules: [{cron: 0 8, duration: 1h, minReplicas: 1}]\n",
    "schedules: [{cron: '@noon', duration: 1h, minReplicas: 3}]\n",
    "schedules: [{cron: 'CRON_TZ=Asia/Tokyo 0 8 * * *', duration: 1h, minReplicas: 3}]\n",
    "app: http://h/x?token=a\n",
    "app: http://h/x#blue\n",
    "status: {url: 'http://h/s#x'}\n",
    "metrics: [{name: q, url: 'http://p/q', target: 1}]\n",
    "metrics: [{name: q, url: 'http://p/q', format: json, target: 1}]\n",
    "metrics: [{name: q, value: /q, format: prometheus, target: 1}]\n",
    "metrics: [{name: q, url: 'http://p/q', format: Prometheus, value: /q, target: 1}]\n",
    "behavior: {scaleUp: {policies: [{type: Pods, value: 2147483648, periodSeconds: 1}]}}\n",
    "schedules: [{duration: 1h, minReplicas: 1}]\n",
    "zero: {activation: {cpu: -1}}\n",
    "mode: active\n",
    "pause: {scaleIn: 'yes'}\n",
    "shadow: {interval: 5s}\n",
    "shadow: {shadow: {}}\n",
    "status: {replicas: cpu}\n",
    "status: {ready: /~2}\n",
    "status: {url: ftp://h}\n",
    "status: {headers: {A: 1}}\n",
    "status: {push: 'yes'}\n",
    "status: {push: true, url: 'http://h/s'}\n",
    "status: {headers: {'A B': x}}\n",
    "scale: {method: GET}\n",
    "scale: {body: '{}'}\n",
    "name: A\n",
]
# Whole files.
VALID_FILES = [
    "targets: []\n",
    "listen: {metrics: ':0', api: '[::1]:1'}\nauth: {tokenFile: /t}\nrecord: /r\n"
    "targets:\n- {name: a, app: 'http://h', metrics: [" + METRIC + "]}\n",
    "record: {dir: /r, segmentSize: 1000, keep: 2GiB}\n"
    "defaults: {app: 'http://h', interval: 1s, metrics: [" + METRIC + "], fallback: {failureThreshold: 1}}\n"
    "targets: [{name: a}, {name: b, fallback: {replicas: 1}}, {name: c, app: 'http://c', fallback: null}]\n"
    .replace("{name: a}", "{name: a, fallback: {replicas: 3}}"),
    "name: a\nstatus: {url: 'http://h/s'}\nscale: {url: 'http://h/r'}\nmetrics: [" + METRIC + "]\n",
    "name: a\nstatus: {push: true}\nscale: {url: 'http://h/r'}\nmetrics: [" + METRIC + "]\n",
]
INVALID_FILES = [
    "listen: {metrics: ':0'}\n",
    "listen: {metrics: here}\ntargets: []\n",
    "record: {keep: 1GiB}\ntargets: []\n",
    "record: {dir: /r, keep: 1GB}\ntargets: []\n",
    "targets: {}\n",
    "targets: [{name: a, app: 'http://h'}]\n",
    "targets: [{name: a, metrics: [" + METRIC + "]}]\n",
    "targets: [{name: a, app: 'http://h', metrics: [{name: cpu, value: /c}]}]\n",
    "targets: [{name: a, app: 'http://h', metrics: [" + METRIC + "], fallback: {}}]\n",
    "defaults: {minReplica: 1}\ntargets: []\n",
    "extra: 1\ntargets: []\n",
    "name: a\nstatus: {url: 'http://h/s'}\nmetrics: [" + METRIC + "]\n",
    "name: a\nstatus: {push: true}\nmetrics: [" + METRIC + "]\n",
    "name: a\nstatus: {push: false}\nscale: {url: 'http://h/r'}\nmetrics: [" + METRIC + "]\n",
    "- 1\n",
    "5\n",
]

failures = []


def expect(what, ok):
    if not ok:
        failures.append(what)


def run(*arguments, text=None):
    return subprocess.run([SCALEIT, *arguments], input=text, capture_output=True,
                          text=True, timeout=60, cwd="/")


def agree(validator, text, valid):
    checked = run("check", "-", text=text)
    expect(f"check says {checked.returncode} {checked.stderr}to\n{text}",
           checked.returncode == (0 if valid else 2))
    expect(f"the schema does not say {valid} to\n{text}",
           validator.is_valid(yaml.safe_load(text)) == valid)


def keys(schema, prefix=""):
    """Each key with its schema, as the page writes it: behavior.scaleUp.policies[].type."""
    for name, s in schema.get("properties", {}).items():
        path = prefix + name
        yield path, s
        yield from keys(s, path + ".")
        yield from keys(s.get("items", {}), path + "[].")


def check_page(schema):
    """Every key is a row of the page, with its default; every row is a key."""
    page = (SOURCE / "docs/reference/config.md").read_text()
    rows = dict(re.findall(r"^\| `([^`]+)` \| (.*)$", page, re.M))
    definitions = schema["definitions"]
    known = dict(keys(definitions["target"]))
    known.update(keys(definitions["config"]))
    for path, s in known.items():
        if path not in rows:
            failures.append(f"config.md has no row for {path}")
        elif "default" in s:
            default = s["default"]
            shown = default if isinstance(default, str) else json.dumps(default)
            expect(f"config.md: {path} has the default {shown}", f"`{shown}`" in rows[path])
    for path in rows:
        expect(f"config.md: there is no key {path}", path in known)


def check_events():
    """The page's examples and the kept records are events; it explains every key."""
    schema = json.loads(run("schema", "--events").stdout)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    page = (SOURCE / "docs/reference/events.md").read_text()
    lines = re.findall(r"^(\{.*\})$", page, re.M)
    for record in sorted((SOURCE / "tests/replay/records").rglob("*.jsonl")):
        lines += record.read_text().splitlines()[:200]
    expect("there are events to be judged", len(lines) > 100)
    for line in lines:
        for error in validator.iter_errors(json.loads(line)):
            failures.append(f"{error.message} in {line[:300]}")
    event = json.loads(lines[0])
    for key, value in (("id", "first"), ("specversion", "2.0"), ("data", [])):
        expect(f"an event whose {key} is {value}", not validator.is_valid({**event, key: value}))
    sections = re.split(r"^## ", page, flags=re.M)[1:]
    for rule in schema["allOf"]:
        kind = rule["if"]["properties"]["type"]["const"]
        text = next((s for s in sections if kind in s.split("\n")[0]), "")
        for key in rule["then"]["properties"]["data"].get("properties", {}):
            expect(f"events.md: {kind} has no `{key}`", f"`{key}`" in text)


def main():
    schema = json.loads(run("schema").stdout)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for valid, lines, files in ((True, VALID, VALID_FILES), (False, INVALID, INVALID_FILES)):
        for text in files:
            agree(validator, text, valid)
        for text in lines:
            # Later keys replace earlier ones here, as a key may stand only once.
            merged = {**yaml.safe_load(BARE), **(yaml.safe_load(text) or {})}
            agree(validator, yaml.safe_dump(merged), valid)
            agree(validator, yaml.safe_dump({"targets": [merged]}), valid)
    example = (SOURCE / "compose/scaleit.yaml").read_text()
    agree(validator, example, True)
    agree(validator, json.dumps(yaml.safe_load(example)), True)
    check_page(schema)
    check_events()
    for f in failures:
        print(f, file=sys.stderr)
    print(f"{len(failures)} disagreements")
    return 1 if failures else 0


sys.exit(main())
