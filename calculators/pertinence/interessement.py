"""What the intéressements would pay: version files like those of the pay, an amount by line and reading, what is unknown.

Row: doctor_id, scheme, year, line, count, unit_saving_cents, saving_cents, share, amount_cents, basis, reason. Of a
scheme with two readings both are given: no one of them is the text.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import pyarrow as pa
from pydantic import Field

from calculators import dates, rows
from calculators.engine import Engine, Params, sql_text
from calculators.french import count as counted
from calculators.french import plain, short_day
from calculators.pertinence.codes import Role, load_codes
from calculators.pertinence.counting import valued
from calculators.pertinence.measure import Measure
from calculators.pertinence.rule_tables import code_tables, table
from calculators.pertinence.steps import Steps
from calculators.records.facts import facts
from calculators.records.store import Store
from calculators.rules import Basis, Frozen, Rule, read_toml, validate

FOLDER = Path(__file__).parent / "interessement"
PACKAGE = "calculators.pertinence"
SAID_AT = "Mon cabinet, à partir d’un jour de"
BY_PATIENT, BY_SPENDING = "par patient déprescrit", "par dépense évitée"


class PaidLine(Frozen):
    measure: str
    label: str
    unit_saving_cents: int


class Deprescribed(Rule):
    """Patients of a category in the base year who no longer take it at the end of the year."""

    kind: Literal["deprescribed"]
    base_year: int
    stopped_months: int = Field(ge=1)
    shares: dict[int, float]
    codes: str
    line: tuple[PaidLine, ...]
    unknown: str

    def is_of(self, year: int) -> bool:
        """Is there such a scheme in the year?"""
        return year in self.shares


class Step(Frozen):
    """A year of the collective scheme: the national rate asked, the gross saving."""

    year: int
    rate: float
    saving_cents: int


class Collective(Rule):
    """The same amount for each doctor concerned when the national rate is reached. `indicator`, `concerned`: what a doctor
    says of that rate and of himself (`records/facts.toml`)."""

    kind: Literal["collective"]
    indicator: str
    concerned: str
    doctors: int
    pool_share: float
    step: tuple[Step, ...]
    unknown: str

    def is_of(self, year: int) -> bool:
        return any(one.year == year for one in self.step)


class Switch(Rule):
    """Initiations and confirmed switches, by group; `groups`: the year each entered the scheme. What a doctor says of the
    saving of a group, by patient and year, is under the key `savings_typed` and its name."""

    kind: Literal["switch"]
    look_back_months: int
    confirmed_deliveries: int
    year_shares: tuple[float, ...]
    savings_cents: dict[str, int]
    savings_typed: str
    groups: dict[str, int]
    unknown: str

    def is_of(self, year: int) -> bool:
        return min(self.groups.values()) <= year


class Undocumented(Rule):
    kind: Literal["a_documenter"]
    since: int
    unknown: str

    def is_of(self, year: int) -> bool:
        return self.since <= year


Scheme = Deprescribed | Collective | Switch | Undocumented
KINDS: dict[str, type[Scheme]] = {
    "deprescribed": Deprescribed,
    "collective": Collective,
    "switch": Switch,
    "a_documenter": Undocumented,
}


@cache
def schemes() -> dict[str, Scheme]:
    """Every scheme that ships, by id. Raises RuleError (French)."""
    found: dict[str, Scheme] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        content = read_toml(path)
        found[path.stem] = validate(content, KINDS[content["kind"]], path.name)
    return found


@dataclass(frozen=True)
class PaidScheme:
    """One line. `count`: patients, doctors or boxes it is made of; null: not known, and `reason` says why."""

    doctor_id: str
    scheme: str
    year: int
    line: str
    count: int | None
    unit_saving_cents: int | None
    saving_cents: int | None
    share: float | None
    amount_cents: int | None
    basis: Basis
    reason: str


TEXT, WHOLE = pa.string(), pa.int64()
SCHEMA = pa.schema(
    [("doctor_id", TEXT), ("scheme", TEXT), ("year", pa.int32()), ("line", TEXT), ("count", WHOLE),
     ("unit_saving_cents", WHOLE), ("saving_cents", WHOLE), ("share", pa.float64()), ("amount_cents", WHOLE),
     ("basis", TEXT), ("reason", TEXT)]
)  # fmt: skip


def interessement(
    store: Store,
    measures: Mapping[str, Measure],
    year: int,
    doctor: str,
    base_year: int | None = None,
) -> pa.Table:
    """Columns of `SCHEMA`, of one doctor. `base_year`: in place of the text's. Savings, the national rate and whether he is
    concerned are what he says of them on 31 December. Raises RuleError (French) for a fault of `practice.toml`."""
    said, last = facts(store), dates.to_day(date(year, 12, 31))
    lists = Lists(store, doctor)
    found: list[PaidScheme] = []
    for scheme in schemes().values():
        match scheme:
            case Deprescribed():
                found += _deprescribed(store, measures, scheme, year, doctor, base_year or scheme.base_year, lists)
            case Collective():
                found += _collective(
                    scheme,
                    year,
                    doctor,
                    said.on(doctor, scheme.indicator, last),
                    said.on(doctor, scheme.concerned, last),
                )
            case Switch():
                savings = said.starting(doctor, scheme.savings_typed, last)
                found += _switches(store, scheme, year, doctor, savings, lists)
            case Undocumented():
                found.append(_without(doctor, scheme, year, scheme.label, scheme.unknown))
    return rows.table(found, PaidScheme).cast(SCHEMA)


def total(found: list[PaidScheme], scheme: str) -> tuple[int, int] | None:
    """Least and most of a scheme over its readings, in cents; None when an amount is not known."""
    mine = [one for one in found if one.scheme == scheme]
    if not mine or any(one.amount_cents is None for one in mine):
        return None
    by_reading: dict[str, int] = {}
    for one in mine:
        reading = one.line.partition(" : ")[0] if " : " in one.line else ""
        by_reading[reading] = by_reading.get(reading, 0) + (one.amount_cents or 0)
    return min(by_reading.values()), max(by_reading.values())


def _without(doctor: str, scheme: Rule, year: int, line: str, reason: str) -> PaidScheme:
    return PaidScheme(doctor, scheme.id, year, line, None, None, None, None, None, scheme.reference[0].basis, reason)


# those who no longer take it
def _deprescribed(
    store: Store,
    measures: Mapping[str, Measure],
    scheme: Deprescribed,
    year: int,
    doctor: str,
    base: int,
    lists: "Lists",
) -> Iterator[PaidScheme]:
    share, known_to = scheme.shares.get(year), min(date(year, 12, 31), _known_to(store))
    if known_to.year < year:
        yield _without(
            doctor, scheme, year, scheme.label, f"Non calculable : aucune délivrance de {year} n’est connue."
        )
        return
    if share is None or base >= year:
        asked = ", ".join(map(str, scheme.shares))
        why = f"Pas d’intéressement en {year} au départ de {base} : années {asked}, après l’année de départ."
        yield _without(doctor, scheme, year, scheme.label, why)
        return
    wanted = {one.measure: measures[one.measure] for one in scheme.line}
    steps, problems = valued(store, {base: wanted}, [lists.doctor])
    if why_not := next(iter(problems[base].values()), None) or _not_yet(steps):
        said = why_not if isinstance(why_not, str) else why_not.said
        yield _without(doctor, scheme, year, scheme.label, f"Année de départ {base} : {said}")
        return
    found = _ppi_lines(lists, scheme, steps, known_to, base)
    finished = known_to == date(year, 12, 31)
    until = "" if finished else f" Année non finie : jugé au {short_day(known_to)}."
    for place, one in enumerate(scheme.line):
        mine = [row for row in found if row["category"] == place]
        stopped = sum(row["delivered"] <= 0 for row in mine)
        saving = stopped * one.unit_saving_cents
        yield PaidScheme(
            doctor, scheme.id, year, f"{BY_PATIENT} : {one.label}", stopped, one.unit_saving_cents, saving, share,
            round(saving * share), scheme.reference[0].basis,
            f"{len(mine)} patients étaient dans ce cas en {base}, et sont sur la liste.{until}",
        )  # fmt: skip
        if not finished:
            yield _without(
                doctor, scheme, year, f"{BY_SPENDING} : {one.label}", "Non calculable : l’année n’est pas finie."
            )
            continue
        if unpriced := sum(row["unpriced"] for row in mine):
            lines = plain(counted(unpriced, "ligne"))
            why = f"Non calculable : {lines} d’ordonnances sans montant, en {base} ou en {year}."
            yield _without(doctor, scheme, year, f"{BY_SPENDING} : {one.label}", why)
            continue
        spent = max(0, sum(row["base_cents"] - row["cents"] for row in mine))
        yield PaidScheme(
            doctor, scheme.id, year, f"{BY_SPENDING} : {one.label}", len(mine), None, spent, share, round(spent * share),
            "hypothese", f"Dépense de {base} moins celle de {year}, mêmes patients.",
        )  # fmt: skip


def _known_to(store: Store) -> date:
    """Last day on which deliveries are known."""
    return max((dates.from_day(last) for _, last in store.covered("deliveries")), default=date.min)


def _not_yet(steps: Steps) -> str:
    return "" if steps.engine.fetch("select 1 as one from listed limit 1").num_rows else "aucune liste cette année-là."


def _ppi_lines(lists: "Lists", scheme: Deprescribed, steps: Steps, known_to: date, base: int) -> list[dict[str, int]]:
    """Rows of the step `ppi_lines`: patients of each category in the base year, still on the list of the last
    day known of the year."""
    order = {one.id: place for place, one in enumerate(steps.rules.measures)}
    waited = steps.engine.fetch("select measure, doctor, patient from measured where numerator > 0").to_pylist()
    places = {order[one.measure]: place for place, one in enumerate(scheme.line)}
    engine = lists.on(known_to)
    engine.view("waited", table("doctor patient category", [
        (row["doctor"], row["patient"], places[row["measure"]]) for row in waited]))  # fmt: skip
    params = {
        "base_first": dates.to_day(date(base, 1, 1)), "base_last": dates.to_day(date(base, 12, 31)),
        "first": dates.to_day(date(known_to.year, 1, 1)), "last": dates.to_day(known_to),
        "stopped_from": dates.to_day(dates.add_months(known_to + timedelta(1), -scheme.stopped_months)),
    }  # fmt: skip
    bounds = lists.numbers([scheme.codes])
    return list(engine.fetch(sql_text(PACKAGE, "ppi_lines"), params | bounds).to_pylist())


class Lists:
    """The patients of a doctor on a day, and the drugs of every scheme: found once for all that asks of the same day."""

    def __init__(self, store: Store, doctor: str) -> None:
        self._store, self.doctor = store, store.doctor(doctor).key
        self._made: dict[date, Engine] = {}

    def on(self, day: date) -> Engine:
        """An engine that sees `listed` and `drug_lists`."""
        if day not in self._made:
            engine = self._store.engine()
            for name, made in code_tables({name: load_codes()[name] for name in _drug_lists()}).items():
                engine.view(name, made)
            engine.view("asked", table("doctor", [(self.doctor,)]))
            engine.step("drug_lists", sql_text(PACKAGE, "drug_lists"))
            engine.step("listed", sql_text(PACKAGE, "avoid_list"), {"day": dates.to_day(day)})
            self._made[day] = engine
        return self._made[day]

    def numbers(self, names: Sequence[str]) -> Params:
        """Bounds of the numbers of lists that follow each other."""
        known = _drug_lists()
        return {"list_from": known.index(names[0]), "list_to": known.index(names[-1])}


@cache
def _drug_lists() -> tuple[str, ...]:
    """Names of the lists of drugs of the schemes: those of one scheme follow each other."""
    found: list[str] = []
    for scheme in schemes().values():
        if isinstance(scheme, Deprescribed):
            found.append(scheme.codes)
        elif isinstance(scheme, Switch):
            found += map(_list_of, scheme.groups)
    return tuple(found)


def _list_of(group: str) -> str:
    return f"{group}_{BIOSIMILAR_LIST}"


# the same for all
def _collective(
    scheme: Collective, year: int, doctor: str, rate: str | None, concerned: str | None
) -> Iterator[PaidScheme]:
    step = next((one for one in scheme.step if one.year == year), None)
    if step is None:
        yield _without(doctor, scheme, year, scheme.label, f"Pas d’intéressement en {year}.")
        return
    pool = round(step.saving_cents * scheme.pool_share)
    each = round(pool / scheme.doctors)
    why = ""
    if not rate and concerned != "false":
        why = f"Le taux national de l’année n’est pas connu : saisissez-le ({SAID_AT} {year})."
    why = why or (f"Dites si vous initiez ce traitement ({SAID_AT} {year})." if not concerned else "")
    amount = None if why else each if concerned == "true" and float(rate or 0) >= step.rate else 0
    yield PaidScheme(
        doctor, scheme.id, year, scheme.label, scheme.doctors, each, pool, scheme.pool_share, amount,
        scheme.reference[0].basis, why or "Votre propre taux ne change pas ce montant.",
    )  # fmt: skip


# those who change
BIOSIMILAR: Role = "biosimilar"
REFERENCE: Role = "reference"
BIOSIMILAR_LIST = "biosimilaire"


def _switches(
    store: Store, scheme: Switch, year: int, doctor: str, savings: Mapping[str, str], lists: "Lists"
) -> Iterator[PaidScheme]:
    if lacking := store.lacking("deliveries", "deliveries.prescriber_id", "drugs.group", "drugs.role"):
        yield _without(doctor, scheme, year, scheme.label, f"Non calculable : {lacking[0]}.")
        return
    found = _switch_lines(lists, scheme, year)
    for group, entered in scheme.groups.items():
        place = year - entered
        share = scheme.year_shares[min(place, len(scheme.year_shares) - 1)] if place >= 0 else 0.0
        patients = sum(changed(lines, year, scheme) for (name, _), lines in found.items() if name == group)
        unit = round(float(savings[group])) if savings.get(group) else scheme.savings_cents.get(group)
        saving = 0 if not patients else None if unit is None else patients * unit
        yield PaidScheme(
            doctor, scheme.id, year, group, patients, unit, saving, share,
            None if saving is None else round(saving * share), scheme.reference[0].basis,
            f"Montant non connu : saisissez l’économie annuelle du groupe ({SAID_AT} {year})." if saving is None else "",
        )  # fmt: skip


@dataclass(frozen=True)
class Pack:
    """A delivery of a group: its role (`biosimilar`, `reference`; None: not told), and did the doctor prescribe it?"""

    day: date
    role: Role | None
    own: bool


def changed(lines: list[Pack], year: int, scheme: Switch) -> bool:
    """Does a patient count in the year, once: he begins with the biosimilar on the doctor's prescription, or leaves the
    reference for it, which the next deliveries confirm? A pack whose role is not told is the molecule all the same: who had
    it does not begin."""
    ordered = sorted(lines, key=lambda one: (one.day, one.role or ""))
    for place, one in enumerate(ordered):
        if one.day.year != year or not (one.role == BIOSIMILAR and one.own):
            continue
        since = dates.add_months(one.day, -scheme.look_back_months)
        before = [other for other in ordered[:place] if since <= other.day < one.day]
        if not before:
            return True
        follows = ordered[place : place + scheme.confirmed_deliveries]
        if (
            before[-1].role == REFERENCE
            and len(follows) == scheme.confirmed_deliveries
            and all(other.role == BIOSIMILAR for other in follows)
        ):
            return True
    return False


def _switch_lines(lists: Lists, scheme: Switch, year: int) -> dict[tuple[str, int], list[Pack]]:
    """Deliveries of each group, by patient."""
    group_of = {_drug_lists().index(_list_of(group)): group for group in scheme.groups}
    last, since = date(year, 12, 31), dates.add_months(date(year, 1, 1), -scheme.look_back_months)
    params = lists.numbers([_list_of(group) for group in scheme.groups])
    params |= {"look_back_first": dates.to_day(since), "last": dates.to_day(last)}
    found = dict[tuple[str, int], list[Pack]]()
    for row in lists.on(last).fetch(sql_text(PACKAGE, "switch_lines"), params).to_pylist():
        pack = Pack(dates.from_day(row["day"]), row["role"], bool(row["own"]))
        found.setdefault((group_of[row["list"]], row["patient"]), []).append(pack)
    return found
