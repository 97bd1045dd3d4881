"""Who is on a list for a long consultation on a day, and until when it can be billed: one row per patient and list.

Decisions where the definition is silent:
* of several stays that ended lately, the last of those that no act has settled counts;
* an act by anybody settles a list: each code is once per patient, whoever bills it;
* what is declared opens its list from that day, without an end that is known; billed from that day on, it is settled;
* a code that does not exist yet on the day is listed, and the reason says from when it can be billed; where that is after
  the last day of the row, the row is not paid and has no amount.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, partial
from operator import attrgetter

import numpy as np
import pyarrow as pa

from calculators import dates, french
from calculators.dates import add_months, from_day, to_day
from calculators.engine import Engine, sql_text
from calculators.practice import acts
from calculators.practice.acts import ROOM, Codes
from calculators.practice.list_rules import Kind, ListRule
from calculators.records.store import Store
from calculators.records.views import with_rights

SCHEMA = pa.schema(
    [
        *(("doctor_id", pa.string()), ("patient_id", pa.string()), ("list", pa.string()), ("since", pa.date32())),
        *(("until", pa.date32()), ("reason", pa.string()), ("amount_cents", pa.int64()), ("paid", pa.bool_())),
        ("basis", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class OnList:
    """One row. `until`: last day it can be billed, None when no end is known; not `paid`: without an amount."""

    doctor_id: str
    patient_id: str
    list: str
    since: date | None
    until: date | None
    reason: str
    amount_cents: int
    paid: bool
    basis: str


@dataclass
class Patient:
    """A patient of a list, with what the rules look at. `billed`: days of each code, oldest first; `declared`: what the
    doctor said, and when."""

    doctor_id: str
    patient_id: str
    birth: date
    age: int
    registered: date
    alds: set[int] = field(default_factory=set)
    exits: list[date] = field(default_factory=list)
    molecules: int = 0
    billed: dict[str, list[date]] = field(default_factory=lambda: defaultdict(list))
    declared: list[tuple[str, date]] = field(default_factory=list)

    def was_billed(self, name: str, first: date, last: date) -> bool:
        return any(first <= day <= last for day in self.billed[name])


Found = tuple[date, date | None, str]
"""since, until, reason."""


def found(
    store: Store,
    rules: Mapping[str, ListRule],
    as_of: date,
    doctor: str | None,
    declared: Iterable[tuple[str, str, date]] = (),
) -> list[OnList]:
    """Who is on these lists, list after list. `declared`: what the doctor said of his patients, as (patient_id, code, day).
    Raises UserError: unknown doctor."""
    people = _people(store, rules, as_of, doctor, declared)
    return [row for rule in rules.values() for row in _rows(rule, people, as_of)]


def in_order(rows: Iterable[OnList]) -> list[OnList]:
    """By doctor, then by the last day each can be billed; those without an end last."""
    return sorted(rows, key=lambda row: (row.doctor_id, row.until or date.max, row.list, row.patient_id))


def as_table(rows: Iterable[OnList]) -> pa.Table:
    """Columns of SCHEMA, in order."""
    in_rows = in_order(rows)
    columns = zip(*map(attrgetter(*SCHEMA.names), in_rows), strict=True) if in_rows else ([] for _ in SCHEMA)
    return pa.table([pa.array(values, one.type) for values, one in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


def lacking(store: Store, rules: Mapping[str, ListRule]) -> dict[str, str]:
    """Why a list says nothing, or not all, on these data: by code, what is not recorded."""
    needs: dict[Kind, Callable[[], str]] = {
        "discharge": lambda: "" if store.is_recorded("stays") else "stays",
        "molecules": lambda: "" if store.is_recorded("deliveries") else "deliveries",
        "new_on_list": lambda: "" if store.knows("ald") else "ald",
        "quarter": lambda: "" if store.knows("ald") else "ald",
    }
    found = {code: needs[rule.kind]() for code, rule in rules.items() if rule.kind in needs}
    return {code: table for code, table in found.items() if table}


def _people(
    store: Store,
    rules: Mapping[str, ListRule],
    as_of: date,
    doctor: str | None,
    declared: Iterable[tuple[str, str, date]],
) -> list[Patient]:
    """The lists of the day, with what the rules look at."""
    engine = store.engine()
    engine.view("asked", acts.asked(store, doctor))
    acts.step(engine, ["listed"], {"list_day": to_day(as_of)})
    people = _listed(engine, as_of)
    by_key: dict[int, list[Patient]] = defaultdict(list)
    for (_, key), one in people.items():
        by_key[key].append(one)
    _billed(engine, store, rules, as_of, by_key)
    if any(rule.alds for rule in rules.values()):
        _alds(engine, store, as_of, people)
    for rule in rules.values():
        _looked_at(engine, store, rule, as_of, by_key)
    said: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for patient, code, day in declared:
        if day <= as_of:
            said[patient].append((code, day))
    for one in people.values():
        one.declared = sorted(said[one.patient_id], key=lambda entry: entry[1])
    return list(people.values())


def _listed(engine: Engine, as_of: date) -> dict[tuple[int, int], Patient]:
    """Patients by (doctor, patient), in the order of their ids."""
    rows = engine.fetch(
        "select l.doctor, l.patient, d.doctor_id, k.patient_id, l.birth_day, l.registered_day from listed l "
        "join asked d on d.doctor = l.doctor join patient_keys k on k.patient = l.patient "
        "order by d.doctor_id, k.patient_id"
    )
    ages = dates.ages_on(rows["birth_day"].to_numpy().astype(np.int32), as_of).tolist()
    return {
        (row["doctor"], row["patient"]): Patient(
            row["doctor_id"], row["patient_id"], from_day(row["birth_day"]), age, from_day(row["registered_day"])
        )
        for row, age in zip(rows.to_pylist(), ages, strict=True)
    }


def _billed(
    engine: Engine, store: Store, rules: Mapping[str, ListRule], as_of: date, people: Mapping[int, Sequence[Patient]]
) -> None:
    """Days of the acts that the rules name: `GL1` (billed), `GL1:stay` (what settles the same stay), `GL2:review`."""
    named: dict[str, Codes] = {}
    for code, rule in rules.items():
        stay = {} if rule.same_stay is None else {f"{code}:stay": rule.same_stay}
        named |= {code: rule.billed, f"{code}:review": rule.review} | stay
    engine.view("named_acts", acts.named(store, named))
    acts.step(engine, ["billed"], {"last_day": to_day(as_of)})
    for row in engine.fetch("select patient, name, day from billed order by patient, name, day").to_pylist():
        for one in people[row["patient"]]:
            one.billed[row["name"]].append(from_day(row["day"]))


def _alds(engine: Engine, store: Store, as_of: date, people: Mapping[tuple[int, int], Patient]) -> None:
    engine.step("alds_held", with_rights(sql_text(ROOM, "alds_held")), store.rights_on(to_day(as_of)))
    for row in engine.fetch("select doctor, patient, ald from alds_held").to_pylist():
        people[row["doctor"], row["patient"]].alds.add(row["ald"])


def _looked_at(
    engine: Engine, store: Store, rule: ListRule, as_of: date, people: Mapping[int, Sequence[Patient]]
) -> None:
    """Stays, treatments: what one rule alone looks at."""
    if rule.kind == "discharge" and rule.days and store.is_recorded("stays"):
        engine.view("stay_kinds", pa.table({"kind": pa.array(rule.stays, pa.string())}))
        acts.step(engine, ["discharges"], {"first_day": to_day(as_of) - rule.days, "last_day": to_day(as_of)})
        for row in engine.fetch("select patient, exit_day from discharges order by patient, exit_day").to_pylist():
            for one in people[row["patient"]]:
                one.exits.append(from_day(row["exit_day"]))
    if rule.kind == "molecules" and rule.months and rule.dates:
        first = to_day(add_months(as_of, -rule.months)) + 1
        born_to = to_day(date(as_of.year - rule.age_from, 12, 31))
        given = {"first_day": first, "last_day": to_day(as_of), "dates": rule.dates, "born_to": born_to}
        acts.step(engine, ["molecules"], given)
        for row in engine.fetch("select patient, molecules from molecules").to_pylist():
            for one in people[row["patient"]]:
                one.molecules = row["molecules"]


def _rows(rule: ListRule, people: Iterable[Patient], as_of: date) -> Iterator[OnList]:
    """The row of each patient who is on a list."""
    first, looked_at = _once_since(rule, as_of), KINDS[rule.kind]
    later = f" ; code facturable à partir du {french.plain_day(rule.valid_from)}" if as_of < rule.valid_from else ""
    for one in people:
        if one.age < rule.age_from or (first and one.was_billed(rule.code, first, as_of)):
            continue
        if found := looked_at(rule, one, as_of):
            since, until, reason = found
            paid = until is None or rule.valid_from <= until
            cents = rule.cents if paid else 0
            yield OnList(
                one.doctor_id, one.patient_id, rule.code, since, until, reason + later, cents, paid, rule.basis
            )


def _once_since(rule: ListRule, as_of: date) -> date | None:
    """First day of the period in which the code can be billed once; None: from what was declared on."""
    if rule.kind == "declared":
        return None
    return {"year": date(as_of.year, 1, 1), "quarter": quarter(as_of)[0], "ever": date.min}[rule.once]


@cache
def quarter(day: date) -> tuple[date, date]:
    """First and last day of the civil quarter of a day."""
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return first, add_months(first, 3) - timedelta(days=1)


def _discharge(rule: ListRule, one: Patient, as_of: date) -> Found | None:
    """A stay that ended lately, and no act for it since."""
    for exit_ in reversed(one.exits):
        until = exit_ + timedelta(days=rule.days or 0)
        if exit_ <= as_of <= until and not one.was_billed(f"{rule.code}:stay", exit_, until):
            return exit_, until, f"{one.age} ans, sortie le {french.plain_day(exit_)}"
    return None


def _molecules(rule: ListRule, one: Patient, as_of: date) -> Found | None:
    if one.molecules < (rule.molecules or 0):
        return None
    said = f"{one.age} ans, {one.molecules} molécules en {rule.months} mois"
    if one.was_billed(f"{rule.code}:review", add_months(as_of, -12), as_of):
        said += " ; bilan du pharmacien dans l’année"
    return date(as_of.year, 1, 1), date(as_of.year, 12, 31), said


def _declared(rule: ListRule, one: Patient, as_of: date) -> Found | None:
    """The last thing declared that opens the list, and that nothing billed has settled since."""
    opened = [entry for entry in one.declared if entry[0] in rule.declared]
    if not opened:
        return None
    day = opened[-1][1]
    first = date.min if rule.once == "ever" else min(day, date(as_of.year, 1, 1))
    if one.was_billed(rule.code, first, as_of):
        return None
    return day, None, f"dossier à remplir, dit le {french.plain_day(day)}"


def _new_on_list(rule: ListRule, one: Patient, as_of: date) -> Found | None:
    until = add_months(one.registered, rule.months or 0)
    held = sorted(one.alds & set(rule.alds))
    if not held or as_of > until:
        return None
    return one.registered, until, f"{_named(held)}, sur la liste depuis le {french.plain_day(one.registered)}"


def _quarter(rule: ListRule, one: Patient, as_of: date) -> Found | None:
    held = sorted(one.alds & set(rule.alds))
    return (*quarter(as_of), _named(held)) if held else None


def _named(alds: Sequence[int]) -> str:
    return f"ALD {french.listed([str(one) for one in alds])}"


KINDS: Mapping[Kind, Callable[[ListRule, Patient, date], Found | None]] = {
    "discharge": _discharge,
    "molecules": _molecules,
    "declared": _declared,
    "new_on_list": _new_on_list,
    "quarter": _quarter,
}


def key_ages(
    due: Iterable[tuple[str, str, int, int]], births: Mapping[str, date], code: str, cents: int, basis: str
) -> Iterator[OnList]:
    """Rows of the appointments at key ages. `due`: (doctor_id, patient_id, first and last age of the band) of those who
    are due; they last from the birthday that opens the band to the eve of leaving it."""
    make = partial(OnList, list=code, amount_cents=cents, paid=True, basis=basis)
    for doctor, patient, first, last in due:
        since, until = (dates.birthday(births[patient], age) for age in (first, last + 1))
        eve = until - timedelta(days=1)
        yield make(doctor_id=doctor, patient_id=patient, since=since, until=eve, reason=f"{first} à {last} ans")
