"""The measures in plain Python, from the canonical rows: slow, and to be read beside the definition.

`measured(world, measure, year)` gives, for each doctor and patient of his list, what the patient adds to the denominator and
to the numerator, and his stratum.
"""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from calculators.pertinence.codes import CodeList
from calculators.pertinence.measure import Beside, Counted, Measure
from calculators.pertinence.settings import bizone

Row = dict[str, Any]
Lists = Mapping[str, CodeList]


@dataclass(frozen=True)
class Line:
    """Something that happened to a patient: net quantity above zero."""

    what: tuple[str, str]
    day: date
    prescriber: str | None
    boxes: int
    units: int
    cents: int | None
    lists: frozenset[str]
    rows: tuple[Row, ...] = ()
    """Of a delivery, what it is made of."""


@dataclass(frozen=True)
class Added:
    denominator: int
    numerator: int
    stratum: tuple[int, str, bool, bool]
    lines: int = 0
    """Of amounts of money: lines counted, and those without an amount."""
    unpriced: int = 0
    earlier: int = 0
    """What the numerator was in the year before, where the measure follows the same patients."""


class World:
    """Canonical rows, by table."""

    def __init__(self, tables: dict[str, list[Row]], prescribers_known: bool = True, rights_known: bool = True) -> None:
        self.tables = defaultdict(list, tables)
        self.prescribers_known, self.rights_known = prescribers_known, rights_known
        self.covers_by_patient = bool(self.tables["coverage"])
        self.packs = {row["cip13"]: row for row in self.tables["drugs"]}
        self.devices = {row["code"]: row for row in self.tables["devices"]}
        self._of: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for table, rows in tables.items():
            for row in rows if rows and "patient_id" in rows[0] else ():
                self._of[table, row["patient_id"]].append(row)
        self.happened: dict[tuple[str, str], list[Line]] = {}
        """Lines of a measure (name) and a patient, once looked for."""
        self._known: dict[tuple[str, str], set[date]] = {}

    def of(self, table: str, patient: str) -> list[Row]:
        return self._of.get((table, patient), [])

    def known(self, patient: str, source: str) -> set[date]:
        """Days on which all of a source is known of a patient."""
        if (patient, source) not in self._known:
            self._known[patient, source] = {
                row["from_date"] + timedelta(n) for row in self.of("coverage", patient) if row["domain"] == source
                for n in range((row["to_date"] - row["from_date"]).days + 1)
            }  # fmt: skip
        return self._known[patient, source]


def months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def age(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def on(row: Row, day: date) -> bool:
    return row["from_date"] <= day and (row["to_date"] is None or row["to_date"] >= day)


def measured(world: World, measure: Measure, year: int) -> dict[tuple[str, str], Added]:
    """Patients who are in the denominator."""
    found = {}
    for doctor, patient in listed(world, date(year, 12, 31)):
        person = next(row for row in world.tables["patients"] if row["patient_id"] == patient)
        denominator = _denominator(world, measure, year, doctor, person)
        if denominator is None:
            continue
        lines_, unpriced = _priced(world, measure, year, doctor, person)
        if denominator or unpriced:
            numerator = _amount(world, measure, measure.numerator, year, doctor, person)
            stratum = _stratum(world, measure, year, person)
            followed = measure.denominator.over_before is not None
            earlier = _molecules(world, measure, measure.numerator, year - 1, person) if followed else 0
            found[doctor, patient] = Added(denominator, numerator, stratum, lines_, unpriced, earlier)
    return found


def _priced(world: World, measure: Measure, year: int, doctor: str, person: Row) -> tuple[int, int]:
    """Lines of its amounts of money, and how many of them have none."""
    amounts: list[int | None] = []
    for counted in measure.counts:
        if counted.by_exemption:
            amounts += _exempt_amounts(world, measure, counted, year, doctor, person)
        elif counted.in_cents:
            amounts += [line.cents for line in _kept(world, measure, counted, year, doctor, person)]
    return len(amounts), sum(one is None for one in amounts)


def listed(world: World, day: date) -> list[tuple[str, str]]:
    """Doctor and patient, alive on the day and of known sex."""
    alive = {
        row["patient_id"] for row in world.tables["patients"]
        if row["sex"] in ("F", "M") and (row["died_on"] is None or row["died_on"] > day)
    }  # fmt: skip
    return sorted({(row["doctor_id"], row["patient_id"]) for row in world.tables["registrations"]
                   if on(row, day) and row["patient_id"] in alive})  # fmt: skip


def _stratum(world: World, measure: Measure, year: int, person: Row) -> tuple[int, str, bool, bool]:
    last = date(year, 12, 31)
    years = age(person["birth_date"], last)
    return (
        sum(years >= start for start in measure.age_from) - 1,
        person["sex"] if "sex" in measure.strata else "",
        "ald" in measure.strata and any(on(row, last) for row in world.of("ald", person["patient_id"])),
        "c2s" in measure.strata and any(on(row, last) for row in world.of("c2s", person["patient_id"])),
    )


def _denominator(world: World, measure: Measure, year: int, doctor: str, person: Row) -> int | None:
    """None: he is not asked for."""
    asked, patient = measure.denominator, person["patient_id"]
    if not _is_asked_for(world, measure, year, doctor, person):
        return None
    if asked.over_before is not None:
        was_there = any(
            row["doctor_id"] == doctor and on(row, date(year - 1, 12, 31)) for row in world.of("registrations", patient)
        )
        return int(was_there and _molecules(world, measure, measure.numerator, year - 1, person) > asked.over_before)
    if asked.counted:
        return _amount(world, measure, asked.counted, year, doctor, person)
    return 1


def _is_asked_for(world: World, measure: Measure, year: int, doctor: str, person: Row) -> bool:
    asked, last, patient = measure.denominator, date(year, 12, 31), person["patient_id"]
    years, bounds = age(person["birth_date"], last), asked.age
    held = {row["ald"] for row in world.of("ald", patient) if on(row, last)}
    covered = any(on(row, last) for row in world.of("c2s", patient))
    tests = [[_holds(world, measure, test, year, person, held) for test in of] for of in (asked.any, asked.none)]
    return (
        years >= measure.age_from[0]
        and (not bounds or (bounds.min or 0) <= years <= (1000 if bounds.max is None else bounds.max))
        and asked.sex in (None, person["sex"])
        and _has(world, asked.ald, bool(held))
        and _has(world, asked.c2s, covered)
        and (not asked.seen or _seen(world, doctor, patient, year))
        and (not world.covers_by_patient or all(_covered(world, measure, year, patient, source) for source in COVERED))
        and (not asked.any or any(tests[0]))
        and not any(tests[1])
    )


def _has(world: World, wanted: bool | None, has: bool) -> bool:
    """Has he the right that is wanted, or is it known that he has not?"""
    return wanted is None or (wanted == has and (has or world.rights_known))


COVERED = ("deliveries", "acts")
"""Sources of which a measure asks that all be known, since it looks at them and up to the end of the year."""


def _covered(world: World, measure: Measure, year: int, patient: str, source: str) -> bool:
    since, last = _looked_at_since(measure, year, source), date(year, 12, 31)
    known = world.known(patient, source) if since else set()
    return since is None or all(since + timedelta(n) in known for n in range((last - since).days + 1))


def _looked_at_since(measure: Measure, year: int, source: str) -> date | None:
    """First day of a source that matters; None when none does."""
    first, found, asked = date(year, 1, 1), [], measure.denominator

    def look(codes: Iterable[str], start: date) -> None:
        if source in {measure.lists[name].source for name in codes}:
            found.append(start)

    for counted in measure.counts:
        start = first
        if counted.amount == "chain_days":
            start -= timedelta(1 + (counted.over or 0) + (counted.gap_days or 0))
        look(counted.codes, date(year - 1, 1, 1) if asked.over_before is not None else start)
        for beside in (*counted.present, *counted.absent):
            names = counted.codes if "same" in beside.codes else beside.codes
            look(names, months_before(start, beside.months or 0) - timedelta(beside.days or 0))
    for test in asked.tests:
        look(test.codes, first)
    if asked.seen and source == "acts":
        found.append(first)
    return min(found, default=None)


def _seen(world: World, doctor: str, patient: str, year: int) -> bool:
    acts = [row for row in world.of("acts", patient) if row["date"].year == year]
    for day, what in {(row["date"], (row["system"], row["code"])) for row in acts}:
        here = [row for row in acts if row["date"] == day and (row["system"], row["code"]) == what]
        mine = [row["quantity"] for row in here if row["performer_id"] == doctor]
        if mine and sum(mine) > 0 and sum(row["quantity"] for row in here) > 0:
            return True
    return False


def _holds(world: World, measure: Measure, test: Any, year: int, person: Row, held: set[int]) -> bool:
    if test.ald:
        return bool(held & set(test.ald))
    days = {line.day for line in lines(world, measure, person["patient_id"]) if line.lists & set(test.codes)}
    return sum(day.year == year for day in days) >= test.dates


def lines(world: World, measure: Measure, patient: str) -> list[Line]:
    """What happened to a patient, of the lists of the measure: deliveries by (ATC, day, prescriber), acts by (code, day,
    prescriber), discharges."""
    key = measure.id, patient
    if key not in world.happened:
        lists, every = measure.lists, (_deliveries, _acts, _stays)
        world.happened[key] = [line for of in every for line in of(world, lists, patient)]
    return world.happened[key]


def _grouped(rows: Iterable[Row], key: Any) -> Iterator[tuple[Any, list[Row]]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    yield from found.items()


def _deliveries(world: World, lists: Lists, patient: str) -> Iterator[Line]:
    rows = [row for row in world.of("deliveries", patient) if row["atc"]]
    for (atc, day, prescriber), here in _grouped(rows, lambda r: (r["atc"], r["date"], r["prescriber_id"])):
        whole = {name for name, one in lists.items() if is_of(one, atc) and not (one.role or one.device)}
        if whole:
            yield from _line(("atc", atc), day, prescriber, here, frozenset(whole), world)
        for name, one in lists.items():
            if (one.role or one.device) and is_of(one, atc):
                kept = [row for row in here if _pack(world, row, "role") == (one.role or object())
                        or _pack(world, row, "device") == (one.device or object())]  # fmt: skip
                yield from _line(("atc", atc), day, prescriber, kept, frozenset({name}), world)


def _line(
    what: tuple[str, str], day: date, prescriber: str | None, rows: list[Row], lists: frozenset[str], world: World
) -> Iterator[Line]:
    boxes = sum(row["boxes"] for row in rows)
    if boxes > 0:
        units = sum(row["boxes"] * (_pack(world, row, "pack_units") or 1) for row in rows)
        yield Line(what, day, prescriber, boxes, units, _cents(rows), lists, tuple(rows))


def _cents(rows: list[Row]) -> int | None:
    """Not known where one of the rows has no amount."""
    amounts = [row["base_cents"] for row in rows]
    return None if None in amounts else sum(amounts)


def _pack(world: World, row: Row, name: str) -> Any:
    return world.packs.get(row["cip13"], {}).get(name)


def is_of(one: CodeList, atc: str) -> bool:
    return any(atc.startswith(code) for code in one.atc) and not any(atc.startswith(code) for code in one.beside)


def _acts(world: World, lists: Lists, patient: str) -> Iterator[Line]:
    rows = world.of("acts", patient)
    for (system, code, day, prescriber), here in _grouped(
        rows, lambda r: (r["system"], r["code"], r["date"], r["prescriber_id"])
    ):
        quantity = sum(row["quantity"] for row in here)
        device = world.devices.get(code, {}) if system == "lpp" else {}
        for name, one in lists.items():
            if quantity > 0 and ((system, code) in set(one.acts()) or device.get("kind") in one.device_kind):
                units = quantity * (device.get("units") or one.units.get(code) or 1)
                yield Line((system, code), day, prescriber, quantity, units, _cents(here), frozenset({name}))


def _stays(world: World, lists: Lists, patient: str) -> Iterator[Line]:
    for row in world.of("stays", patient):
        for name, one in lists.items():
            if row["exit"] and row["kind"] in one.stay_kind:
                yield Line(("stay", ""), row["exit"], None, 1, 1, None, frozenset({name}))


def _amount(world: World, measure: Measure, counted: Counted, year: int, doctor: str, person: Row) -> int:
    amount = counted.amount
    if amount == "molecules_3":
        found = _molecules(world, measure, counted, year, person)
    elif counted.leaves:
        found = _leave_days(world, measure, counted, year, doctor, person)
    elif counted.by_exemption:
        found = _exempt_cents(world, measure, counted, year, doctor, person)
    elif counted.board:
        found = 0
    else:
        found = _of_lines(amount, _kept(world, measure, counted, year, doctor, person), counted, year)
    return found if counted.over is None else int(found > counted.over)


def _kept(world: World, measure: Measure, counted: Counted, year: int, doctor: str, person: Row) -> list[Line]:
    patient, every = person["patient_id"], lines(world, measure, person["patient_id"])
    own = measure.by_whom(counted, world.prescribers_known) == "own"
    chained = counted.amount == "chain_days"
    mine = [
        line for line in every
        if line.lists & set(counted.codes) and (line.prescriber == doctor or not own)
        and (line.day.year == year or (chained and line.day.year < year))
    ]  # fmt: skip
    if bounds := counted.age_at:
        mine = [line for line in mine if (bounds.min or 0) <= age(person["birth_date"], line.day)
                and (bounds.max is None or age(person["birth_date"], line.day) <= bounds.max)]  # fmt: skip
    if counted.first and mine:
        first = min(line.day for line in mine)
        mine = [line for line in mine if line.day == first]
    alds = world.of("ald", patient)
    mine = [line for line in mine
            if not any(row["ald"] in counted.without_ald and on(row, line.day) for row in alds)]  # fmt: skip

    def is_there(line: Line, beside: Beside) -> bool:
        names = line.lists & set(counted.codes) if "same" in beside.codes else set(beside.codes)
        start = months_before(line.day, beside.months or 0) - timedelta(beside.days or 0)
        end = line.day - timedelta(beside.until_days)
        return any(
            other.lists & names and start <= other.day <= end
            and (beside.by == "anyone" or not _told(world, other) or other.prescriber == doctor) for other in every
        )  # fmt: skip

    kept = [line for line in mine if all(is_there(line, one) for one in counted.present)
            and not any(is_there(line, one) for one in counted.absent)]  # fmt: skip
    once: dict[Any, Line] = {}
    for line in kept:
        key = line.what, line.day, line.prescriber
        once[key] = _both(world, once[key], line) if key in once else line
    return list(once.values())


def _both(world: World, one: Line, other: Line) -> Line:
    """Two lines that are one: what is in either counts, a row that is in both once."""
    rows = {id(row): row for row in (*one.rows, *other.rows)}
    if not rows:
        return one
    [both] = _line(one.what, one.day, one.prescriber, list(rows.values()), one.lists | other.lists, world)
    return both


def _told(world: World, line: Line) -> bool:
    return world.prescribers_known or line.what[0] == "atc"


def _of_lines(amount: str, kept: list[Line], counted: Counted, year: int) -> int:
    match amount:
        case "patients":
            return int(bool(kept))
        case "patient_dates":
            return len({line.day for line in kept})
        case "lines":
            return len(kept)
        case "units":
            return sum(line.units for line in kept)
        case "base_cents":
            return sum(line.cents or 0 for line in kept)
        case "chain_days":
            return _longest_chain(sorted({line.day for line in kept}), counted.gap_days or 0, year)
    return sum(line.boxes for line in kept)


def _longest_chain(days: list[date], gap: int, year: int) -> int:
    longest, start, before = 0, None, None
    for day in days:
        if before is None or (day - before).days > gap:
            start = day
        if day.year == year and start is not None:
            longest = max(longest, (day - start).days)
        before = day
    return longest


def _molecules(world: World, measure: Measure, counted: Counted, year: int, person: Row) -> int:
    wanted = [measure.lists[name] for name in counted.codes]
    rows = [row for row in world.of("deliveries", person["patient_id"]) if row["atc"] and row["date"].year == year]
    dates: dict[str, dict[date, int]] = defaultdict(dict)
    for (atc, day, _), here in _grouped(rows, lambda r: (r["atc"], r["date"], r["prescriber_id"])):
        if sum(row["boxes"] for row in here) > 0 and any(is_of(one, atc) for one in wanted):
            large = any((_pack(world, row, "pack_days") or 0) >= 84 for row in here)
            dates[atc][day] = max(dates[atc].get(day, 0), 3 if large else 1)
    return sum(sum(found.values()) >= 3 for found in dates.values())


def _leave_days(world: World, measure: Measure, counted: Counted, year: int, doctor: str, person: Row) -> int:
    own = measure.by_whom(counted, world.prescribers_known) == "own"
    rows = [row for row in world.of("sick_leaves", person["patient_id"])
            if row["kind"] in counted.leaves and (row["prescriber_id"] == doctor or not own)]  # fmt: skip
    days = {
        row["from_date"] + timedelta(n) for row in rows
        if counted.amount == "running_days" or row["from_date"].year == year
        for n in range((row["to_date"] - row["from_date"]).days + 1)
    }  # fmt: skip
    if counted.amount == "days":
        return len(days)
    last = date(year, 12, 31)
    days = {
        row["from_date"] + timedelta(n) for row in rows if row["from_date"] <= last
        for n in range((row["to_date"] - row["from_date"]).days + 1)
    }  # fmt: skip
    if last not in days:
        return 0
    start, missing = last, 0
    day = last
    while missing <= (counted.gap_days or 0):
        day -= timedelta(1)
        if day in days:
            start, missing = day, 0
        else:
            missing += 1
    return (last - start).days + 1


def _exempt_cents(world: World, measure: Measure, counted: Counted, year: int, doctor: str, person: Row) -> int:
    amounts = _exempt_amounts(world, measure, counted, year, doctor, person)
    return max(sum(one or 0 for one in amounts), 0)


def _exempt_amounts(
    world: World, measure: Measure, counted: Counted, year: int, doctor: str, person: Row
) -> list[int | None]:
    patient, last = person["patient_id"], date(year, 12, 31)
    held = {row["ald"] for row in world.of("ald", patient) if on(row, last)}
    table = {one.number: one.atc for one in bizone().ald}
    if (counted.alds_in_table or counted.outside_related) and not (held and held <= table.keys()):
        return []
    related = [code for ald in held & table.keys() for code in table[ald]]
    found: list[int | None] = []
    for day, here in _grouped(world.of("deliveries", patient), lambda row: row["date"]):
        mine = [row for row in here if row["prescriber_id"] == doctor and row["atc"] and day.year == year]
        if any(row["boxes"] <= 0 for row in here):
            mine = [row for _, group in _grouped(mine, lambda row: row["atc"]) for row in _net(group)]
        for row in mine:
            wanted = any(is_of(measure.lists[name], row["atc"]) for name in counted.codes)
            by_ground = row["exo"] is not None and (not counted.exo or row["exo"] in counted.exo)
            barred = counted.outside_related and any(row["atc"].startswith(code) for code in related)
            if wanted and by_ground and not barred:
                found.append(row["base_cents"])
    return found


def _net(rows: list[Row]) -> list[Row]:
    """One row of what is left of these, nothing when they were taken back; of two grounds of exoneration, none is known."""
    grounds = {row["exo"] for row in rows if row["exo"] is not None}
    if sum(row["boxes"] for row in rows) <= 0:
        return []
    exo = grounds.pop() if len(grounds) == 1 else None
    return [rows[0] | {"exo": exo, "base_cents": _cents(rows)}]
