"""Who is on a doctor's list, with which rights, and what care a patient has had."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from calculators.dates import ages_on, to_day
from calculators.engine import Engine, sql_text
from calculators.records.store import Store
from calculators.records.views import with_rights

ROOM = "calculators.records"
ROSTER = pa.schema(
    [
        *(("patient_id", pa.string()), ("birth_on", pa.date32()), ("age", pa.int32()), ("sex", pa.string())),
        *(("ald", pa.list_(pa.int32())), ("ald_known", pa.bool_()), ("c2s", pa.bool_())),
        *(("registered_on", pa.date32()), ("last_seen_on", pa.date32())),
    ]
)
READ = {
    "acts": "patient, act, day, performer, quantity",
    "deliveries": "patient, drug, product, day, prescriber, boxes",
}
"""What is read of each line of care."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One patient of the list."""

    patient_id: str
    birth_on: date
    age: int
    sex: str
    ald: list[int]
    ald_known: bool
    c2s: bool | None
    registered_on: date
    last_seen_on: date | None


@dataclass(frozen=True)
class Care:
    """One line of care."""

    date: date
    system: str
    code: str | None
    cip13: str | None
    quantity: int
    professional: str | None


def roster(store: Store, doctor: str, as_of: date) -> pa.Table:
    """The doctor's list on a day, one row per patient alive, sorted by patient_id.

    Columns: patient_id, birth_on, age (completed years on that day), sex, ald (active numbers), ald_known (false when
    the patient may have one that is not recorded), c2s (null when not recorded), registered_on, last_seen_on (last act
    by this doctor; null when none is found).
    """
    engine = store.engine()
    engine.step("roster", sql_text(ROOM, "roster"), {"doctor": doctor, "as_of": to_day(as_of)})
    rows, alds = (
        engine.fetch(with_rights(sql_text(ROOM, step)), store.rights_on(to_day(as_of)))
        for step in ("roster_rights", "roster_alds")
    )
    numbers = _numbers(alds.to_pylist())
    return pa.table(
        {
            "patient_id": rows["patient_id"],
            "birth_on": _dates(rows["birth_day"]),
            "age": pa.array(ages_on(rows["birth_day"].to_numpy().astype(np.int32), as_of)),
            "sex": rows["sex"],
            "ald": pa.array([numbers[patient] for patient in rows["patient_id"].to_pylist()], pa.list_(pa.int32())),
            "ald_known": rows["ald"].is_valid(),
            "c2s": rows["c2s"].cast(pa.bool_()),
            "registered_on": _dates(rows["registered_day"]),
            "last_seen_on": _dates(rows["last_seen_day"]),
        },
        schema=ROSTER,
    )


LISTED = pa.schema(
    [
        *(("doctor_id", pa.string()), ("patient_id", pa.string()), ("age", pa.int32()), ("sex", pa.string())),
        *(("ald", pa.bool_()), ("c2s", pa.bool_())),
    ]
)


def lists(store: Store, doctors: Sequence[str], as_of: date) -> pa.Table:
    """The lists of several doctors on a day, read at once: columns of LISTED, one row per doctor and patient alive, in no
    order. Age in completed years; has he an ALD, the C2S that day? null when not recorded."""
    engine, day = store.engine(), to_day(as_of)
    engine.view("asked_doctors", pa.table({"doctor_id": pa.array(doctors, pa.string())}))
    rows = engine.fetch(with_rights(sql_text(ROOM, "listed_by_doctor")), {"as_of": day} | store.rights_on(day))
    ages = pa.array(ages_on(rows["birth_day"].to_numpy().astype(np.int32), as_of))
    aged = rows.set_column(rows.schema.get_field_index("birth_day"), "age", ages)
    return aged.cast(LISTED)


def everybody(store: Store, as_of: date) -> pa.Table:
    """Who is on the list of any doctor on a day, one row per patient alive: patient_id, age (completed years on that day),
    sex, ald, c2s (1, 0, or null when not recorded)."""
    engine, day = store.engine(), to_day(as_of)
    rows = engine.fetch(with_rights(sql_text(ROOM, "listed_people")), {"as_of": day} | store.rights_on(day))
    ages = pa.array(ages_on(rows["birth_day"].to_numpy().astype(np.int32), as_of))
    return rows.set_column(rows.schema.get_field_index("birth_day"), "age", ages)


def care(store: Store, patient: str, as_of: date) -> pa.Table:
    """Every line of care of a patient up to a day: date, system, code, cip13, quantity, professional; oldest first."""
    return care_of(store, [patient], as_of).drop_columns(["patient_id"])


def care_of(
    store: Store, patients: Sequence[str], as_of: date, codes: Collection[tuple[str, str]] | None = None
) -> pa.Table:
    """The same of several patients, with patient_id first. `codes`: of these (system, code) alone, an ATC class with all
    those that begin like it; the others are not read."""
    engine = store.engine()
    engine.view("asked", pa.table({"patient_id": pa.array(patients, pa.string())}))
    if codes is not None:
        _ask_codes(engine, codes)
    for table, columns in READ.items():
        every = f"select {columns} from {table}"
        engine.define(f"{table}_asked", every if codes is None else sql_text(ROOM, f"{table}_asked"))
    rows = engine.fetch(sql_text(ROOM, "care"), {"as_of": to_day(as_of)})
    return rows.set_column(rows.schema.get_field_index("day"), "date", _dates(rows["day"]))


def _ask_codes(engine: Engine, codes: Collection[tuple[str, str]]) -> None:
    """The keys of these codes: `asked_acts`, `asked_drugs`, `asked_products`."""
    asked = {system: {code for one, code in codes if one == system} for system, _ in codes}
    classes = tuple(asked.get("atc", ()))
    acts, drugs, products = (
        engine.fetch(f"select * from {name}").to_pylist() for name in ("act_keys", "drug_keys", "product_keys")
    )
    keys = {
        "act": [one["act"] for one in acts if one["code"] in asked.get(one["system"], ())],
        "drug": [one["drug"] for one in drugs if (one["atc"] or "").startswith(classes)],
        "product": [one["product"] for one in products if one["cip13"] in asked.get("cip13", ())],
    }
    for name, mine in keys.items():
        engine.view(f"asked_{name}s", pa.table({name: pa.array(mine, pa.int32())}))


def _numbers(rows: list[dict[str, Any]]) -> dict[str, list[int]]:
    alds: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        alds[row["patient_id"]].append(row["ald"])
    return alds


def _dates(days: pa.ChunkedArray) -> pa.ChunkedArray:
    return days.cast(pa.int32()).cast(pa.date32())
