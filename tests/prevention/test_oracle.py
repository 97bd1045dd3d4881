"""The engine and the slow, plain definition agree on every row and every reason."""

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.dates import to_day
from calculators.prevention.assess import assess
from calculators.prevention.indicator import IndicatorSet, load_set
from calculators.records.store import open_store
from tests import oracle
from tests.prevention import edges

pytestmark = pytest.mark.oracle

EVERY_WINDOW = Path(__file__).parent / "every_window" / "sets" / "every_window.toml"
COMPARED = (
    *("status", "population", "excluded_by", "last_on", "count", "required", "missing", "due_on", "actionable_on"),
    *("validated", "unknown_because", "noted"),
)


READINGS = ("open_on_year_end", "calendar_year", "until_close")
OTHER_MEASURES = Path(__file__).parent / "other_measures" / "sets" / "other_measures.toml"
SETS = [EVERY_WINDOW, OTHER_MEASURES, "convention_2024", "proposition_2024_03_14"]


@pytest.mark.parametrize("name", SETS, ids=lambda name: Path(name).stem)
@settings(max_examples=min(6, settings.default.max_examples))
@given(seed=st.integers(0, 2**32 - 1))
def test_engine_and_oracle_agree(tmp_path_factory, name, seed):
    compare(load_set(name), seed, tmp_path_factory.mktemp("bord") / "d")


def compare(rules: IndicatorSet, seed: int, folder: Path, patients: int = 30) -> None:
    rng = random.Random(seed)
    as_of = edges.draw_as_of(rng)
    known = edges.draw_known(rng, as_of)
    people = [edges.draw_patient(rng, rules, as_of, known) for _ in range(patients)]
    store = open_store(edges.write(folder, people, known, as_of))
    rows = assess(store, rules, as_of).to_pylist()
    listed = [(f"p{n:03}", doctor) for n, person in enumerate(people) for doctor in oracle.doctors_of(person, as_of)]
    assert [(row["doctor_id"], row["patient_id"], row["indicator"]) for row in rows] == [
        (doctor, patient, indicator.id)
        for doctor, patient in sorted((doctor, patient) for patient, doctor in listed)
        for indicator in rules.indicators
    ]
    assert assess(store, rules, as_of, "d2").to_pylist() == [row for row in rows if row["doctor_id"] == "d2"]
    declared = edges.draw_declared(rng, rules, people, as_of)
    confirmed = edges.draw_confirmed(rng, rules, people)
    reading = rng.choice(READINGS)
    said = {"declared": declared_table(declared), "confirmed": confirmed_table(confirmed), "reading": reading}
    judged = assess(store, rules, as_of, **said).to_pylist()
    for found, acts, sure, read in ((rows, {}, set(), READINGS[0]), (judged, declared, confirmed, reading)):
        cases: dict[tuple[int, Any], oracle.Case] = {}
        for row in found:
            number, indicator = int(row["patient_id"][1:]), rules.indicator(row["indicator"])
            said_on = acts.get((number, indicator.id))
            if (number, said_on) not in cases:
                patient = edges.as_said(people[number], said_on)
                settled = frozenset(one for who, one in sure if who == number)
                cases[number, said_on] = oracle.Case(rules, patient, known, as_of, read, settled, people[number])
            case = cases[number, said_on]
            expected = case.decide(indicator)
            wanted = {key: getattr(expected, key) for key in COMPARED}
            assert {key: row[key] for key in COMPARED} == wanted, (indicator.id, as_of, known, read, case.patient)


def confirmed_table(confirmed: set[tuple[int, str]]) -> pa.Table:
    """As `assess` takes it."""
    pairs = sorted(confirmed)
    columns = {"patient_id": [f"p{n:03}" for n, _ in pairs], "indicator": [one for _, one in pairs]}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def declared_table(declared: edges.Declared) -> pa.Table:
    """As `assess` takes it."""
    keys = {"patient_id": [f"p{number:03}" for number, _ in declared], "indicator": [one for _, one in declared]}
    days = pa.array([to_day(day) for day in declared.values()], pa.int32())
    return pa.table({name: pa.array(values, pa.string()) for name, values in keys.items()} | {"day": days})
