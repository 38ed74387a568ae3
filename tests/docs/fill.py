#!/usr/bin/env python3
"""Writes into the pages what the docs test would hold them against: the output of the
commands in ```console blocks, and the files that ```yaml blocks show.

    tests/docs/fill.py build/dev        # the folder of the scaleit to be run
"""
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = TOP / "docs/examples"
RECIPES = TOP / "docs/operating/recipes"


class Daemon:
    """One without targets, for the commands that ask a daemon."""

    def __init__(self, folder):
        self.files = tempfile.TemporaryDirectory()
        config = pathlib.Path(self.files.name, "scaleit.yaml")
        config.write_text("targets: []\n")
        self.process = subprocess.Popen(
            [folder / "scaleit", "run", "--config", config, "--metrics-listen",
             "127.0.0.1:0", "--api-listen", "127.0.0.1:0"],
            stderr=subprocess.PIPE, text=True)
        self.api = next(found[1] for found in (
            re.search(r"API on (\S+)/api/v1", line) for line in self.process.stderr)
            if found)

    def stop(self):
        self.process.terminate()
        self.process.communicate()


def output_of(command, folder, api):
    ran = subprocess.run(["/bin/sh", "-c", "exec 2>&1\n" + command], cwd=EXAMPLES,
                         env={"PATH": f"{folder}:/usr/bin:/bin", "LC_ALL": "C",
                              "SCALEIT_API": api},
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    return ran.stdout


def console(block, folder, api):
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(c + "\n" + output_of(c[2:], folder, api) for c in commands)


def shown(name):
    file = EXAMPLES / name
    return (file if file.exists() else RECIPES / name).read_text()


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    daemon = Daemon(folder)
    for page in [TOP / "README.md", *sorted(TOP.glob("docs/**/*.md"))]:
        old = page.read_text()
        new = re.sub(r"^```console\n(.*?)^```$",
                     lambda m: "```console\n" + console(m[1], folder, daemon.api) + "```", old,
                     flags=re.S | re.M)
        new = re.sub(r"^```yaml\n# ([a-z0-9-]+\.yaml)\n.*?^```$",
                     lambda m: "```yaml\n" + shown(m[1]) + "```", new, flags=re.S | re.M)
        if new != old:
            page.write_text(new)
            print(page.relative_to(TOP))
    daemon.stop()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
