"""Records drawn at the edges: birthdays, window ends, campaign days, nulls, reversals."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from calculators.prevention.codes import DRUG_SYSTEMS
from calculators.prevention.indicator import Criteria, Indicator, IndicatorSet, Recorded, Requirement
from calculators.records.tables import DOMAINS
from tests import oracle, practice

AS_OFS = (
    *("2024-02-28", "2024-02-29", "2025-01-01", "2025-02-28", "2025-03-01", "2025-08-31", "2025-10-13", "2025-10-14"),
    *("2025-12-31", "2026-01-31", "2026-02-01", "2026-06-30", "2026-10-14", "2026-10-15", "2023-10-16", "2023-10-17"),
    *("2023-10-02", "2026-02-28", "2026-03-01", "2025-12-31", "2024-12-31"),
)

TESTS = ("nabm", "loinc")


def counted(rules: IndicatorSet) -> list[Recorded | Requirement]:
    """Everything the set counts."""
    return [one for indicator in rules.indicators for one in counted_by(indicator)]


def counted_by(indicator: Indicator) -> list[Recorded | Requirement]:
    recorded = [one for entry in entries(indicator) for one in entry.recorded]
    return [*recorded, *(need for population in indicator.eligible for need in indicator.requirements(population))]


def entries(indicator: Indicator) -> list[Criteria]:
    """Whom it concerns, and unless what."""
    return [*indicator.eligible, *indicator.excluded]


def draw_as_of(rng: random.Random) -> date:
    return date.fromisoformat(rng.choice(AS_OFS)) + timedelta(days=rng.choice((0, 0, 0, -1, 1, rng.randint(-400, 400))))


def draw_patient(rng: random.Random, rules: IndicatorSet, as_of: date, known: oracle.Known) -> oracle.Patient:
    patient = oracle.Patient(_birth(rng, rules, as_of), rng.choice(("F", "F", "M", "M", "X")))
    indicator = rng.choice(rules.indicators)  # concentrate on one indicator, so that chains and windows really fill
    patient.ald = [
        period | {"ald": rng.choice((1, 3, 5, 8, 8, 12, 12, 13, 30))} for period in _rights(rng, indicator, as_of)
    ]
    patient.c2s = _rights(rng, indicator, as_of) * 2  # a right may be recorded twice
    patient.died_on = rng.choice((None,) * 12 + (as_of, as_of - timedelta(days=1), as_of + timedelta(days=1)))
    patient.registrations = _registrations(rng, as_of)
    for one in (*counted_by(indicator), *rng.sample(counted(rules), 2)):
        for _ in range(rng.choice((0, 1, 1, 2, 3, 5))):
            _act(rng, rules, patient, one, as_of)
        if getattr(one, "apart_from", None):
            _neighbours(rng, rules, patient, one)
    if known.by_patient:
        for one in rng.sample(counted_by(indicator), min(2, len(counted_by(indicator)))):
            _cover(rng, patient, one, as_of)
    return patient


def _cover(rng: random.Random, patient: oracle.Patient, one: Any, as_of: date) -> None:
    """Periods that nearly cover the window: in pieces that touch or nearly, ended a little or long before the day judged."""
    first = oracle.Case(None, patient, oracle.Known(as_of, as_of), as_of).first_day(one)
    days = sorted(rng.choice(_edges(rng, patient, one, as_of)) for _ in range(rng.choice((0, 1, 1, 2))))
    ends = [as_of - timedelta(days=rng.choice((0, 0, 1, 91, 92, 93, 400))), as_of + timedelta(days=30)]
    start, last = first + timedelta(days=rng.choice((-400, -1, 0, 0, 0, 1))), rng.choice(ends)
    for day in [*(day for day in days if start < day < last), last]:
        for domain in rng.choice((("acts", "deliveries"), DOMAINS, DOMAINS, ("biology", "vaccinations"), ("acts",))):
            patient.coverage.append({"domain": domain, "from_date": max(start, date(1850, 1, 1)), "to_date": day})
        start = day + timedelta(days=rng.choice((0, 1, 1, 1, 2, -5)))


def _vaccinate(rng: random.Random, patient: oracle.Patient, system: str, code: str, day: date) -> None:
    """An injection, of a day or of a vaguer date, named as the rule does or by a shorter or a longer class."""
    names: dict[str, Any] = {"cip13": None, "cis": None, "atc": None}
    names[system] = rng.choice((code, code, code.ljust(7, "0"), code[:5])) if system == "atc" else code
    precision = rng.choice(("day", "day", "day", "month", "year", "before"))
    rank = rng.choice((None, None, 1, 2))
    patient.vaccinations.append(
        {"date": day, "precision": precision, "rank": rank, "lot": None, "not_done": rng.random() < 0.1} | names
    )


def _registrations(rng: random.Random, as_of: date) -> list[dict[str, Any]]:
    """Most are simply registered; the others join, leave or change doctor about that day, or have two."""
    if rng.random() < 0.7:
        return [{"doctor_id": "d1", "from_date": date(1900, 1, 1), "to_date": None}]
    doctors = rng.choices(("d1", "d2"), k=rng.randint(0, 3))
    return [_period(rng, as_of) | {"doctor_id": doctor} for doctor in doctors]


def _birth(rng: random.Random, rules: IndicatorSet, as_of: date) -> date:
    ages = [e.age for i in rules.indicators for e in entries(i) if e.age]
    limits = [limit for age in ages for limit in (age.min, age.max and age.max + 1) if limit is not None]
    reference = rng.choice((as_of, date(as_of.year, 12, 31), date(as_of.year, 1, 1)))
    birth = oracle.add_months(reference, -12 * rng.choice([*limits, 1, 2, 15, rng.randint(0, 95)]))
    if rng.random() < 0.1 and birth.year % 4 == 0:
        return date(birth.year, 2, 29)
    if rng.random() < 0.2:
        birth = oracle.add_months(as_of, -rng.choice((0, 1, 8, 9, 10, 23, 25)))
    return min(birth + timedelta(days=rng.choice((-1, 0, 0, 1, rng.randint(-200, 200)))), as_of)


def _rights(rng: random.Random, indicator: Indicator, as_of: date) -> list[dict[str, Any]]:
    """Periods of a right about the day judged; where the indicator reads it on another day, or held for some months, about
    that day too: whole, cut short, in two pieces that touch or nearly."""
    held = [(one.ald_on or one.c2s_on, one.held_months) for one in entries(indicator)]
    asked = [(day, months) for day, months in held if day or months]
    if not asked or rng.random() < 0.3:
        return [_period(rng, as_of) for _ in range(rng.randint(0, 2))]
    name, months = rng.choice(asked)
    day = {"year_start": date(as_of.year, 1, 1), "year_end": date(as_of.year, 12, 31)}.get(name or "", as_of)
    first = oracle.add_months(day, -(months or 0)) + timedelta(days=rng.choice((0, 1, 1, 2)))
    last = rng.choice((None, day, day + timedelta(days=1), day - timedelta(days=1)))
    if rng.random() < 0.5 or last is None:
        return [{"from_date": first, "to_date": last}]
    cut = first + timedelta(days=max(1, (last - first).days // 2))
    second = cut + timedelta(days=rng.choice((1, 1, 2, -3, 0)))
    return [{"from_date": first, "to_date": cut}, {"from_date": second, "to_date": last}]


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
    if system in DRUG_SYSTEMS and any(rules.codes[name].are_vaccines for name in one.codes) and rng.random() < 0.5:
        _vaccinate(rng, patient, system, code, day)
        if system == "cis" or rng.random() < 0.6:
            return
        ago = rng.choice((0, 0, 1, 89, 90, 91, -1))
        lines = [(when - timedelta(days=ago), n) for when, n in lines]
    for when, n in lines:
        _record(patient, system, code, when, n, _result(rng, one))
    if system in TESTS and rng.random() < 0.6:
        _told_again(rng, rules, patient, one, day)


def _told_again(rng: random.Random, rules: IndicatorSet, patient: oracle.Patient, one: Any, day: date) -> None:
    """The same test, or another of the lists, billed or as a result, at most a few days away; perhaps taken back."""
    known = [pair for name in one.codes for pair in rules.codes[name].codes() if pair[0] in TESTS]
    for system, code in rng.choices(known, k=rng.randint(1, 2)):
        when = day + timedelta(days=rng.choice((0, 0, 1, -2, 3, -3, 4, -4, 7)))
        for quantity in rng.choice(((1,), (1,), (2,), (1, -1), (2, -1))):
            _record(patient, system, code, when, quantity, _result(rng, one))


def _neighbours(rng: random.Random, rules: IndicatorSet, patient: oracle.Patient, need: Any) -> None:
    """The other vaccine, about as long before the acts of this one as it must be."""
    wanted = [pair for name in need.codes for pair in rules.codes[name].codes()]
    system, code = rng.choice([pair for name in need.apart_from.codes for pair in rules.codes[name].codes()])
    held = {"atc": "atc", "cip13": "cip13"}
    days = [r["date"] for r in patient.deliveries for s in held if r[s] and any(r[s].startswith(c) for _, c in wanted)]
    for day in days[:3]:
        before = rng.choice((0, 1, need.apart_from.days, need.apart_from.days - 1, -1, -5))
        _record(patient, system, code, day - timedelta(days=before), 1)


def _result(rng: random.Random, one: Any) -> dict[str, Any]:
    """A result at the bounds that a rule asks for, in its unit or another; none for most acts."""
    nothing = {"value": None, "unit": None, "comparator": None}
    if getattr(one, "value", None) is None or rng.random() < 0.15:
        return nothing
    bound = rng.choice([bound for bound in (one.value.min, one.value.max) if bound is not None])
    return {
        "value": bound + rng.choice((-1.0, -0.1, 0.0, 0.0, 0.1, 1.0)),
        "unit": rng.choice((*[one.value.unit] * 8, "mmol/mol", None)),
        "comparator": rng.choice((*[None] * 5, "<", "<=", ">", ">=", "~")),
    }


def _record(
    patient: oracle.Patient, system: str, code: str, when: date, n: int, result: Mapping[str, Any] | None = None
) -> None:
    if system in DRUG_SYSTEMS:
        given = {"atc": None, "cip13": None, system: code.ljust(7, "0") if system == "atc" else code}
        patient.deliveries.append({"date": when, "boxes": n} | given)
    else:
        patient.acts.append({"date": when, "system": system, "code": code, "quantity": n, **(result or {})})


Declared = dict[tuple[int, str], date]
"""Day on which an act is declared done elsewhere, by number of the patient and indicator."""


def draw_declared(rng: random.Random, rules: IndicatorSet, people: Sequence[oracle.Patient], as_of: date) -> Declared:
    """One declaration for every other patient. Indicators that ask how many units, or with what result, are left out: the
    doctor does not say it."""
    apart = [one for one in rules.indicators if not any(map(_is_more_than_done, _needs(one)))]
    found: Declared = {}
    for number, patient in enumerate(people):
        if rng.random() < 0.5:
            indicator = rng.choice(apart)
            day = rng.choice(_edges(rng, patient, rng.choice(_needs(indicator)), as_of))
            found[number, indicator.id] = day + timedelta(days=rng.choice((-1, 0, 0, 1)))
    return found


def _is_more_than_done(need: Requirement) -> bool:
    return need.count_by == "quantity" or need.value is not None


def draw_confirmed(rng: random.Random, rules: IndicatorSet, people: Sequence[oracle.Patient]) -> set[tuple[int, str]]:
    """Patients to whom, the doctor says, no possible exclusion of these indicators applies."""
    doubtful = [one.id for one in rules.indicators if any(entry.possible for entry in one.excluded)]
    return {(number, one) for number in range(len(people)) for one in doubtful if rng.random() < 0.3}


def as_said(patient: oracle.Patient, day: date | None) -> oracle.Patient:
    """The patient, with everything an indicator requires said to be done that day."""
    return patient if day is None else replace(patient, said=frozenset({day}))


def _needs(indicator: Indicator) -> list[Requirement]:
    return [need for population in indicator.eligible for need in indicator.requirements(population)]


def _edges(rng: random.Random, patient: oracle.Patient, one: Any, as_of: date) -> list[date]:
    """Days around which the window of `one` opens, closes or lapses."""
    birth, window = patient.birth_date, one.window
    edges = [as_of, as_of - timedelta(days=rng.randint(0, 2000)), date(as_of.year, 1, 1)]
    vaccine = getattr(window, "vaccine", None)
    edges += [*oracle.campaign_before(as_of, vaccine), oracle.campaign(as_of.year - 1, vaccine)[0]]
    match window.kind:
        case "rolling":
            last = as_of if window.ends == "as_of" else date(as_of.year, 12, 31)
            ago = oracle.moved(last, window, -1)
            edges += [ago, ago, ago, oracle.moved(ago, window, -1)]
        case "campaign":
            edges += [oracle.campaign_before(as_of, vaccine)[1], as_of + timedelta(days=20), date(as_of.year, 12, 31)]
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
        edges += [oracle.reach(birth, age) for age in (ages.min, ages.max) if age]
        edges += [oracle.add_months(oracle.reach(birth, ages.max), months) for months in (1, 12) if ages.max]
    edges += [oracle.reach(birth, age) for age in getattr(one, "min_age", ())] * 2
    given = [row["date"] for row in (*patient.acts, *patient.deliveries)]
    edges += [oracle.moved(day, gap, 1) for gap in getattr(one, "min_interval", ()) for day in given[-2:]] * 2
    if getattr(one, "exists_since", None):
        edges += [one.exists_since]
    return edges


def draw_known(rng: random.Random, as_of: date) -> oracle.Known:
    """What the data cover: everything, or just about what a window needs."""
    starts = (date(1900, 1, 1), date(1900, 1, 1), oracle.campaign_before(as_of)[0], date(as_of.year, 1, 1))

    def start() -> date:
        edge = rng.choice((*starts, oracle.add_months(as_of, -rng.choice((1, 6, 12, 24, 36, 60)))))
        return edge + timedelta(days=rng.choice((-1, 0, 1, 2)))

    return oracle.Known(start(), start(), rng.random() < 0.6, rng.random() < 0.6, rng.random() < 0.4)


def write(path: Path, patients: Sequence[oracle.Patient], known: oracle.Known, as_of: date) -> Path:
    """The data folder of these patients, of two doctors."""
    earliest = {"covers_from": date(1900, 1, 1), "covers_to": as_of, "ald_known": known.ald, "c2s_known": known.c2s}
    covers = {
        "acts": {"from": known.acts_from, "to": max(as_of, known.acts_from)},
        "deliveries": {"from": known.deliveries_from, "to": max(as_of, known.deliveries_from)},
    }
    more = ("registrations", "ald", "c2s", "acts", "deliveries", "vaccinations", *["coverage"] * known.by_patient)
    names = ("patients", *more)
    rows: dict[str, list[Any]] = {name: [] for name in names}
    for number, patient in enumerate(patients):
        mine = {"patient_id": f"p{number:03}"}
        facts = {"birth_date": patient.birth_date, "sex": patient.sex, "died_on": patient.died_on}
        rows["patients"].append(mine | facts)
        for table in more:
            rows[table] += [mine | row for row in getattr(patient, table)]
    return practice.write(path, practice.dataset(**earliest, covers=covers), doctors=[("d1",), ("d2",)], **rows)
