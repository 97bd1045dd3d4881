"""How tests are drawn, shared out and reported.

Hypothesis has no deadlines (shared machines are noisy), the same few draws in every run of the tests, others each time and
many more at leisure (`HYPOTHESIS_PROFILE=long`). The lanes (markers of pyproject.toml) say what is left out of the quick
run; the longest start first.
"""

import gc
import os
import pickle
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, settings

from tests import machine
from tests.one_duckdb import OneDuckDB
from tests.whole import WHOLE

settings.register_profile("long", deadline=None, suppress_health_check=list(HealthCheck), max_examples=400)
settings.register_profile("few", settings.get_profile("long"), derandomize=True, max_examples=3)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "few")

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
"""Workers, commands and servers find what they import compiled: compiling it in each of some hundred interpreters took
more than half of their start."""

LANES = ("spark", "browser", "slow", "oracle")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker a core, and one more where browsers are tested: they wait more than they compute."""
    cores = os.cpu_count() or 1
    return cores if "browser" in config.option.markexpr else cores + 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The tests of a group run on one worker, one after the other, and the groups with something long come first."""
    if left := [item for item in items if item.get_closest_marker("whole") and not WHOLE]:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
    groups = {item: _group(item) for item in items}
    rank: dict[str, int] = {}
    for item, group in groups.items():
        if group != item.nodeid:
            item.add_marker(pytest.mark.xdist_group(group))
        rank[group] = min(_lane(item), rank.get(group, len(LANES)))
    items.sort(key=lambda item: rank[groups[item]])


def pytest_collection() -> None:
    """Nothing that is collected goes before the end."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the garbage collector need not look through it time and again."""
    gc.freeze()
    gc.enable()


def _lane(item: pytest.Item) -> int:
    return next((rank for rank, name in enumerate(LANES) if item.get_closest_marker(name)), len(LANES))


def _group(item: pytest.Item) -> str:
    """One Spark session serves all its tests; what a module sets up for all its tests serves them all. The browser tests
    are two halves: more browsers at once would make each other wait."""
    if (lane := _lane(item)) < 2:
        return f"{LANES[lane]} of a room" if item.path.stem == "test_in_browser" else LANES[lane]
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    return item.nodeid.split("::")[0] if any(found[-1].scope == "module" for found in fixtures) else item.nodeid


def pytest_unconfigure() -> None:
    """Hypothesis has the garbage collector call it until after the interpreter has let go of modules: all they hold would
    be left over, and DuckDB tells of it after the last line."""
    gc.callbacks.clear()
    gc.unfreeze()


MAIN = sys.modules["__main__"]


@pytest.fixture(autouse=True)
def the_main_module_stays() -> None:
    """A page run as a script takes its place, in what a module sets up too, and another process that is started here would
    run that page."""
    sys.modules["__main__"] = MAIN


@pytest.fixture(autouse=True)
def the_folder_opened_is_forgotten() -> Iterator[None]:
    """The command that serves a folder says it to the pages in the environment."""
    yield
    os.environ.pop("TABLEAU_MT_DOSSIER", None)


@pytest.fixture(scope="session", autouse=True)
def no_test_waits_for_the_disk() -> Iterator[None]:
    """A store is forced to it in forty pieces; what a test writes need not outlive a power cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def one_duckdb() -> Iterator[OneDuckDB]:
    with closing(OneDuckDB()) as one, pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", one.connect)
        yield one


@pytest.fixture(scope="session", autouse=True)
def nothing_is_kept_of_this_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """References he added, and sums he released, are none of a test's."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name)))
        yield


def pytest_configure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        machine.prepare()
    parse_rules_once()


def parse_rules_once() -> None:
    """The same few texts are read thousands of times, from collection on, which took a third of the quick lane. Whoever asks
    gets his own copy."""
    parse = tomllib.loads

    @cache
    def parsed(text: str, parse_float: Any) -> bytes:
        return pickle.dumps(parse(text, parse_float=parse_float))

    tomllib.loads = lambda text, *, parse_float=float: pickle.loads(parsed(text, parse_float))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was left out is said aloud, whatever the verbosity: a machine without browser or Java tests less."""
    reasons = Counter(str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []))
    for reason, number in reasons.items():
        terminalreporter.write_line(f"NOT RUN, {number} tests: {reason}", yellow=True, bold=True)
