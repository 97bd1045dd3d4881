"""Judge a mutant of a SQL step: does the engine still agree with the oracle on drawn records?"""

import random
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from calculators.prevention import assess as engine
from calculators.prevention.indicator import load_set
from calculators.records.store import Store, open_store
from tests import oracle
from tests.prevention import edges
from tests.prevention.test_oracle import COMPARED, EVERY_WINDOW, OTHER_MEASURES

SEEDS = range(25)
SETS = (str(EVERY_WINDOW), "convention_2024", str(OTHER_MEASURES))


@cache
def case(name: str, seed: int) -> tuple[Any, Any, Store, list[dict[str, Any]]]:
    """Records drawn once, and what the oracle decides of them: rules, as_of, store, expected rows."""
    rng, rules = random.Random(seed), load_set(name)
    as_of = edges.draw_as_of(rng)
    known = edges.draw_known(rng, as_of)
    people = [edges.draw_patient(rng, rules, as_of, known) for _ in range(25)]
    folder = Path(tempfile.mkdtemp(prefix="mutation-")) / "d"
    store = open_store(edges.write(folder, people, known, as_of))
    expected = [
        {key: getattr(oracle.Case(rules, person, known, as_of).decide(indicator), key) for key in COMPARED}
        for person in people
        for indicator in rules.indicators
    ]
    return rules, as_of, store, expected


def judge(file: Path, text: str) -> None:
    """Raise AssertionError, or the engine's own error, when the mutant is noticed."""
    original: Callable[[str], str] = engine._text
    engine._text = lambda name: text if name == file.stem else original(name)
    try:
        for seed in SEEDS:
            for name in SETS:
                rules, as_of, store, expected = case(name, seed)
                rows = engine.assess(store, rules, as_of).to_pylist()
                assert [{key: row[key] for key in COMPARED} for row in rows] == expected
    finally:
        engine._text = original
