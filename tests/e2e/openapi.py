"""Every operation that the daemon's /openapi.json lists is called, and every answer is
held against the schema that it promises, by a validator that has nothing of ours.

    openapi.py SCALEIT
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import jsonschema

SPEC = {
    "app": None,
    "interval": "100ms",
    "metrics": [{"name": "cpu", "value": "/cpu/highPriority", "target": 0.8}],
}
STATUS = {"cpu": {"highPriority": 1.6}, "replicas": 10}


def port_after(file, words):
    """The port in the first line that holds these words."""
    for _ in range(600):
        found = re.search(re.escape(words) + r"[^ \n]*:(\d+)", file.read_text())
        if found:
            return int(found[1])
        time.sleep(0.1)
    sys.exit(f"no line with '{words}' in:\n{file.read_text()}")


class Api:
    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"

    def call(self, method, path, body=None, headers=None):
        """Status, headers and body; of a stream, its first event."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, headers or {}, method=method)
        if data is not None and not request.has_header("Content-type"):
            request.add_header("Content-Type", "application/json")
        try:
            answer = urllib.request.urlopen(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            kind = answer.headers.get("Content-Type", "")
            if kind == "text/event-stream":
                for line in answer:
                    if line.startswith(b"data: "):
                        return answer.status, kind, line[6:].decode()
            return answer.status, kind, answer.read().decode()


class Contract:
    def __init__(self, document):
        self.document = document
        self.called = set()
        self.wrong = []

    def validator(self, schema):
        return jsonschema.Draft202012Validator(
            {**schema, "components": self.document["components"]})

    def hold(self, operation, answers, answer):
        """One answer of an operation against what is promised of that status."""
        status, kind, body = answer
        self.called.add((operation["operationId"], status))
        promised = answers.get(str(status)) or answers["default"]
        where = f"{operation['operationId']} {status}"
        content = promised.get("content")
        if content is None:
            if body:
                self.wrong.append(f"{where}: a body where none is promised: {body}")
            return
        media = kind.split(";")[0]
        if media not in content:
            self.wrong.append(f"{where}: {kind!r} is not promised")
        elif media != "text/plain":
            for error in self.validator(content[media]["schema"]).iter_errors(json.loads(body)):
                self.wrong.append(f"{where}: {error.json_path}: {error.message}")


def calls(port, application):
    """What is sent for each operation: good ones, then bad ones."""
    spec = {**SPEC, "app": f"http://127.0.0.1:{application}"}
    name = {"name": "shop"}
    old = {"If-Match": '"no-such"'}
    return {
        "getDaemon": [({}, "", None, None), ({}, "?x=1", None, None)],
        "reload": [({}, "", None, None)],
        "getOpenapi": [({}, "", None, None)],
        "putTarget": [
            (name, "", spec, None),
            (name, "", {**spec, "maxReplicas": 50}, None),
            (name, "", spec, old),
            (name, "", {**spec, "maxReplica": 50}, None),
            ({"name": "of-the-file"}, "", spec, None),
        ],
        "listTargets": [({}, "", None, None), ({}, "?limit=1", None, None),
                        ({}, "?health=ok", None, None), ({}, "?limit=no", None, None)],
        "getTarget": [(name, "", None, None), ({"name": "none"}, "", None, None)],
        "patchTarget": [(name, "", {"minReplicas": 2}, None), (name, "", {"minReplicas": -2}, None),
                        ({"name": "none"}, "", {}, None), (name, "", {}, old)],
        "pauseTarget": [(name, "", None, None), (name, "", {"scaleIn": True}, None),
                        (name, "", {"scaleIn": 1}, None)],
        "resumeTarget": [(name, "", None, None), ({"name": "none"}, "", None, None)],
        "reportStatus": [(name, "", STATUS, None), (name, "", {}, None),
                         ({"name": "none"}, "", STATUS, None)],
        "listDecisions": [(name, "", None, None), (name, "?limit=1", None, None),
                          ({"name": "none"}, "", None, None)],
        "explainTarget": [(name, "", None, None), (name, "", None, {"Accept": "text/plain"}),
                          ({"name": "none"}, "", None, None)],
        "followEvents": [({}, "?target=shop", None, None), ({}, "?type=no", None, None),
                         ({}, "", None, {"Last-Event-ID": "1"})],
        "deleteTarget": [(name, "", None, old), (name, "", None, None), (name, "", None, None)],
    }


def check(api, application):
    document = json.loads(api.call("GET", "/openapi.json")[2])
    try:
        import openapi_spec_validator
        openapi_spec_validator.validate_spec(document)
    except ImportError:
        pass  # where it is not installed; what follows needs no help
    contract = Contract(document)
    operations = {o["operationId"]: (path, method, o)
                  for path, methods in document["paths"].items()
                  for method, o in methods.items()}
    todo = calls(None, application)
    missing = set(operations) ^ set(todo)
    if missing:
        sys.exit(f"not called, or not listed: {missing}")
    for key in todo:  # in the order above: made, looked at, deleted
        path, method, operation = operations[key]
        for segments, query, body, headers in todo[key]:
            answer = api.call(method.upper(), path.format(**segments) + query, body, headers)
            contract.hold(operation, operation["responses"], answer)
            if key == "putTarget" and answer[0] in (200, 201):
                time.sleep(0.5)  # some polls
    for o in operations:
        if not any(name == o and status < 300 for name, status in contract.called):
            contract.wrong.append(f"{o}: never answered well: {contract.called}")
    return contract


def main(scaleit):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "c.yaml").write_text(
            "targets:\n- name: of-the-file\n  app: http://127.0.0.1:1\n"
            "  metrics: [{name: c, value: /c, target: 1}]\n")
        processes = []

        def start(name, *arguments):
            log = folder / f"{name}.log"
            processes.append(subprocess.Popen([scaleit, *arguments], cwd=folder,
                                              stdout=log.open("w"), stderr=subprocess.STDOUT))
            return log

        try:
            application = port_after(start("app", "app", "--port", "0", "--error-rate", "0"), "http://")
            log = start("run", "run", "--config", "c.yaml", "--state", "state",
                        "--metrics-listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0")
            contract = check(Api(port_after(log, "API on http://")), application)
        finally:
            for p in processes:
                p.terminate()
                p.wait(10)
        print(f"{len(contract.called)} kinds of answers to "
              f"{len({name for name, _ in contract.called})} operations")
        for line in contract.wrong:
            print("wrong:", line)
        sys.exit(1 if contract.wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1])
