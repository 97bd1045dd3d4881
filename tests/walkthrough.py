"""The walk-throughs of the README, read from its own text: the files they write, the commands, what these print.

`python -m tests.walkthrough` runs them and writes what the commands print into the README: for when the sample practices, or
what a command says, have changed. With `--check` it writes nothing, and says where the README is wrong.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from calculators.prevention import sender, visits
from calculators.records.examined import examined
from calculators.records.store import STORES, open_store

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PRACTICES = ROOT / "sample_data" / "practices"
RULE, GROUP = "## A rule of your own\n", "## A comparison made by volunteers\n"
MEASURE = "## A measure of your own\n"
TITLES = (RULE, MEASURE, GROUP)
FENCE = re.compile(r"(?:`(?P<file>[\w/.]+)`\n\n)?```(?P<kind>toml|sh|text)\n(?P<body>.*?)```\n", re.S)


class Step(NamedTuple):
    """A file to write (kind `toml`), commands to run (`sh`), or what the commands before print (`text`)."""

    kind: str
    file: str
    body: str


def section(title: str) -> str:
    text = README.read_text(encoding="utf-8")
    return text[text.index(title) : text.index("\n## ", text.index(title) + 1)]


def steps(title: str) -> list[Step]:
    return [Step(found["kind"], found["file"] or "", found["body"]) for found in FENCE.finditer(section(title))]


def files(title: str = RULE) -> dict[str, str]:
    """Text of each file the reader is told to write, by its path."""
    return {step.file: step.body for step in steps(title) if step.kind == "toml"}


def run(step: Step, folder: Path) -> str:
    """Write the file, or run the commands, as a reader in a clone would; gives what is printed on screen."""
    if step.kind == "toml":
        (folder / step.file).write_text(step.body, encoding="utf-8")
        return ""
    shown = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    shown |= {f"XDG_{name}_HOME": str(folder / f".{name.lower()}") for name in ("DATA", "STATE")}
    done = subprocess.run(
        ["sh", "-e", "-c", step.body],
        cwd=folder,
        env=shown,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()
    return done.stdout.decode("utf-8")


def clone(folder: Path, opened: bool) -> Path:
    """What the commands of the walk-through need of a clone: the sample practices, without the store of another run unless
    they are `opened`."""
    if opened:
        examined(open_store(PRACTICES))
    left = shutil.ignore_patterns(visits.FILE, sender.FILE, *([] if opened else [f"{STORES}*"]))
    shutil.copytree(PRACTICES, folder / "sample_data" / "practices", ignore=left)
    return folder


def played(title: str, scratch: Path, until: str = "", opened: bool = False) -> Path:
    """The folder of a reader who does what a section says, each of whose commands has printed what it shows after it; only
    up to the commands that hold `until`, when it is given, and on practices that were `opened` before, which takes a command
    eight seconds. AssertionError where something else was printed."""
    folder, printed = clone(scratch, opened), ""
    for step in steps(title):
        if step.kind == "text":
            assert printed == step.body, f"{title}{printed}\n--- not ---\n{step.body}"
        elif until and until in step.body:
            break
        else:
            keeping_times = step.body.replace("cp -r ", "cp -a ")  # by which a store knows the files it was made of
            printed = run(step._replace(body=keeping_times) if opened else step, folder)
    return folder


def check() -> None:
    for title in TITLES:
        with tempfile.TemporaryDirectory() as scratch:
            played(title, Path(scratch))


def write() -> None:
    for title in TITLES:
        text, printed = README.read_text(encoding="utf-8"), ""
        with tempfile.TemporaryDirectory() as scratch:
            folder = clone(Path(scratch), opened=False)
            for step in steps(title):
                if step.kind == "text":
                    text = text.replace(f"```text\n{step.body}```\n", f"```text\n{printed}```\n")
                else:
                    printed = run(step, folder)
        README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    check() if "--check" in sys.argv[1:] else write()
