"""Judge a mutant of a Python module: the code of its functions is swapped in place, then its tests run in this process.

Modules of the engine are judged like the SQL steps, by the comparison with the oracle; the others by their own tests.
"""

import os
import types
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.mutation import sql_judge

os.environ["HYPOTHESIS_PROFILE"] = "mutation"
TESTS = {
    "dates": ["tests/test_dates.py"],
    "campaign": ["tests/test_dates.py"],
    "assess": ["tests/prevention/test_assess.py"],
    "rule_tables": ["tests/prevention/test_rule_tables.py"],
    "explain": ["tests/prevention/test_explain.py"],
    "worklist": ["tests/prevention/test_worklist.py"],
    "rates": ["tests/prevention/test_rates.py"],
    "declarations": ["tests/prevention/test_declarations.py"],
    "indicator": ["tests/prevention/test_bad_rules.py", "tests/prevention/test_rule_files.py"],
}
ENGINE = ("dates", "campaign", "assess", "rule_tables")
ROOT = Path(__file__).parents[2]


class NoticedError(AssertionError):
    """The tests noticed."""


def judge(file: Path, text: str) -> None:
    """Raise when the mutant is noticed."""
    module = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    with swapped(module, compile(text, str(file), "exec")):
        if file.stem in ENGINE:
            sql_judge.compare_all()
        for tests in TESTS[file.stem]:
            if pytest.main(
                ["-x", "-qq", "--no-header", "-p", "no:cacheprovider", "-p", "no:warnings", str(ROOT / tests)]
            ):
                raise NoticedError


@contextmanager
def swapped(module: types.ModuleType, code: types.CodeType) -> Iterator[None]:
    """The module with the code of its functions, and its constants, taken from the mutant."""
    mutant = {"__name__": module.__name__, "__file__": module.__file__}
    exec(code, mutant)
    before = list(_swap(module.__dict__, mutant))
    try:
        yield
    finally:
        for target, name, value in before:
            if isinstance(target, dict):
                target[name] = value
            else:
                setattr(target, name, value)


def _swap(originals: dict[str, Any], mutants: Any) -> Iterator[tuple[Any, str, Any]]:
    """Swap, and say what was there."""
    for name, original in list(originals.items()):
        new = mutants.get(name) if isinstance(mutants, dict) else getattr(mutants, name, None)
        if new is None or name.startswith("__"):
            continue
        function, changed = _function(original), _function(new)
        if function is not None and changed is not None:
            yield function, "__code__", function.__code__
            yield function, "__defaults__", function.__defaults__
            function.__code__, function.__defaults__ = changed.__code__, changed.__defaults__
            getattr(original, "cache_clear", lambda: None)()
        elif isinstance(original, type) and isinstance(new, type) and original.__module__ == mutants.get("__name__"):
            yield from _swap(dict(vars(original)), new)
        elif name.isupper():
            yield originals, name, original
            originals[name] = new


def _function(thing: Any) -> types.FunctionType | None:
    """The plain function behind a function, a cached one, a property or a pydantic validator."""
    for found in (getattr(thing, "__wrapped__", None), getattr(thing, "fget", None), thing):
        if isinstance(found, types.FunctionType):
            return found
    return None
