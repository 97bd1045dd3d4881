"""The care of one patient, by name: what was delivered, measured and done, by whom, this year and the one before.

Reversals are netted as the views do, on (code, day); a year is the twelve months that end on the day asked.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa

from calculators import rules
from calculators.dates import add_months, from_day, to_day
from calculators.engine import sql_text
from calculators.records.store import Store
from calculators.rules import Frozen, Reference

FILE = Path(__file__).with_name("care.toml")
PHYSIO, PHARMACIST, GP = "kinésithérapie", "pharmacie", "médecine générale"
"""Specialties that the year tells apart, as `care.toml` names them."""


class Words(Frozen):
    """The file `care.toml`."""

    reference: tuple[Reference, ...]
    specialty: dict[int, str]
    visit: dict[str, tuple[str, ...]]
    letters: dict[str, str]
    stay: dict[str, str]
    ghm_category: dict[str, str]
    ghm_type: dict[str, str]


@dataclass(frozen=True)
class Line:
    """One line of care, net of reversals."""

    kind: str
    date: date
    system: str
    code: str | None
    cip13: str | None
    quantity: int
    value: float | None
    unit: str | None
    comparator: str | None
    professional: str | None
    specialty: int | None
    base_cents: int | None


@dataclass(frozen=True)
class Drug:
    """A class delivered: boxes of this year and the one before, their base in cents (null: no amount), first and last day,
    who prescribed it last. `code` is the CIP13 where the class is not known."""

    code: str
    boxes: int
    boxes_before: int
    cents: int | None
    first_on: date
    last_on: date
    specialty: int | None


@dataclass(frozen=True)
class Seen:
    """Contacts of one kind with those of one specialty, in words: this year, the one before, the last one ever."""

    kind: str
    specialty: str
    mine: bool
    times: int
    times_before: int
    last_on: date


@dataclass(frozen=True)
class Stay:
    """A stay in hospital, or in its emergency room; `exit` and what is not known are null."""

    entry: date
    exit: date | None
    kind: str | None
    ghm: str | None

    @property
    def nights(self) -> int | None:
        return None if self.exit is None else (self.exit - self.entry).days


@dataclass(frozen=True)
class Year:
    """The twelve months in a few figures; cents are those of the deliveries that have an amount."""

    consultations: int
    visits: int
    teleconsultations: int
    specialists: int
    physio: int
    tests: int
    boxes: int
    cents: int | None


@cache
def words() -> Words:
    return rules.load(FILE, Words)


def specialty(code: int | None) -> str:
    """« cardiologie »; empty when it is not known."""
    return words().specialty.get(code, "") if code is not None else ""


def kind_of_visit(system: str, code: str | None) -> str | None:
    """« consultation », « visite », « teleconsultation »; None for another act."""
    if system != "ngap":
        return None
    return next((kind for kind, letters in words().visit.items() if code in letters), None)


def history(store: Store, patient: str, as_of: date) -> pa.Table:
    """Every line of care of a patient up to a day, oldest first: the columns of `Line`."""
    asked = {"patient": patient, "as_of": to_day(as_of)}
    found = store.engine().fetch(sql_text("calculators.records", "history"), asked)
    days = found["day"].cast(pa.int32()).cast(pa.date32())
    return found.set_column(found.schema.get_field_index("day"), "date", days)


def stays(store: Store, patient: str, as_of: date) -> list[Stay]:
    """Those that began up to a day, the latest first; an end after that day is not known yet."""
    asked = {"patient": patient, "as_of": to_day(as_of)}
    rows = store.engine().fetch(sql_text("calculators.records", "patient_stays"), asked).to_pylist()
    return [
        Stay(from_day(row["entry_day"]), from_day(row["exit_day"]) if row["exit_day"] <= to_day(as_of) else None,
             row["kind"], row["ghm"])
        for row in rows
    ]  # fmt: skip


def net(lines: Iterable[Line]) -> list[Line]:
    """What really happened: lines of which the day leaves something, with what it leaves; an act whose result is known is
    told by its result."""
    by_key: dict[tuple[str, date, str, str | None], list[Line]] = defaultdict(list)
    for line in lines:
        by_key[line.kind, line.date, line.system, line.code].append(line)
    measured = {(day, system, code) for kind, day, system, code in by_key if kind == "resultat"}
    kept = []
    for (kind, *where), same in by_key.items():
        if kind == "resultat":
            kept += same
        elif (kind, tuple(where) in measured) != ("acte", True) and (told := _left(same)):
            kept.append(told)
    return kept


def _left(same: Sequence[Line]) -> Line | None:
    quantity = sum(line.quantity for line in same)
    if quantity <= 0:
        return None
    first = next(line for line in same if line.quantity > 0)
    cents = [line.base_cents for line in same if line.base_cents is not None]
    return Line(**{**vars(first), "quantity": quantity, "base_cents": sum(cents) if cents else None})


def year_of(as_of: date, back: int = 0) -> tuple[date, date]:
    """After the first, up to the second: the twelve months that end `back` years before `as_of`."""
    return add_months(as_of, -12 * (back + 1)), add_months(as_of, -12 * back)


def _within(lines: Iterable[Line], as_of: date, back: int) -> list[Line]:
    after, last = year_of(as_of, back)
    return [line for line in lines if after < line.date <= last]


def drugs(lines: Sequence[Line], as_of: date) -> list[Drug]:
    """By class, the latest delivered first. `lines`: those of `net`."""
    by_code: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.kind == "delivrance" and (code := line.code):
            by_code[code].append(line)
    found = [_drug(code, sorted(same, key=lambda line: line.date), as_of) for code, same in by_code.items()]
    return sorted(found, key=lambda one: (-one.last_on.toordinal(), one.code))


def _drug(code: str, same: Sequence[Line], as_of: date) -> Drug:
    now, before = (_within(same, as_of, back) for back in (0, 1))
    return Drug(code, _boxes(now), _boxes(before), _cents(now), same[0].date, same[-1].date, same[-1].specialty)


def _boxes(lines: Iterable[Line]) -> int:
    return sum(line.quantity for line in lines)


def _cents(lines: Iterable[Line]) -> int | None:
    known = [line.base_cents for line in lines if line.base_cents is not None]
    return sum(known) if known else None


def results(lines: Sequence[Line]) -> list[Line]:
    """Lines that carry a value, the latest first."""
    return sorted((line for line in lines if line.kind == "resultat"), key=lambda line: line.date, reverse=True)


def contacts(lines: Sequence[Line], doctor: str, as_of: date) -> list[Seen]:
    """Consultations, visits and the like, and other acts of a known specialty, by kind and specialty: the doctor first."""
    by_key: dict[tuple[str, str, bool], list[Line]] = defaultdict(list)
    for line in lines:
        visit = kind_of_visit(line.system, line.code)
        if line.kind == "acte" and (visit or line.specialty is not None):
            by_key[visit or "acte", specialty(line.specialty), line.professional == doctor].append(line)
    found = [
        Seen(*key, len(_within(same, as_of, 0)), len(_within(same, as_of, 1)), max(line.date for line in same))
        for key, same in by_key.items()
    ]
    return sorted(found, key=lambda one: (not one.mine, -one.times, -one.last_on.toordinal(), one.kind))


def year(lines: Sequence[Line], as_of: date, back: int = 0) -> Year:
    """The twelve months that end on `as_of`, or so many years before it."""
    within = _within(lines, as_of, back)

    def visits(kind: str) -> int:
        return _number(within, lambda line: kind_of_visit(line.system, line.code) == kind and _is(line, GP))

    delivered = [line for line in within if line.kind == "delivrance"]
    return Year(
        consultations=visits("consultation"),
        visits=visits("visite"),
        teleconsultations=visits("teleconsultation"),
        specialists=_number(within, lambda line: bool(kind_of_visit(line.system, line.code)) and not _is(line, GP)),
        physio=_number(within, lambda line: line.kind == "acte" and _is(line, PHYSIO)),
        tests=len({line.date for line in within if line.system in ("nabm", "loinc")}),
        boxes=_boxes(delivered),
        cents=_cents(delivered),
    )


def _number(lines: Iterable[Line], wanted: Callable[[Line], bool]) -> int:
    return sum(wanted(line) for line in lines)


def _is(line: Line, named: str) -> bool:
    return specialty(line.specialty) == named
