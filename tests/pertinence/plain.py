"""What is not to be done again, what the schemes would pay and what drugs weigh, in plain Python from the canonical rows."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from calculators.pertinence import avoid, environment
from calculators.pertinence.codes import CodeList, load_codes
from calculators.pertinence.interessement import Collective, Deprescribed, Switch, schemes
from calculators.pertinence.measure import load_measures
from tests.pertinence.oracle import Row, World, is_of, measured, months_before, on

Pay = tuple[str, str, int | None, int | None, int | None]
"""Scheme, line, count, saving and amount in cents."""


def listed(world: World, day: date) -> list[tuple[str, str]]:
    """Doctor and patient, alive on the day."""
    alive = {row["patient_id"] for row in world.tables["patients"] if row["died_on"] is None or row["died_on"] > day}
    return sorted({(row["doctor_id"], row["patient_id"]) for row in world.tables["registrations"]
                   if on(row, day) and row["patient_id"] in alive})  # fmt: skip


def to_avoid(world: World, as_of: date) -> list[tuple[str, str, str, date, date]]:
    """Doctor, patient, rule, first and last day, sorted."""
    found = []
    for doctor, patient in listed(world, as_of):
        for rule in avoid.rules().values():
            start = months_before(as_of, rule.running.months if rule.running else rule.recent_months)
            lists = [load_codes()[name] for name in rule.codes]
            days = [day for day in happened(world, patient, lists) if start <= day <= as_of]
            if not days or max(days) < months_before(as_of, rule.recent_months):
                continue
            if rule.running is None or (max(days) - min(days)).days > rule.running.beyond_days:
                found.append((doctor, patient, rule.id, min(days), max(days)))
    return sorted(found)


def happened(world: World, patient: str, lists: Iterable[CodeList]) -> set[date]:
    """Days on which something of the lists was really delivered or done, whoever prescribed it."""
    boxes: dict[Any, int] = defaultdict(int)
    for row in world.of("deliveries", patient):
        if row["atc"] and any(is_of(one, row["atc"]) for one in lists):
            boxes[row["date"], row["atc"]] += row["boxes"]
    for row in world.of("acts", patient):
        if any((row["system"], row["code"]) in set(one.acts()) for one in lists):
            boxes[row["date"], row["system"], row["code"]] += row["quantity"]
    return {key[0] for key, many in boxes.items() if many > 0}


def paid(world: World, year: int, base: int, doctor: str) -> list[Pay]:
    """Every line of the schemes that have some, with nothing typed."""
    found: list[Pay] = []
    for scheme in schemes().values():
        match scheme:
            case Deprescribed():
                found += _deprescribed(world, scheme, year, base, doctor)
            case Switch():
                for group in scheme.groups:
                    number = _changed(world, scheme, group, year, doctor)
                    found.append((scheme.id, group, number, *((None, None) if number else (0, 0))))
            case Collective():
                pool = next(round(one.saving_cents * scheme.pool_share) for one in scheme.step if one.year == year)
                found.append((scheme.id, scheme.label, scheme.doctors, pool, None))
            case _:
                found.append((scheme.id, scheme.label, None, None, None))
    return found


def _deprescribed(world: World, scheme: Deprescribed, year: int, base: int, doctor: str) -> Iterable[Pay]:
    last = date(year, 12, 31)
    stopped_from = months_before(last + timedelta(1), scheme.stopped_months)
    still = {patient for who, patient in listed(world, last) if who == doctor}
    for line in scheme.line:
        of_base = measured(world, load_measures()[line.measure], base)
        mine = sorted(patient for (who, patient), one in of_base.items() if who == doctor and one.numerator)
        rows = {patient: _ppi(world, scheme, patient) for patient in mine if patient in still}
        stopped = sum(
            sum(row["boxes"] for row in of if stopped_from <= row["date"] <= last) <= 0 for of in rows.values()
        )
        saving = stopped * line.unit_saving_cents
        yield (
            scheme.id,
            f"par patient déprescrit : {line.label}",
            stopped,
            saving,
            round(saving * scheme.shares[year]),
        )
        own = [row for of in rows.values() for row in of if row["prescriber_id"] == doctor]
        asked = [row["base_cents"] for row in own if row["date"].year in (base, year)]
        name = f"par dépense évitée : {line.label}"
        if None in asked:
            yield (scheme.id, name, None, None, None)
            continue
        spent = max(0, sum((row["base_cents"] or 0) * {base: 1, year: -1}.get(row["date"].year, 0) for row in own))
        yield (scheme.id, name, len(rows), spent, round(spent * scheme.shares[year]))


def _ppi(world: World, scheme: Deprescribed, patient: str) -> list[Row]:
    codes = load_codes()[scheme.codes]
    return [row for row in world.of("deliveries", patient) if row["atc"] and is_of(codes, row["atc"])]


def _changed(world: World, scheme: Switch, group: str, year: int, doctor: str) -> int:
    codes = load_codes()[f"{group}_biosimilaire"]
    return sum(
        _begins_or_switches(world, scheme, codes, year, doctor, patient)
        for who, patient in listed(world, date(year, 12, 31))
        if who == doctor
    )


def _begins_or_switches(world: World, scheme: Switch, codes: CodeList, year: int, doctor: str, patient: str) -> bool:
    of_day: dict[tuple[date, str], list[Row]] = defaultdict(list)
    for row in world.of("deliveries", patient):
        since = months_before(date(year, 1, 1), scheme.look_back_months)
        if row["atc"] and any(row["atc"].startswith(code) for code in codes.atc) and since <= row["date"]:
            role = world.packs.get(row["cip13"], {}).get("role") or ""
            of_day[row["date"], role].append(row)
    kept = {key: rows for key, rows in of_day.items() if sum(row["boxes"] for row in rows) > 0 and key[0].year <= year}
    order = sorted(kept)
    for place, (day, role) in enumerate(order):
        own = any(row["prescriber_id"] == doctor for row in kept[day, role])
        if day.year != year or role != "biosimilar" or not own:
            continue
        since = months_before(day, scheme.look_back_months)
        before = [one for one in order[:place] if since <= one[0] < day]
        next_ones = [one[1] for one in order[place : place + scheme.confirmed_deliveries]]
        if not before:
            return True
        if before[-1][1] == "reference" and next_ones == ["biosimilar"] * scheme.confirmed_deliveries:
            return True
    return False


def weighed(world: World, year: int, doctor: str) -> tuple[int | None, int, float, float | None]:
    """Cents prescribed to the list, boxes of chronic treatments whose length is known, those beyond need, and the share of
    lines that have an amount."""
    mine = {patient for who, patient in listed(world, date(year, 12, 31)) if who == doctor}
    rows = [row for row in world.tables["deliveries"] if row["patient_id"] in mine
            and row["prescriber_id"] == doctor and row["date"].year == year]  # fmt: skip
    known = [row["base_cents"] for row in rows if row["base_cents"] is not None]
    share = len(known) / len(rows) if rows else None
    chronic, beyond = 0, 0.0
    long_term = load_codes()[environment.rules().stock.codes].atc
    of: dict[tuple[str, str], dict[date, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if (
            row["atc"]
            and row["atc"].startswith(long_term)
            and world.packs.get(row["cip13"], {}).get("pack_days") is not None
        ):
            of[row["patient_id"], row["atc"]][row["date"]].append(row)
    for by_day in of.values():
        days = sorted(day for day, here in by_day.items() if sum(row["boxes"] for row in here) > 0)
        if len(days) < environment.rules().stock.dates_from:
            continue
        boxes = sum(row["boxes"] for day in days for row in by_day[day])
        days_of = [sum(row["boxes"] * world.packs[row["cip13"]]["pack_days"] for row in by_day[day]) for day in days]
        supplied, elapsed = sum(days_of[:-1]), (days[-1] - days[0]).days
        chronic += boxes
        beyond += max(0, supplied - elapsed) * boxes / supplied if supplied else 0.0
    return (sum(known) if known or not rows else None), chronic, beyond, share
