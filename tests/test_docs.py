"""The README is under test: its commands exist, its paths exist, CI runs its test command."""

import re
from pathlib import Path

from dashboard.command.arguments import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_two_commands_are_one_line_each():
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    assert [line.rsplit("&&")[-1].strip() for line in lines] == [".venv/bin/tableau-mt", ".venv/bin/python -m pytest"]


def test_every_command_is_shown_and_no_other():
    shown = set(re.findall(r"^tableau-mt \[?([a-z]+)", README, flags=re.M))
    assert shown == set(COMMANDS)


def test_every_path_named_exists():
    named = re.findall(r"`((?:calculators|dashboard|sample_data|tests|\.ci)/[\w./]*)`", README)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_pictures_are_those_of_the_journeys_and_small():
    shown = re.findall(r"!\[[^\]]+\]\(tests/screenshots/(\w+)\.png\)", README)
    folder = ROOT / "tests" / "screenshots"
    taken = re.search(r"^JOURNEYS.*?^}", (folder / "__main__.py").read_text(encoding="utf-8"), flags=re.M | re.S)
    assert taken
    assert sorted(shown) == sorted(re.findall(r'"(\w+)": ', taken[0]))
    assert sorted(shown) == sorted(file.stem for file in folder.glob("*.png"))
    assert [file for file in folder.glob("*.png") if file.stat().st_size > 200_000] == []


def test_every_module_it_says_to_run_exists():
    modules = re.findall(r"python -m ((?:tests|sample_data|calculators)[\w.]*)", README)
    assert modules
    for module in modules:
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_the_project_speaks_of_itself_alone():
    """No path of a machine, no registry, no address of a package index in what is committed as text."""
    forbidden = re.compile(r"/work/|/tmp/|/opt/|pypi\.|registry\.|extra-index-url|find-links")
    files = [path for room in ("calculators", "dashboard", "sample_data", ".ci") for path in (ROOT / room).rglob("*")]
    texts = [path for path in files if path.suffix in (".py", ".toml", ".sql", ".md", ".lock") or path.name == "run"]
    found = [
        (str(path.relative_to(ROOT)), m.group()) for path in texts for m in [forbidden.search(path.read_text())] if m
    ]
    assert found == []
