#!/usr/bin/env python3
"""Writes into the pages what the docs test would hold them against: the output of the
commands in ```console blocks, and the files that ```yaml blocks show.

    tests/docs/fill.py build/dev        # the folder of the scaleit to be run
"""
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = TOP / "docs/examples"
RECIPES = TOP / "docs/operating/recipes"


def output_of(command, folder):
    ran = subprocess.run(["/bin/sh", "-c", "exec 2>&1\n" + command], cwd=EXAMPLES,
                         env={"PATH": f"{folder}:/usr/bin:/bin", "LC_ALL": "C"},
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    return ran.stdout


def console(block, folder):
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(c + "\n" + output_of(c[2:], folder) for c in commands)


def shown(name):
    file = EXAMPLES / name
    return (file if file.exists() else RECIPES / name).read_text()


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    for page in [TOP / "README.md", *sorted(TOP.glob("docs/**/*.md"))]:
        old = page.read_text()
        new = re.sub(r"^```console\n(.*?)^```$",
                     lambda m: "```console\n" + console(m[1], folder) + "```", old,
                     flags=re.S | re.M)
        new = re.sub(r"^```yaml\n# ([a-z0-9-]+\.yaml)\n.*?^```$",
                     lambda m: "```yaml\n" + shown(m[1]) + "```", new, flags=re.S | re.M)
        if new != old:
            page.write_text(new)
            print(page.relative_to(TOP))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
