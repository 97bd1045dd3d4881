"""Worlds whose every date sits on an edge of some measure, drawn from a seed, and their store."""

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from calculators.records.store import Store, open_store
from tests import practice
from tests.pertinence import edges
from tests.pertinence.oracle import months_before

YEAR = 2025
DOCTORS = ["d1", "d2"]
PRESCRIBERS = ["d1", "d1", "d1", "d2", "s1", None]
ATC = [
    *("J01CA04", "J01CR02", "N02AX02", "N02AJ06", "A02BC01", "A02BC02", "M01AE01", "M01AX05", "B01AC06", "H02AB06"),
    *("A10BJ06", "A10BA02", "A10AE04", "B01AB05", "L04AB01", "R03AC02", "C09AA05", "N02BE01", "J07BB02", None),
]
ACTS = [
    *(("lpp", "1186722"), ("lpp", "1136894"), ("lpp", "1104262"), ("lpp", "1300001"), ("lpp", "2497884")),
    *(("lpp", "1113930"), ("ccam", "LFQK001"), ("ccam", "LFQK002"), ("ccam", "ZBQK002"), ("ccam", "ZCQK002")),
    *(("prs_nat", "3108"), ("prs_nat", "3112"), ("prs_nat", "4212"), ("prs_nat", "4213"), ("prs_nat", "4225")),
    *(("nabm", "1139"), ("nabm", "1208"), ("nabm", "1211"), ("ngap", "G"), ("ngap", "G")),
]
GAPS = [0, 1, 28, 30, 35, 36, 45, 46, 56, 57, 84, 85, 90, 365, 366]
MONTHS = [3, 6, 12, 24]
BIRTHS = [
    date(1930, 5, 2), date(1950, 12, 31), date(1951, 1, 1), date(1960, 12, 31), date(1961, 1, 1), date(1985, 3, 1),
    date(2009, 12, 31), date(2010, 1, 1), date(2022, 12, 31), date(2023, 3, 1), date(2024, 2, 29), date(1959, 1, 1),
]  # fmt: skip


def tables(
    seed: int, patients: int, on_edges: int = 0, by_patient: bool = False, without: tuple[str, ...] = ()
) -> dict[str, list[dict[str, Any]]]:
    """Canonical rows of so many patients, then of so many who are each on one edge (`edges.py`). `by_patient`: is what is
    covered said of each? `without`: classes of drugs that nobody took."""
    draw = Random(seed)
    ids = [f"p{number:03}" for number in range(patients)]
    found: dict[str, list[dict[str, Any]]] = {
        "patients": [_patient(draw, one) for one in ids],
        "registrations": [row for one in ids for row in _registrations(draw, one)],
        "ald": [row for one in ids for row in _alds(draw, one)],
        "c2s": [_period(draw, one) for one in ids if draw.random() < 0.2],
        "drugs": _drugs(),
        "devices": [
            {"code": "1136894", "label": "", "kind": "bandelette", "units": 50},
            {"code": "1300001", "label": "", "kind": "pansement", "units": 10},
        ],
        "stays": [row for one in ids for row in _stays(draw, one)],
        "sick_leaves": [
            row for one in ids for row in (*_leaves(draw, one), *_long_leaves(Random(f"{seed} {one}"), one))
        ],
        "acts": [row for one in ids for row in _acts(draw, one)],
        "deliveries": [row for one in ids for row in (*_deliveries(draw, one), *_regular(draw, one))],
    }
    for table, row in edges.drawn(seed, on_edges):
        found[table].append(_packed(row) if table == "deliveries" else row)
    if by_patient:
        every = [row["patient_id"] for row in found["patients"]]
        found["coverage"] = [row for one in every for row in _covered(Random(f"{seed} {one} covered"), one)]
    for table in ("drugs", "deliveries"):
        found[table] = [row for row in found[table] if not (row["atc"] or "-").startswith(without or "=")]
    return found


def open_world(folder: Path, rows: dict[str, list[dict[str, Any]]], rights_known: bool = True) -> Store:
    about = practice.dataset(ald_known=rights_known, c2s_known=rights_known)
    return open_store(practice.write(folder, about, **rows))


def _regular(draw: Random, patient: str) -> list[dict[str, Any]]:
    """Sometimes drugs taken all year long: many molecules, a chain of opioids, a PPI with an anti-inflammatory."""
    kind = draw.choice(["none"] * 5 + ["many", "many", "chain", "chain", "together"])
    if kind == "many":
        classes = draw.sample([atc for atc in ATC if atc], draw.choice([6, 7, 11, 12]))
        days = [
            date(year, month, 1)
            for year in (2024, 2025)
            for month in draw.sample([1, 4, 8, 12], draw.choice([3, 3, 4]))
        ]
        return [_taken(draw, patient, atc, day) for atc in classes for day in days]
    if kind == "chain":
        day, found = date(2025, 1, draw.choice([1, 5])), []
        for _ in range(5):
            found.append(_taken(draw, patient, "N02AX02", day))
            day -= timedelta(draw.choice([21, 28, 30, 35, 35, 36]))
        return found
    if kind == "together":
        day = draw.choice([date(2025, 1, 1), date(2025, 6, 1), date(2025, 12, 31)])
        return [_taken(draw, patient, atc, day) for atc in ("A02BC01", "M01AE01")]
    return []


def _packed(row: dict[str, Any]) -> dict[str, Any]:
    """One of the packs of its class or none that is known, or the one that is asked for."""
    drawn = Random(repr(row | {"boxes": 0, "base_cents": 0, "exo": 0})).choice([0, 0, 1, 2, None])
    pack = row.get("pack", drawn)
    cip = None if pack is None else _cip([one for one in ATC if one].index(row["atc"]), pack)
    return {name: value for name, value in row.items() if name != "pack"} | {"cip13": cip}


def _taken(draw: Random, patient: str, atc: str, day: date) -> dict[str, Any]:
    number = [one for one in ATC if one].index(atc)
    return {
        "patient_id": patient, "date": day, "cip13": _cip(number, draw.choice([0, 1, 2])), "atc": atc, "boxes": 1,
        "base_cents": 350, "prescriber_id": draw.choice(["d1", "d1", "d2"]), "exo": draw.choice([41, 42]),
    }  # fmt: skip


def _drugs() -> list[dict[str, Any]]:
    """Of each class two packs: by role, by device, for a month and for three."""
    found = []
    for number, atc in enumerate(atc for atc in ATC if atc):
        for pack, (days, role, device) in enumerate(
            [(28, "reference", "pmdi"), (84 + number % 2, "biosimilar", "dpi"), (83, None, None)]
        ):
            units = None if (number + pack) % 3 == 1 else 5 + pack
            found.append({"cip13": _cip(number, pack), "atc": atc, "label": "", "pack_days": days, "pack_units": units,
                          "group": "g" if role else None, "role": role, "device": device})  # fmt: skip
    return found


def _cip(number: int, pack: int) -> str:
    return f"34009{number:04}{pack:04}"


def _patient(draw: Random, patient: str) -> dict[str, Any]:
    died = draw.choice([None] * 9 + [date(2025, 12, 31), date(2026, 1, 1)])
    return {"patient_id": patient, "birth_date": draw.choice(BIRTHS), "sex": draw.choice("FFMM"), "died_on": died}


def _registrations(draw: Random, patient: str) -> list[dict[str, Any]]:
    row = {"patient_id": patient, "doctor_id": draw.choice(DOCTORS), "from_date": date(2010, 1, 1), "to_date": None}
    if draw.random() < 0.75:
        return [row]
    start = draw.choice([date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)])
    end = draw.choice([date(2024, 12, 31), date(2025, 12, 30), date(2025, 12, 31)])
    return [row | {"to_date": end}, row | {"doctor_id": draw.choice(DOCTORS), "from_date": start}]


def _period(draw: Random, patient: str) -> dict[str, Any]:
    start = draw.choice([date(2010, 1, 1), date(2025, 3, 1), date(2025, 12, 31), date(2026, 1, 1)])
    end = draw.choice([None, None, date(2025, 6, 1), date(2025, 12, 30), date(2025, 12, 31)])
    return {"patient_id": patient, "from_date": min(start, end) if end else start, "to_date": end}


def _alds(draw: Random, patient: str) -> list[dict[str, Any]]:
    return [
        _period(draw, patient) | {"ald": ald} for ald in draw.sample([5, 8, 8, 14, 30], draw.choice([0, 0, 1, 1, 2]))
    ]


def _leaves(draw: Random, patient: str) -> list[dict[str, Any]]:
    found, day = [], draw.choice([date(2024, 12, 31), date(2025, 1, 1), date(2025, 7, 4), date(2025, 7, 5)])
    for _ in range(draw.choice([0, 0, 1, 2, 3])):
        length = draw.choice([1, 3, 10, 90, 179, 180, 181, 200])
        found.append(
            {"patient_id": patient, "prescriber_id": draw.choice(PRESCRIBERS), "from_date": day,
             "to_date": day + timedelta(length - 1), "kind": draw.choice(["maladie"] * 4 + ["atmp"])}
        )  # fmt: skip
        day += timedelta(length + draw.choice([-2, 0, 1, 3, 4]))
    return found


def _long_leaves(draw: Random, patient: str) -> list[dict[str, Any]]:
    """Sometimes a leave of several prescriptions up to the end of a year, unbroken or broken by a day, around six months;
    aside, so that all else is drawn as before."""
    if draw.random() < 0.5:
        return []
    found, last = [], date(draw.choice([2024, 2025, 2025]), 12, 31)
    day = last - timedelta(draw.choice([178, 179, 180, 181, 182, 250]))
    while day <= last:
        length = draw.choice([20, 60, 90, 120])
        found.append({"patient_id": patient, "prescriber_id": draw.choice(["d1", "d1", "d2"]), "from_date": day,
                      "to_date": day + timedelta(length - 1), "kind": "maladie"})  # fmt: skip
        if draw.random() < 0.2:  # a short one within it
            found.append(found[-1] | {"from_date": day + timedelta(3), "to_date": day + timedelta(5)})
        day += timedelta(length + draw.choice([-5, 0, 0, 3, 3, 4]))
    return found


def _stays(draw: Random, patient: str) -> list[dict[str, Any]]:
    if draw.random() < 0.6:
        return []
    out = draw.choice([date(2025, 3, 1), date(2024, 12, 1), None])
    return [
        {"patient_id": patient, "entry": date(2024, 11, 20), "exit": out, "kind": draw.choice(["mco", "urgence", None])}
    ]


COVERED_FROM = [
    date(2010, 1, 1), date(2022, 1, 1), date(2022, 1, 2), date(2023, 1, 1), date(2023, 1, 2), date(2023, 7, 1),
    date(2024, 1, 1), date(2024, 1, 2), date(2024, 7, 1), date(2024, 7, 2), date(2025, 1, 1), date(2025, 1, 2),
]  # fmt: skip
COVERED_TO = [date(2025, 12, 31), date(2025, 12, 31), date(2026, 3, 1), date(2025, 12, 30), date(2024, 12, 31)]


def _covered(draw: Random, patient: str) -> list[dict[str, Any]]:
    """Stretches of each care, that begin or end on an edge of what some measure looks at."""
    found = [
        {"patient_id": patient, "domain": "vaccinations", "from_date": date(2010, 1, 1), "to_date": date(2026, 3, 1)}
    ]
    for domain in ("acts", "biology", "deliveries", "stays"):
        start, end = draw.choice([COVERED_FROM[0], *COVERED_FROM]), draw.choice([COVERED_TO[0], *COVERED_TO])
        if start < end:
            found.append({"patient_id": patient, "domain": domain, "from_date": start, "to_date": end})
        if draw.random() < 0.3:
            found.append({"patient_id": patient, "domain": domain, "from_date": date(2020, 1, 1),
                          "to_date": draw.choice([date(2023, 6, 30), date(2023, 12, 31), date(2024, 12, 31)])})  # fmt: skip
    return found


def _days(draw: Random, count: int) -> list[date]:
    """Dates that lie an edge apart."""
    day = draw.choice([date(2025, 1, 1), date(2025, 3, 1), date(2025, 8, 31), date(2025, 12, 31), date(2026, 1, 1)])
    found = []
    for _ in range(count):
        found.append(day)
        if draw.random() < 0.3:
            day = months_before(day, draw.choice(MONTHS)) - timedelta(draw.choice([0, 0, 1]))
        else:
            day -= timedelta(draw.choice(GAPS))
    return found


def _acts(draw: Random, patient: str) -> list[dict[str, Any]]:
    found = []
    for _ in range(draw.choice([0, 1, 2, 3])):
        system, code = draw.choice(ACTS)
        for day in _days(draw, draw.choice([1, 2, 3])):
            row = {
                "patient_id": patient, "date": day, "system": system, "code": code, "quantity": draw.choice([1, 1, 2, 3]),
                "performer_id": draw.choice(PRESCRIBERS), "prescriber_id": draw.choice(PRESCRIBERS),
                "base_cents": draw.choice([None, 100, 765]),
            }  # fmt: skip
            found.append(row)
            if Random(repr(row)).random() < 0.1:  # aside, so that all else is drawn as before
                found.append(row | {"base_cents": None})
            if draw.random() < 0.15:
                by = draw.choice([row["prescriber_id"], None])
                found.append(row | {"quantity": -row["quantity"], "prescriber_id": by, "base_cents": None})
    return found


def _deliveries(draw: Random, patient: str) -> list[dict[str, Any]]:
    found = []
    wanted = draw.sample(range(len(ATC)), draw.choice([1, 2, 4, 8]))
    for number in wanted:
        atc, pack = ATC[number], draw.choice([0, 0, 1, 2])
        for day in _days(draw, draw.choice([1, 2, 3, 4])):
            boxes = draw.choice([1, 1, 2, 0])
            row = {
                "patient_id": patient, "date": day, "cip13": _cip(number, pack) if atc else None, "atc": atc, "boxes": boxes,
                "base_cents": draw.choice([None, *[boxes * 350] * 9]), "prescriber_id": draw.choice(PRESCRIBERS),
                "exo": draw.choice([None, 0, 41, 42, 44]),
            }  # fmt: skip
            found.append(row)
            if draw.random() < 0.15:
                found.append(row | {"boxes": -draw.choice([1, 2]), "base_cents": -350})
    return found
