"""The views every subject shares, against a plain sum over the canonical rows, on lines drawn to collide."""

import random
from collections import defaultdict
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from calculators import dates
from calculators.engine import Engine
from calculators.records.store import Store, open_store
from calculators.records.views import with_rights
from tests import practice

DAY = date(2025, 6, 30)
PATIENTS = [f"p{n:03}" for n in range(300)]
Row = dict[str, Any]


def drawn(rng: random.Random) -> dict[str, list[Row]]:
    """Up to six lines of acts and of deliveries for each patient, on two days, with two or three values of each key."""
    days = (DAY, DAY + timedelta(days=1))
    tables: dict[str, list[Row]] = {"acts": [], "deliveries": []}
    for patient in PATIENTS:
        for _ in range(rng.randrange(7)):
            tables["acts"].append({
                "patient_id": patient, "date": rng.choice(days), "system": "ngap", "code": rng.choice(("G", "V")),
                "quantity": rng.choice((-2, -1, 0, 1, 1, 1, 2)), "performer_id": rng.choice(("d1", "d2", None)),
            })  # fmt: skip
            tables["deliveries"].append({
                "patient_id": patient, "date": rng.choice(days), "boxes": rng.choice((-2, -1, 0, 1, 1, 1, 2)),
                "cip13": rng.choice(("3400930247853", "3400930000001", None)),
                "atc": rng.choice(("J07AL02", "C09AA05", None)), "prescriber_id": rng.choice(("d1", "d2", None)),
            })  # fmt: skip
    return tables


@pytest.fixture(scope="module")
def lines() -> dict[str, list[Row]]:
    return drawn(random.Random(11))


@pytest.fixture(scope="module")
def store(lines, tmp_path_factory: pytest.TempPathFactory) -> Store:
    people = [(patient, "1950-01-01", "F") for patient in PATIENTS]
    return open_store(practice.write(tmp_path_factory.mktemp("views") / "d", patients=people, **lines))


def net(rows: list[Row], amount: str, *key: str) -> set[tuple]:
    """Keys that add up to more than nothing."""
    sums: dict[tuple, int] = defaultdict(int)
    for row in rows:
        sums[tuple(row.get(name) for name in key)] += row[amount]
    return {found for found, total in sums.items() if total > 0}


def in_words(engine: Engine, view: str, *key: str) -> list[tuple]:
    """Rows of a view by the ids and dates of the canonical tables."""
    names = {
        "patient": ("patient_keys", "patient", "patient_id"), "act": ("act_keys", "act", "code"),
        "performer": ("professional_keys", "professional", "professional_id"),
        "prescriber": ("professional_keys", "professional", "professional_id"),
        "drug": ("drug_keys", "drug", "atc"), "product": ("product_keys", "product", "cip13"),
    }  # fmt: skip
    words = {
        column: {row[number]: row[word] for row in engine.fetch(f"select * from {name}").to_pylist()}
        for column, (name, number, word) in names.items()
        if column in key
    } | {"day": {dates.to_day(day): day for day in (DAY, DAY + timedelta(days=1))}}
    rows = engine.fetch(f"select {', '.join(key)} from {view}").to_pylist()
    return [tuple(words[column].get(row[column]) for column in key) for row in rows]


@pytest.mark.parametrize(
    ("view", "rows", "amount", "key", "canonical"),
    [
        ("acts_done", "acts", "quantity", ("patient", "act", "day"), ("patient_id", "code", "date")),
        (
            "acts_done_by_performer", "acts", "quantity", ("patient", "act", "day", "performer"),
            ("patient_id", "code", "date", "performer_id"),
        ),
        (
            "deliveries_done", "deliveries", "boxes", ("patient", "drug", "day", "prescriber"),
            ("patient_id", "atc", "date", "prescriber_id"),
        ),
        ("drugs_delivered", "deliveries", "boxes", ("patient", "drug", "day"), ("patient_id", "atc", "date")),
        ("products_delivered", "deliveries", "boxes", ("patient", "product", "day"), ("patient_id", "cip13", "date")),
    ],
)  # fmt: skip
def test_what_happened_is_what_adds_up_on_the_key_of_the_view(store, lines, view, rows, amount, key, canonical):
    found, expected = in_words(store.engine(), view, *key), net(lines[rows], amount, *canonical)
    assert set(found) == expected
    everything = {tuple(row[name] for name in canonical) for row in lines[rows]}
    assert 100 < len(expected) < len(everything)  # some were taken back


def test_the_performer_of_acts_done_is_told_on_days_without_a_reversal(store, lines):
    reversed_on = {(row["patient_id"], row["date"]) for row in lines["acts"] if row["quantity"] <= 0}
    told = in_words(store.engine(), "acts_done", "patient", "act", "day", "performer")
    plain = [row for row in lines["acts"] if (row["patient_id"], row["date"]) not in reversed_on]
    kept = [row for row in told if (row[0], row[2]) not in reversed_on]
    assert sorted(kept, key=repr) == sorted(
        ((row["patient_id"], row["code"], row["date"], row["performer_id"]) for row in plain), key=repr
    )
    assert all(row[3] is None for row in told if (row[0], row[2]) in reversed_on)


def test_the_lines_to_net_are_those_of_the_days_with_a_reversal_and_no_other(store):
    for name in ("acts", "deliveries"):
        to_net = store.engine().fetch(f"select * from {name}_to_net")
        columns = ", ".join(to_net.column_names)
        marked = store.engine().fetch(f"select {columns} from {name} where with_reversal = 1")
        assert sorted(map(repr, to_net.to_pylist())) == sorted(map(repr, marked.to_pylist()))
        assert 0 < to_net.num_rows < store.rows[name]


PERIODS = [
    (start, end)
    for start, end in product((None, -1, 0, 1), (None, -1, 0, 1))
    if start is None or end is None or start <= end + 1
]
"""First and last day around DAY, before and after included; none: long ago, still."""


def period(start: int | None, end: int | None) -> Row:
    return {
        "from_date": date(2010, 1, 1) if start is None else DAY + timedelta(days=start),
        "to_date": None if end is None else DAY + timedelta(days=end),
    }


def is_active(given: Row) -> bool:
    return given["from_date"] <= DAY and (given["to_date"] is None or given["to_date"] >= DAY)


@pytest.mark.parametrize(("ald_known", "c2s_known"), list(product((True, False), repeat=2)))
@pytest.mark.parametrize("recorded", [("ald", "c2s"), ("ald",), ("c2s",), ()])
def test_a_right_is_had_not_had_or_not_known(tmp_path: Path, ald_known: bool, c2s_known: bool, recorded: tuple):
    """A missing table knows nobody's right, whatever the data set says of itself."""
    patients = [f"p{n}" for n in range(len(PERIODS) + 1)]  # the last has no row
    given = {"ald": {"ald": 8}, "c2s": {}}
    rows = {name: [{"patient_id": p} | period(*when) | given[name] for p, when in zip(patients, PERIODS, strict=False)]
            for name in recorded}  # fmt: skip
    about = practice.dataset(ald_known=ald_known, c2s_known=c2s_known)
    store = open_store(
        practice.write(tmp_path / "d", about, patients=[(p, "1950-01-01", "F") for p in patients], **rows)
    )
    found = rights(store)
    for name, known in (("ald", ald_known), ("c2s", c2s_known)):
        without = 0 if known and name in recorded else None
        active = {row["patient_id"] for row in rows.get(name, []) if is_active(row)}
        assert {patient: row[name] for patient, row in found.items()} == {
            patient: 1 if patient in active else without for patient in patients
        }


def rights(store: Store) -> dict[str, Row]:
    sql = (
        "-- in: rights_on_day, patient_keys\n-- out: patient_id, ald, c2s: the rights, by id\n"
        "select k.patient_id, r.ald, r.c2s from rights_on_day r join patient_keys k on k.patient = r.patient"
    )
    found = store.engine().fetch(with_rights(sql), store.rights_on(dates.to_day(DAY))).to_pylist()
    assert len(found) == len({row["patient_id"] for row in found})
    return {row["patient_id"]: row for row in found}


def test_every_ald_active_on_the_day_is_there_with_its_number(tmp_path: Path):
    ald = [{"patient_id": "p1", "ald": n} | period(*when) for n, when in enumerate(PERIODS, start=1)]
    store = open_store(practice.write(tmp_path / "d", patients=[("p1", "1950-01-01", "F")], ald=ald))
    sql = "-- in: ald_on_day\n-- out: ald: numbers\nselect ald from ald_on_day"
    found = store.engine().fetch(with_rights(sql), store.rights_on(dates.to_day(DAY)))["ald"].to_pylist()
    assert sorted(found) == [row["ald"] for row in ald if is_active(row)]
