"""Practices whose every date sits on an edge: 45 days after a stay, birthdays, ends of quarters, a year on the list."""

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from calculators.records.store import Store, open_store
from tests import practice

DAY = timedelta(days=1)
AS_OF = date(2026, 3, 31)
DOCTORS = ["d1", "d2"]
EDGES = [AS_OF - 45 * DAY, AS_OF - 46 * DAY, AS_OF - 44 * DAY, AS_OF, AS_OF + DAY, AS_OF - DAY]
DAYS = [
    *EDGES,
    date(2026, 1, 1),
    date(2025, 12, 31),
    date(2025, 3, 31),
    date(2025, 4, 1),
    date(2025, 3, 30),
    date(2024, 2, 29),
]
BIRTHS = [
    date(1945, 3, 31),
    date(1945, 4, 1),
    date(1946, 3, 31),
    date(1945, 3, 30),
    date(1930, 2, 28),
    date(1980, 2, 29),
]
CODES = [("ngap", code) for code in ("G", "VG", "TCG", "GL1", "GL2", "IMT", "VL", "MIC", "MSH", "MD", "XYZ")]
CODES += [("prs_nat", code) for code in ("1153", "1154", "1192", "1214", "1110")] + [
    ("nabm", "0552"),
    ("ccam", "GLQP012"),
]
World = dict[str, list[dict[str, Any]]]

days = st.sampled_from(DAYS)
ends = st.none() | days
people = st.builds(
    lambda number, birth, died: {"patient_id": f"p{number}", "birth_date": birth, "sex": "F", "died_on": died},
    st.integers(0, 9), st.sampled_from(BIRTHS), st.none() | st.sampled_from([AS_OF, AS_OF + DAY, AS_OF - DAY]),
)  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Ten people at most, who may be on two lists, with acts, treatments and stays."""
    patients = draw(st.lists(people, min_size=2, max_size=8, unique_by=lambda one: one["patient_id"]))
    patient = st.sampled_from([one["patient_id"] for one in patients])
    doctor = st.sampled_from(DOCTORS)

    def many(least: int, most: int, **columns: Any) -> list[dict[str, Any]]:
        return draw(st.lists(st.fixed_dictionaries(columns), min_size=least, max_size=most))

    registered = many(2, 10, patient_id=patient, doctor_id=doctor, from_date=days, to_date=ends)
    acts = many(
        0, 25, patient_id=patient, date=days, act=st.sampled_from(CODES), quantity=st.sampled_from([1, 1, 1, 2, -1]),
        performer_id=st.none() | doctor,
    )  # fmt: skip
    world: World = {
        "patients": patients,
        "registrations": unique(registered, "patient_id", "doctor_id", "from_date"),
        "ald": unique(
            many(0, 8, patient_id=patient, ald=st.sampled_from([8, 9, 15, 16, 25]), from_date=days, to_date=ends),
            "patient_id", "ald", "from_date",
        ),
        "acts": [row | {"system": row.pop("act")[0], "code": code} for row in acts for code in [row["act"][1]]],
        "deliveries": [row for one in draw(st.lists(patient, max_size=4)) for row in draw(treatments(one))],
    }  # fmt: skip
    kinds = st.sampled_from(["mco", "ssr", "psy", "had", "urgence", None])
    stays = many(0, 8, patient_id=patient, exit=ends, kind=kinds)
    world["stays"] = [row | {"entry": (row["exit"] or AS_OF) - DAY} for row in stays]
    return world


@st.composite
def treatments(draw: st.DrawFn, patient: str) -> list[dict[str, Any]]:
    """About ten molecules on about three dates, some at the edge of the twelve months, some taken back."""
    number = draw(st.integers(8, 12))
    when = draw(st.lists(days, min_size=2, max_size=5, unique=True))
    rows = [
        {"patient_id": patient, "date": day, "atc": f"C0{place // 10}AA{place % 10:02}", "boxes": 1}
        for place in range(number)
        for day in when
    ]
    back = draw(st.lists(st.sampled_from(rows), max_size=3))
    return rows + [row | {"boxes": -1} for row in back]


def unique(rows: list[dict[str, Any]], *key: str) -> list[dict[str, Any]]:
    return list({tuple(row[name] for name in key): row for row in rows}.values())


def opened(folder: str, world: World) -> Store:
    """The store of a world."""
    doctors = [{"doctor_id": one} for one in DOCTORS]
    return open_store(practice.write(Path(folder) / "d", doctors=doctors, **world))


def in_a_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()
