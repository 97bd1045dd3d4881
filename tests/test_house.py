"""The rules of the house, checked by tools: style, types, import contracts, locks, and where things may live."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("calculators", "dashboard", "sample_data")
PYTHON_FILES = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
AT_THE_TOP = {
    *("pyproject.toml", "README.md", "LICENSE", ".gitignore", "requirements.lock", "requirements-test.lock"),
    *("dashboard", "calculators", "sample_data", "tests", ".streamlit", ".ci"),
}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        pytest.param(["mypy"], marks=pytest.mark.slow),
        ["importlinter.cli", "lint"],
        ["deptry", *ROOMS],
        ["deptry", *ROOMS, "tests", "--ignore", "DEP004"],  # tests import what only tests need
    ],
    ids=["style", "format", "types", "import contracts", "dependencies", "dependencies of the tests"],
)
def test_the_tools_have_nothing_to_say(command):
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run = [sys.executable, "-c", code] if command[0] == "importlinter.cli" else [sys.executable, "-m", *command]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.xdist_group("together")
def test_the_tests_of_a_group_stay_together(request: pytest.FixtureRequest):
    assert "PYTEST_XDIST_WORKER" not in os.environ or request.node.nodeid.endswith("@together")


def test_what_needs_spark_or_a_browser_is_in_its_lane():
    for file in (ROOT / "tests").rglob("test_*.py"):
        text = file.read_text(encoding="utf-8")
        for needed, lane in (("from tests.spark import", "spark"), ("from playwright.", "browser")):
            assert (f"\n{needed}" in text) <= (f"\npytestmark = pytest.mark.{lane}\n" in text), (file, lane)


def test_only_what_was_agreed_is_at_the_top():
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= AT_THE_TOP


def test_the_locks_name_no_host_and_pin_every_package_by_hash():
    for lock in ROOT.glob("*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock.name
        pins = re.findall(r"^[a-z0-9_.\-\[\]]+==.*?(?=^\S|\Z)", text, flags=re.M | re.S | re.I)
        assert pins
        assert all("--hash=sha256:" in pin for pin in pins), lock.name


def test_every_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = (ROOT / "requirements-test.lock").read_text(encoding="utf-8")
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    names = {re.split(r"[<>=!\[ ]", dependency)[0] for dependency in wanted} - {project["name"]}
    assert [name for name in sorted(names) if f"\n{name}==" not in f"\n{locked}"] == []


def test_calculators_never_ask_what_day_it_is():
    asked = [
        path.name for path in (ROOT / "calculators").rglob("*.py") if re.search(r"\.(today|now)\(", path.read_text())
    ]
    assert asked == []


def test_no_rule_and_no_drug_code_is_named_in_python():
    """Indicators, sets, agreements and scenarios: what is taken by default is said by `calculators/defaults.toml`."""
    rooms = ("prevention/indicators", "prevention/sets", "forfait/versions", "forfait/scenarios")
    ids = {path.stem for room in rooms for path in (ROOT / "calculators" / room).rglob("*.toml")}
    assert len(ids) > len(rooms)
    named = re.compile(r"\b(" + "|".join(sorted(ids)) + r")\b|\b34009\d{8}\b|\"[A-Z]\d\d[A-Z]{2}\d\d\"")
    found = [(path.name, m.group()) for path in PYTHON_FILES for m in [named.search(path.read_text())] if m]
    assert found == []
