"""Records drawn at the edges: birthdays, window ends, campaign days, nulls, reversals."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from calculators.prevention.indicator import Indicator, IndicatorSet, Recorded, Requirement
from tests import oracle, practice

AS_OFS = (
    *("2024-02-28", "2024-02-29", "2025-01-01", "2025-02-28", "2025-03-01", "2025-08-31", "2025-10-13", "2025-10-14"),
    *("2025-12-31", "2026-01-31", "2026-02-01", "2026-06-30", "2026-10-14", "2026-10-15", "2023-10-16", "2023-10-17"),
)


def counted(rules: IndicatorSet) -> list[Recorded | Requirement]:
    """Everything the set counts."""
    return [one for indicator in rules.indicators for one in counted_by(indicator)]


def counted_by(indicator: Indicator) -> list[Recorded | Requirement]:
    recorded = [entry.recorded for entry in (*indicator.eligible, *indicator.excluded) if entry.recorded]
    return [*recorded, *(need for population in indicator.eligible for need in indicator.requirements(population))]


def draw_as_of(rng: random.Random) -> date:
    return date.fromisoformat(rng.choice(AS_OFS)) + timedelta(days=rng.choice((0, 0, 0, -1, 1, rng.randint(-400, 400))))


def draw_patient(rng: random.Random, rules: IndicatorSet, as_of: date, known: oracle.Known) -> oracle.Patient:
    patient = oracle.Patient(_birth(rng, rules, as_of), rng.choice(("F", "F", "M", "M", "X")))
    patient.ald = [
        _period(rng, as_of) | {"ald": rng.choice((1, 3, 5, 8, 12, 13, 30))} for _ in range(rng.randint(0, 2))
    ]
    patient.c2s = [_period(rng, as_of) for _ in range(rng.randint(0, 1))] * 2  # a right may be recorded twice
    patient.died_on = rng.choice((None,) * 12 + (as_of, as_of - timedelta(days=1), as_of + timedelta(days=1)))
    patient.registrations = _registrations(rng, as_of)
    indicator = rng.choice(rules.indicators)  # concentrate on one indicator, so that chains and windows really fill
    for one in (*counted_by(indicator), *rng.sample(counted(rules), 2)):
        for _ in range(rng.choice((0, 1, 1, 2, 3, 5))):
            _act(rng, rules, patient, one, as_of)
    return patient


def _registrations(rng: random.Random, as_of: date) -> list[dict[str, Any]]:
    """Most are simply registered; the others join, leave or change doctor about that day, or have two."""
    if rng.random() < 0.7:
        return [{"doctor_id": "d1", "from_date": date(1900, 1, 1), "to_date": None}]
    doctors = rng.choices(("d1", "d2"), k=rng.randint(0, 3))
    return [_period(rng, as_of) | {"doctor_id": doctor} for doctor in doctors]


def _birth(rng: random.Random, rules: IndicatorSet, as_of: date) -> date:
    ages = [e.age for i in rules.indicators for e in (*i.eligible, *i.excluded) if e.age]
    limits = [limit for age in ages for limit in (age.min, age.max and age.max + 1) if limit is not None]
    reference = rng.choice((as_of, date(as_of.year, 12, 31)))
    birth = oracle.add_months(reference, -12 * rng.choice([*limits, 1, 2, 15, rng.randint(0, 95)]))
    if rng.random() < 0.1 and birth.year % 4 == 0:
        return date(birth.year, 2, 29)
    if rng.random() < 0.2:
        birth = oracle.add_months(as_of, -rng.choice((0, 1, 8, 9, 10, 23, 25)))
    return min(birth + timedelta(days=rng.choice((-1, 0, 0, 1, rng.randint(-200, 200)))), as_of)


def _period(rng: random.Random, as_of: date) -> dict[str, Any]:
    start = as_of + timedelta(days=rng.choice((-3000, -1, 0, 1)))
    end = rng.choice(
        (None, None, as_of, as_of - timedelta(days=1), as_of + timedelta(days=1), start - timedelta(days=5))
    )
    return {"from_date": start, "to_date": end}


def _act(rng: random.Random, rules: IndicatorSet, patient: oracle.Patient, one: Any, as_of: date) -> None:
    system, code = rng.choice([pair for name in one.codes for pair in rules.codes[name].codes()])
    day = rng.choice(_edges(rng, patient, one, as_of)) + timedelta(days=rng.choice((-1, 0, 0, 1)))
    quantity = rng.choice((1, 1, 1, 1, 2, 0, -1))
    lines = [(day, quantity)]
    if rng.random() < 0.15:
        lines.append((day, -quantity))  # a reversal
    if rng.random() < 0.3:
        lines.append((day + timedelta(days=rng.choice((20, 21, 27, 28, 29, 30, 31))), 1))
    for when, n in lines:
        _record(patient, system, code, when, n)


def _record(patient: oracle.Patient, system: str, code: str, when: date, n: int) -> None:
    if system in ("atc", "cip13"):
        given = {"atc": None, "cip13": None, system: code.ljust(7, "0") if system == "atc" else code}
        patient.deliveries.append({"date": when, "boxes": n} | given)
    else:
        patient.acts.append({"date": when, "system": system, "code": code, "quantity": n})


Declared = dict[tuple[int, str], date]
"""Day on which an act is declared done elsewhere, by number of the patient and indicator."""


def draw_declared(rng: random.Random, rules: IndicatorSet, people: Sequence[oracle.Patient], as_of: date) -> Declared:
    """One declaration for every other patient. Indicators whose criteria count what they require are left out: what is
    declared meets a requirement and no criterion, which a record cannot imitate."""
    apart = [one for one in rules.indicators if not _codes(one, criteria=True) & _codes(one, criteria=False)]
    found: Declared = {}
    for number, patient in enumerate(people):
        if rng.random() < 0.5:
            indicator = rng.choice(apart)
            day = rng.choice(_edges(rng, patient, rng.choice(_needs(indicator)), as_of))
            found[number, indicator.id] = day + timedelta(days=rng.choice((-1, 0, 0, 1)))
    return found


def as_if_recorded(
    rules: IndicatorSet, patient: oracle.Patient, indicator: Indicator, day: date | None
) -> oracle.Patient:
    """The patient, with everything the indicator requires recorded once on that day."""
    if day is None:
        return patient
    other = replace(patient, acts=list(patient.acts), deliveries=list(patient.deliveries))
    for need in _needs(indicator):
        system, code = next(iter(rules.codes[need.codes[0]].codes()))
        _record(other, system, code, day, 1000)  # more than any reversal drawn for that day
    return other


def _needs(indicator: Indicator) -> list[Requirement]:
    return [need for population in indicator.eligible for need in indicator.requirements(population)]


def _codes(indicator: Indicator, *, criteria: bool) -> set[str]:
    entries = [entry.recorded for entry in (*indicator.eligible, *indicator.excluded) if entry.recorded]
    return {name for one in (entries if criteria else _needs(indicator)) for name in one.codes}


def _edges(rng: random.Random, patient: oracle.Patient, one: Any, as_of: date) -> list[date]:
    """Days around which the window of `one` opens, closes or lapses."""
    birth, window = patient.birth_date, one.window
    edges = [as_of, as_of - timedelta(days=rng.randint(0, 2000)), date(as_of.year, 1, 1)]
    edges += [oracle.campaign_before(as_of)[0], oracle.campaign_before(as_of)[1], oracle.campaign(as_of.year - 1)[0]]
    match window.kind:
        case "rolling":
            ago = oracle.add_months(as_of, -window.months)
            edges += [ago, ago, ago, oracle.add_months(ago, -window.months)]
        case "since_age":
            edges += [oracle.birthday(birth, window.years)] * 3
        case "between_ages":
            edges += [oracle.reach(birth, window.start), oracle.reach(birth, window.end)] * 2
        case "since_birth":
            edges += [birth] * 2
        case "since_date":
            edges += [window.date] * 2
    ages = getattr(one, "age_at_act", None)
    if ages is not None:
        edges += [oracle.birthday(birth, age) for age in (ages.min, ages.max and ages.max + 1) if age]
    if getattr(one, "exists_since", None):
        edges += [one.exists_since]
    return edges


def draw_known(rng: random.Random, as_of: date) -> oracle.Known:
    """What the data cover: everything, or just about what a window needs."""
    starts = (date(1900, 1, 1), date(1900, 1, 1), oracle.campaign_before(as_of)[0], date(as_of.year, 1, 1))

    def start() -> date:
        edge = rng.choice((*starts, oracle.add_months(as_of, -rng.choice((1, 6, 12, 24, 36, 60)))))
        return edge + timedelta(days=rng.choice((-1, 0, 1, 2)))

    return oracle.Known(start(), start(), rng.random() < 0.6, rng.random() < 0.6)


def write(path: Path, patients: Sequence[oracle.Patient], known: oracle.Known, as_of: date) -> Path:
    """The data folder of these patients, of two doctors."""
    earliest = {"covers_from": date(1900, 1, 1), "covers_to": as_of, "ald_known": known.ald, "c2s_known": known.c2s}
    covers = {
        "acts": {"from": known.acts_from, "to": max(as_of, known.acts_from)},
        "deliveries": {"from": known.deliveries_from, "to": max(as_of, known.deliveries_from)},
    }
    names = ("patients", "registrations", "ald", "c2s", "acts", "deliveries")
    rows: dict[str, list[Any]] = {name: [] for name in names}
    for number, patient in enumerate(patients):
        mine = {"patient_id": f"p{number:03}"}
        facts = {"birth_date": patient.birth_date, "sex": patient.sex, "died_on": patient.died_on}
        rows["patients"].append(mine | facts)
        for table in ("registrations", "ald", "c2s", "acts", "deliveries"):
            rows[table] += [mine | row for row in getattr(patient, table)]
    return practice.write(path, practice.dataset(**earliest, covers=covers), doctors=[("d1",), ("d2",)], **rows)
