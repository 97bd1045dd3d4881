"""Tiny worlds whose every date sits on an edge of the definition, and their store."""

from datetime import date, timedelta
from pathlib import Path

from hypothesis import strategies as st

from calculators.records.store import Store, open_store
from tests import practice
from tests.sobriety.oracle import World, months_before

YEAR = 2025
EDGES = [
    date(2024, 6, 30), date(2024, 7, 1), date(2024, 8, 28), date(2024, 8, 31), date(2024, 12, 30),
    date(2024, 12, 31), date(2025, 1, 1), date(2025, 2, 28), date(2025, 3, 1), date(2025, 6, 30), date(2025, 7, 1),
    date(2025, 8, 28), date(2025, 8, 30), date(2025, 8, 31), date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1),
]  # fmt: skip
"""Both ends of the year, of the look-back, and days whose six months before are clamped to 28 February."""
BIRTHS = [
    date(2008, 12, 30),
    date(2008, 12, 31),
    date(2009, 1, 1),
    date(1986, 1, 1),
    date(1985, 12, 31),
    date(1986, 3, 1),
]
DOCTORS = ["d1", "d2", "d3", "d4"]
PRESCRIBERS = ["d1", "d1", "d1", "d1", "d2", "d3", "s1", None]
SPECIALTY = {"d1": "01", "d2": "22", "d3": "23", "s1": "03", None: "01"}
PERFORMERS = ["d1", "d1", "d1", "d1", "d2", "d3", "d4", None]
REVERSED, BY_ANOTHER = {"quantity": -1}, {"performer_id": "d2", "quantity": 1}
ACT_CHANGES = [[], [], [REVERSED], [REVERSED | {"performer_id": None}], [REVERSED, BY_ANOTHER], [BY_ANOTHER]]
DRUGS = ["C09AA05"] * 5 + ["A02BC01", "J07BB02", None]
edges = st.sampled_from([day for day in EDGES if day.year == YEAR] * 2 + EDGES)
counts = st.sampled_from([0, 1, 1, 1, 2])
rarely = st.sampled_from([False] * 5 + [True])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A few patients, 4 doctors (one without a row of his own), specialists and unknown prescribers."""
    ids = [f"p{i}" for i in range(draw(st.integers(3, 7)))]
    tables = {
        "patients": [_patient(draw, i) for i in ids],
        "doctors": [_doctor(draw, d) for d in DOCTORS[:3]],
        "registrations": [r for i in ids for r in _registrations(draw, i)],
        "ald": [_right(draw, i) | {"ald": 8} for i in ids if draw(rarely)],
        "c2s": [_right(draw, i) for i in ids if draw(rarely)],
        "acts": [act for i in ids for _ in range(draw(counts)) for act in _acts(draw, i)],
        "deliveries": [line for i in ids for _ in range(draw(counts)) for line in _deliveries(draw, i)],
    }
    for patient in ["q1", "q2"][: draw(st.sampled_from([0, 1, 2, 2]))]:
        _add_ordinary(draw, tables, patient)
    return World(tables, YEAR, draw(st.sampled_from([0, 0, 0, 1, 1, 2])))


def _add_ordinary(draw: st.DrawFn, tables: dict[str, list[dict]], patient: str) -> None:
    """A patient faithful to d1, whom he saw and prescribed for within the year: without one, no reference."""
    day = draw(st.sampled_from([day for day in EDGES if day.year == YEAR]))
    tables["patients"].append({"patient_id": patient, "birth_date": BIRTHS[-1], "sex": "F", "died_on": None})
    tables["registrations"].append(
        {"patient_id": patient, "doctor_id": "d1", "from_date": date(2010, 1, 1), "to_date": None}
    )
    tables["acts"].append(
        {
            "patient_id": patient,
            "date": day,
            "system": "ngap",
            "code": "G",
            "quantity": 1,
            "performer_id": "d1",
            "performer_specialty": "01",
        }
    )
    tables["deliveries"].append(
        {
            "patient_id": patient, "date": day, "cip13": None, "atc": DRUGS[0], "boxes": 1, "base_cents": 420,
            "prescriber_id": "d1", "prescriber_specialty": "01",
        }
    )  # fmt: skip


def _patient(draw: st.DrawFn, patient: str) -> dict:
    died = draw(st.sampled_from([date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1)])) if draw(rarely) else None
    return {"patient_id": patient, "birth_date": draw(st.sampled_from(BIRTHS)), "sex": "F", "died_on": died}


def _doctor(draw: st.DrawFn, doctor: str) -> dict:
    return {
        "doctor_id": doctor, "birth_date": None, "sector": "1", "department": "13", "zone": "none",
        "specialty": draw(st.sampled_from(["gp"] * 5 + ["gp_mep", "other"])),
        "installed_on": draw(st.sampled_from([date(2024, 12, 31), date(2025, 1, 1)])) if draw(rarely) else None,
        "first_installation": False,
        "active_to": draw(st.sampled_from([date(2025, 12, 30), date(2025, 12, 31)])) if draw(rarely) else None,
    }  # fmt: skip


def _registrations(draw: st.DrawFn, patient: str) -> list[dict]:
    """Usually faithful to d1 or d2 for long; else a change at an edge."""
    doctor = draw(st.sampled_from(["d1", "d1", "d1", "d1", "d2", "d3", "d4"]))
    row = {"patient_id": patient, "doctor_id": doctor, "from_date": date(2010, 1, 1), "to_date": None}
    if not draw(rarely):
        return [row]
    end = draw(st.sampled_from([date(2024, 12, 30), date(2024, 12, 31), date(2025, 12, 30), date(2025, 12, 31)]))
    start = draw(st.sampled_from([date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)]))
    other = draw(st.sampled_from([doctor, "d2"]))
    return [row | {"to_date": end}, row | {"doctor_id": other, "from_date": start}]


def _right(draw: st.DrawFn, patient: str) -> dict:
    start = draw(st.sampled_from([date(2010, 1, 1), date(2025, 12, 31), date(2026, 1, 1)]))
    end = draw(st.sampled_from([None, date(2025, 12, 30), date(2025, 12, 31)]))
    return {"patient_id": patient, "from_date": start, "to_date": end}


def _acts(draw: st.DrawFn, patient: str) -> list[dict]:
    """An act, sometimes reversed in whole or in part, by the same performer or by another one."""
    act = {
        "patient_id": patient, "date": draw(edges), "system": "ngap", "code": draw(st.sampled_from(["G", "V"])),
        "quantity": draw(st.sampled_from([1, 1, 2, 0])), "performer_id": draw(st.sampled_from(PERFORMERS)),
        "performer_specialty": "01",
    }  # fmt: skip
    return [act, *(act | change for change in draw(st.sampled_from(ACT_CHANGES)))]


def _deliveries(draw: st.DrawFn, patient: str) -> list[dict]:
    """A delivery, and perhaps another one by someone else around its look-back, or its reversal."""
    prescriber = draw(st.sampled_from(PRESCRIBERS))
    boxes = draw(st.sampled_from([1, 1, 2, 0]))
    line = {
        "patient_id": patient, "date": draw(edges), "cip13": None, "atc": draw(st.sampled_from(DRUGS)),
        "boxes": boxes, "base_cents": boxes * draw(st.sampled_from([100, 350, 999])),
        "prescriber_id": prescriber, "prescriber_specialty": SPECIALTY.get(prescriber),
    }  # fmt: skip
    start = months_before(line["date"], 6)
    days = [start, start - timedelta(1), line["date"], line["date"] - timedelta(1)]
    others = []
    for _ in range(draw(st.integers(0, 2))):
        other = draw(st.sampled_from(PRESCRIBERS))
        twin = line | {"prescriber_id": other, "prescriber_specialty": SPECIALTY.get(other)}
        others.append(twin | {"date": draw(st.sampled_from(days))})
        if draw(rarely):
            others.append(others[-1] | {"boxes": -boxes, "base_cents": -line["base_cents"]})
    reversal = line | {"boxes": -draw(st.sampled_from([1, 2])), "base_cents": -line["base_cents"]}
    return [line, *others, *([reversal] if draw(rarely) else [])]


def open_world(folder: Path, world: World) -> Store:
    """Write the world as a data folder and open its store."""
    return open_store(practice.write(folder, **world.tables))
