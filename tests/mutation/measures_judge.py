"""Judge a mutant of a step of the measures: does every measure still count what the plain definition counts?

The steps run once as they are, and what the engine was asked is kept: of a mutant, the steps from its own on are asked again
of the tables that those before it made.
"""

import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from calculators.engine import Engine, Params, sql_text
from calculators.pertinence.rule_tables import EVERYBODY, Rules
from calculators.pertinence.steps import PACKAGE, Steps
from calculators.records.store import Store
from tests.pertinence import edges, oracle, worlds
from tests.pertinence.oracle import Added
from tests.pertinence.test_against_oracle import (
    CLASSES_OF_ALD_14,
    MEASURES,
    WITHOUT_CLASSES,
    YEARS,
    compare,
    run,
    wanted,
)

SECONDS = 30
PATIENTS, ON_EDGES, FEW = 40, 20 * len(edges.KINDS), 8 * len(edges.KINDS)
DOCTOR = "d1"
OTHERS = ("avoid", "own_cents", "chronic_supplies", "ppi_lines", "switch_lines", "patient_shares")
"""Steps that do not count a measure: their own tests judge them."""
Wanted = list[dict[tuple[str, str], Added]]


class World(NamedTuple):
    """Records drawn once. `doctor`: the one who is asked for, if any; `patients`: keys of the first and after the last."""

    seed: int
    prescribers_known: bool = True
    by_patient: bool = False
    rights_known: bool = True
    doctor: str | None = None
    patients: tuple[int, int] | None = None
    without: tuple[str, ...] = ()
    """Classes of drugs that nobody took; there are few patients then."""


WORLDS = (
    World(173_983),
    World(18_403, prescribers_known=False),
    World(5, by_patient=True, rights_known=False),
    World(173_983, doctor=DOCTOR),
    World(173_983, patients=(30, 150)),
    World(WITHOUT_CLASSES, without=CLASSES_OF_ALD_14),
)


class Asked:
    """An engine that remembers what it was asked, in order."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.calls = engine, list[tuple[str, str, tuple[Any, ...]]]()
        self.fetch = engine.fetch

    def view(self, name: str, source: pa.Table | Sequence[Path]) -> None:
        self._ask("view", name, source)

    def step(self, name: str, sql: str, params: Params | None = None) -> None:
        self._ask("step", name, sql, params)

    def define(self, name: str, sql: str, params: Params | None = None) -> None:
        self._ask("define", name, sql, params)

    def _ask(self, how: str, name: str, *what: Any) -> None:
        self.calls.append((how, name, what))
        getattr(self.engine, how)(name, *what)

    def again(self, step: str, text: str) -> None:
        """Everything from a step on, with another text of it. Raises StopIteration where it was not asked for."""
        before = sql_text(PACKAGE, step)
        start = next(n for n, (how, name, _) in enumerate(self.calls) if (how, name) == ("step", step))
        for how, name, what in self.calls[start:]:
            if (how, name) == ("step", step):
                sql, params = what
                assert sql.endswith(before)
                what = sql.removesuffix(before) + text, params
            getattr(self.engine, how)(name, *what)


def is_judged(file: Path) -> bool:
    return not file.stem.startswith(OTHERS)


def judge(file: Path, text: str) -> None:
    """Raise AssertionError, or the engine's own error, when the mutant is noticed."""
    asked = [
        (engine, steps, of) for engine, steps, of in _made() if any(name == file.stem for _, name, _ in engine.calls)
    ]
    assert asked, f"no measure asks for {file.stem}"
    try:
        for engine, steps, of in asked:
            engine.again(file.stem, text)
            compare(steps, of)
    except AssertionError:
        raise
    except Exception:
        _made.cache_clear()  # an engine stopped in the middle of a query may not answer the next one
        raise


@cache
def _made() -> tuple[tuple[Asked, Steps, Wanted], ...]:
    return tuple(_run())


def _run() -> Iterator[tuple[Asked, Steps, Wanted]]:
    for world in WORLDS:
        store, rules, of = _drawn(world._replace(doctor=None, patients=None))
        engine, doctors = Asked(store.engine()), [store.doctor(world.doctor).key] if world.doctor else None
        steps = run(store, rules, doctors, engine, world.patients)
        first, end = world.patients or (0, EVERYBODY)
        asked = f"select patient_id from patient_keys where patient >= {first} and patient < {end}"
        among = set(engine.fetch(asked)["patient_id"].to_pylist())
        yield engine, steps, [_of(one, world.doctor, among) for one in of]


def _of(wanted: dict[tuple[str, str], Added], doctor: str | None, among: set[str]) -> dict[tuple[str, str], Added]:
    return {key: one for key, one in wanted.items() if doctor in (None, key[0]) and key[1] in among}


@cache
def _drawn(world: World) -> tuple[Store, Rules, Wanted]:
    patients, on_edges = (0, FEW) if world.without else (PATIENTS, ON_EDGES)
    rows = worlds.tables(world.seed, patients, on_edges, world.by_patient, world.without)
    rules = Rules(MEASURES, worlds.YEAR, world.prescribers_known, YEARS)
    store = worlds.open_world(Path(tempfile.mkdtemp(prefix="mutation-")) / "d", rows, world.rights_known)
    return store, rules, wanted(oracle.World(rows, world.prescribers_known, world.rights_known), rules)
