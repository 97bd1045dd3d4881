"""Judge a mutant of a SQL step: does the engine still agree with the oracle on drawn records?"""

import random
import tempfile
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from calculators.prevention import assess as engine
from calculators.prevention.indicator import IndicatorSet, load_set
from calculators.records.store import Store, open_store
from tests import oracle
from tests.prevention import edges
from tests.prevention.test_oracle import (
    COMPARED,
    EVERY_WINDOW,
    OTHER_MEASURES,
    READINGS,
    confirmed_table,
    declared_table,
)

SECONDS = 40
SEEDS = range(25)
SETS = (str(EVERY_WINDOW), "convention_2024", str(OTHER_MEASURES))
SAID = ("events", "settled", "standing_next")
"""Steps that only what the doctor says makes run."""
Rows = list[dict[str, Any]]


class Drawn(NamedTuple):
    """Records drawn once, and what the oracle decides of them. Plain data: another process reads them as well."""

    name: str
    as_of: date
    folder: Path
    expected: Rows
    declared: edges.Declared
    confirmed: set[tuple[int, str]]
    reading: str
    expected_said: Rows


@cache
def drawn() -> tuple[Drawn, ...]:
    """Every case, drawn on the program as it is."""
    return tuple(_draw(name, seed) for seed in SEEDS for name in SETS)


def _draw(name: str, seed: int) -> Drawn:
    rng, rules = random.Random(seed), load_set(name)
    as_of = edges.draw_as_of(rng)
    known = edges.draw_known(rng, as_of)
    people = [edges.draw_patient(rng, rules, as_of, known) for _ in range(60)]
    folder = Path(tempfile.mkdtemp(prefix="mutation-")) / "d"
    edges.write(folder, people, known, as_of)
    listed = sorted((doctor, n) for n, person in enumerate(people) for doctor in oracle.doctors_of(person, as_of))
    declared = edges.draw_declared(rng, rules, people, as_of)
    confirmed, reading = edges.draw_confirmed(rng, rules, people), rng.choice(READINGS)

    def expected(said: edges.Declared, sure: set[tuple[int, str]], read: str) -> Rows:
        return [
            {"doctor_id": doctor, "patient_id": f"p{n:03}", "indicator": one.id}
            | _columns(
                oracle.Case(
                    rules,
                    edges.as_said(people[n], said.get((n, one.id))),
                    known,
                    as_of,
                    read,
                    frozenset({one.id} if (n, one.id) in sure else ()),
                    people[n],
                ).decide(one)
            )
            for doctor, n in listed
            for one in rules.indicators
        ]

    plain, told = expected({}, set(), READINGS[0]), expected(declared, confirmed, reading)
    return Drawn(name, as_of, folder, plain, declared, confirmed, reading, told)


def _columns(verdict: oracle.Verdict) -> dict[str, Any]:
    return {key: getattr(verdict, key) for key in COMPARED}


def judge(file: Path, text: str) -> None:
    """Raise AssertionError, or the engine's own error, when the mutant is noticed."""
    original: Callable[[str], str] = engine._text
    engine._text = lambda name: text if name == file.stem else original(name)
    try:
        compare_all(drawn())
        if file.stem in SAID:
            compare_said(drawn())
    except AssertionError:
        raise
    except Exception:
        _store.cache_clear()  # an engine stopped in the middle of a query may not answer the next one
        raise
    finally:
        engine._text = original


def compare_all(cases: Iterable[Drawn]) -> None:
    """The engine as it is now against the oracle, on every drawn case."""
    for case in cases:
        rules, store = _rules(case.name), _store(case.folder)
        assert _rows(store, rules, case.as_of, None) == case.expected
        assert _rows(store, rules, case.as_of, "d2") == [row for row in case.expected if row["doctor_id"] == "d2"]


def compare_said(cases: Iterable[Drawn]) -> None:
    """The same, with what the doctor says and under a reading of the campaigns."""
    for case in cases:
        rules, store = _rules(case.name), _store(case.folder)
        said = declared_table(case.declared), confirmed_table(case.confirmed), case.reading
        assert _rows(store, rules, case.as_of, None, *said) == case.expected_said


_rules, _store = cache(load_set), cache(open_store)


def _rows(store: Store, rules: IndicatorSet, as_of: date, doctor: str | None, *said: Any) -> Rows:
    rows = engine.assess(store, rules, as_of, doctor, *said)
    return rows.select(["doctor_id", "patient_id", "indicator", *COMPARED]).to_pylist()
