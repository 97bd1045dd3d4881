"""Judge a mutant of a step of the measures: does every measure still count what the plain definition counts?"""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from calculators.pertinence import steps as engine
from calculators.pertinence.rule_tables import Rules
from calculators.records.store import Store
from tests.pertinence import oracle, worlds
from tests.pertinence.oracle import Added
from tests.pertinence.test_against_oracle import MEASURES, YEARS, compare, run, wanted

SECONDS = 60
SEEDS = (173_983, 18_403, *range(6))
PATIENTS = 25
DOCTOR = "d1"
OTHERS = ("avoid", "own_cents", "chronic_supplies", "ppi_lines", "switch_lines", "patient_shares", "covers")
"""Steps that do not count a measure, or only on other records: their own tests judge them."""


class Drawn(NamedTuple):
    """Records drawn once, and what the plain definition counts of them: for all doctors, then for one."""

    store: Store
    rules: Rules
    wanted: list[dict[tuple[str, str], Added]]

    def of(self, doctor: str) -> list[dict[tuple[str, str], Added]]:
        return [{key: one for key, one in each.items() if key[0] == doctor} for each in self.wanted]


def is_judged(file: Path) -> bool:
    return not file.stem.startswith(OTHERS)


def judge(file: Path, text: str) -> None:
    """Raise AssertionError, or the engine's own error, when the mutant is noticed."""
    original: Callable[[str, str], str] = engine.sql_text
    engine.sql_text = lambda package, name: text if name == file.stem else original(package, name)
    try:
        for case in _drawn():
            compare(run(case.store, case.rules), case.wanted)
            compare(run(case.store, case.rules, [case.store.doctor(DOCTOR).key]), case.of(DOCTOR))
    finally:
        engine.sql_text = original


@cache
def _drawn() -> tuple[Drawn, ...]:
    return tuple(_draw(seed, known) for seed, known in zip(SEEDS, [True, False] * len(SEEDS), strict=False))


def _draw(seed: int, prescribers_known: bool) -> Drawn:
    rows, rules = worlds.tables(seed, PATIENTS), Rules(MEASURES, worlds.YEAR, prescribers_known, YEARS)
    store = worlds.open_world(Path(tempfile.mkdtemp(prefix="mutation-")) / "d", rows)
    return Drawn(store, rules, wanted(oracle.World(rows, prescribers_known), rules))
