"""Tiny worlds whose every date sits on an edge of the definition, and their store."""

from datetime import date
from pathlib import Path

from hypothesis import strategies as st

from calculators.records.store import Store, open_store
from calculators.sobriety.definition import Definition, load_definition
from tests import practice
from tests.sobriety.oracle import World

YEAR = 2025
EDGES = [
    date(2024, 6, 30), date(2024, 7, 1), date(2024, 8, 28), date(2024, 8, 31), date(2024, 12, 30),
    date(2024, 12, 31), date(2025, 1, 1), date(2025, 2, 28), date(2025, 3, 1), date(2025, 6, 30), date(2025, 7, 1),
    date(2025, 8, 28), date(2025, 8, 30), date(2025, 8, 31), date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1),
]  # fmt: skip
"""Both ends of the year, of the look-back, and days whose six months before are clamped to 28 February."""
BIRTHS = [date(2008, 12, 30), date(2008, 12, 31), date(2009, 1, 1), date(1986, 1, 1), date(1985, 12, 31)]
DOCTORS = ["d1", "d2", "d3", "d4"]
PRESCRIBERS = ["d1", "d1", "d2", "d3", "s1", None]
DRUGS = ["C09AA05", "C09AA05", "A02BC01", "J07BB02", None]
edges = st.sampled_from(EDGES)
rarely = st.integers(0, 5).map(lambda n: n == 0)


def definition(seen_over: int) -> Definition:
    """The definition in force, with a threshold a small world can reach."""
    real = load_definition(YEAR)
    return real.model_copy(update={"doctors": real.doctors.model_copy(update={"seen_over": seen_over})})


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to 9 patients, 4 doctors (one without a row of his own), specialists and unknown prescribers."""
    ids = [f"p{i}" for i in range(draw(st.integers(3, 9)))]
    tables = {
        "patients": [_patient(draw, i) for i in ids],
        "doctors": [_doctor(draw, d) for d in DOCTORS[:3]],
        "registrations": [_registration(draw, i) for i in ids for _ in range(draw(st.sampled_from([1, 1, 1, 2])))],
        "ald": [_right(draw, i) | {"ald": 8} for i in ids if draw(rarely)],
        "c2s": [_right(draw, i) for i in ids if draw(rarely)],
        "acts": [_act(draw, ids) for _ in range(draw(st.integers(2, 14)))],
        "deliveries": [_delivery(draw, ids) for _ in range(draw(st.integers(2, 20)))],
    }
    return World(tables, YEAR, draw(st.sampled_from([0, 0, 1, 2])))


def _patient(draw: st.DrawFn, patient: str) -> dict:
    died = draw(st.sampled_from([date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1)])) if draw(rarely) else None
    sex = draw(st.sampled_from("FFFM"))
    return {"patient_id": patient, "birth_date": draw(st.sampled_from(BIRTHS)), "sex": sex, "died_on": died}


def _doctor(draw: st.DrawFn, doctor: str) -> dict:
    return {
        "doctor_id": doctor, "birth_date": None, "sector": "1", "department": "13", "zone": "none",
        "specialty": draw(st.sampled_from(["gp", "gp", "gp", "gp_mep", "other"])),
        "installed_on": draw(st.sampled_from([None, None, date(2024, 12, 31), date(2025, 1, 1)])),
        "first_installation": False,
        "active_to": draw(st.sampled_from([None, None, date(2025, 12, 30), date(2025, 12, 31)])),
    }  # fmt: skip


def _registration(draw: st.DrawFn, patient: str) -> dict:
    start = draw(st.sampled_from([date(2010, 1, 1)] * 3 + [date(2024, 12, 31), date(2025, 1, 1)]))
    end = draw(st.sampled_from([None] * 3 + [date(2024, 12, 31), date(2025, 12, 30), date(2025, 12, 31)]))
    doctor = draw(st.sampled_from(["d1", "d1", "d2", "d3", "d4"]))
    return {"patient_id": patient, "doctor_id": doctor, "from_date": start, "to_date": end}


def _right(draw: st.DrawFn, patient: str) -> dict:
    start = draw(st.sampled_from([date(2010, 1, 1), date(2025, 12, 31), date(2026, 1, 1)]))
    end = draw(st.sampled_from([None, date(2025, 12, 30), date(2025, 12, 31)]))
    return {"patient_id": patient, "from_date": start, "to_date": end}


def _act(draw: st.DrawFn, ids: list[str]) -> dict:
    return {
        "patient_id": draw(st.sampled_from(ids)), "date": draw(edges), "system": "ngap",
        "code": draw(st.sampled_from(["G", "G", "V"])), "quantity": draw(st.sampled_from([1, 1, 1, -1])),
        "performer_id": draw(st.sampled_from(["d1", "d1", "d2", "d3", "d4", None])), "performer_specialty": "01",
    }  # fmt: skip


def _delivery(draw: st.DrawFn, ids: list[str]) -> dict:
    prescriber = draw(st.sampled_from(PRESCRIBERS))
    boxes = draw(st.sampled_from([1, 1, 2, 1, -1]))
    return {
        "patient_id": draw(st.sampled_from(ids)), "date": draw(edges), "cip13": None,
        "atc": draw(st.sampled_from(DRUGS)), "boxes": boxes,
        "base_cents": draw(st.sampled_from([100, 350, 999])) * (1 if boxes > 0 else -1),
        "prescriber_id": prescriber,
        "prescriber_specialty": draw(st.sampled_from(["01", "22", None])) if prescriber != "s1" else "03",
    }  # fmt: skip


def open_world(folder: Path, world: World) -> Store:
    """Write the world as a data folder and open its store."""
    return open_store(practice.write(folder, **world.tables))
