"""Judge a mutant of a Python module: a forked process imports the program again, that module from the mutant's text.

Nothing of the original is left there: constraints and defaults of classes, constants and decorators are the mutant's too.
Libraries are imported once, before the fork. Modules of the engine are judged like the SQL steps, by the comparison with
the oracle (drawn before, on the program as it is), then by their tests; the others by their tests.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from multiprocessing import get_context
from pathlib import Path
from types import CodeType
from typing import IO, Any

import pytest

from tests.mutation import sql_judge

os.environ["HYPOTHESIS_PROFILE"] = "few"
TESTS = {
    "dates": ["test_dates"],
    "campaign": ["test_dates", "prevention/test_bad_rules", "prevention/test_campaigns"],
    "assess": ["prevention/test_assess"],
    "rule_tables": ["prevention/test_rule_tables"],
    "explain": ["prevention/test_explain"],
    "worklist": ["prevention/test_worklist"],
    "rates": ["prevention/test_rates"],
    "declarations": ["prevention/test_declarations"],
    "codes": ["prevention/test_own_codes", "prevention/test_rule_files"],
    "example": ["prevention/test_examples", "prevention/test_indicator"],
    "check": ["prevention/test_check", "prevention/test_examples"],
    "indicator": [
        *("prevention/test_indicator", "prevention/test_bad_rules", "prevention/test_rule_files"),
        *("prevention/test_own_codes", "test_catalogue"),
    ],
}
ENGINE = ("dates", "campaign", "assess", "rule_tables")
ROOT = Path(__file__).parents[2]
SECONDS = 60
FORK = get_context("fork")


class NoticedError(AssertionError):
    """The tests noticed."""


def judge(file: Path, text: str) -> None:
    """Raise when the mutant is noticed, with what the tests said."""
    cases = drawn() if file.stem in ENGINE else ()
    with tempfile.TemporaryFile("w+") as said:
        child = FORK.Process(target=_run, args=(file, text, cases, said))
        child.start()
        try:
            child.join()
        finally:
            child.kill()  # it has ended, unless the wait was interrupted
        if child.exitcode:
            said.seek(0)
            raise NoticedError(said.read())


@cache
def drawn() -> Sequence[sql_judge.Drawn]:
    """The cases of the SQL steps, drawn in a process of their own: no engine has run, no thread exists, before a fork."""
    with FORK.Pool(1) as pool:
        return pool.apply(sql_judge.drawn)


def _run(file: Path, text: str, cases: Sequence[sql_judge.Drawn], said: IO[str]) -> None:
    """In the child, on the program imported again: the comparison, then the tests."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # then the child ends, whoever waits for it
    os.dup2(said.fileno(), 1)
    os.dup2(said.fileno(), 2)
    name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    for module in [module for module in sys.modules if module.split(".")[0] in ("calculators", "tests")]:
        del sys.modules[module]
    sys.meta_path.insert(0, MutantFinder(name, file, text))
    if cases:
        from tests.mutation import sql_judge as again

        again.compare_all(cases)
        again.compare_said(cases)
    tests = [str(ROOT / "tests" / f"{test}.py") for test in TESTS[file.stem]]
    sys.exit(pytest.main(["-x", "-qq", "--no-header", "--assert=plain", "-p", "no:cacheprovider", *tests]))


class MutantFinder(MetaPathFinder):
    """Finds one module in a text of its own, and no other."""

    def __init__(self, name: str, file: Path, text: str) -> None:
        self.name, self.loader = name, MutantLoader(name, str(file))
        self.loader.text = text

    def find_spec(self, fullname: str, *_: Any) -> ModuleSpec | None:
        return (
            spec_from_file_location(fullname, self.loader.path, loader=self.loader) if fullname == self.name else None
        )


class MutantLoader(SourceFileLoader):
    """Reads the text of the mutant, where the loader of the file would take the code it keeps on disk."""

    text = ""

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.text, self.path, "exec", dont_inherit=True)
