"""Rules one is held to: the share of teleconsultations in its three readings, overruns in OPTAM, acts paid in full together.

A share is known only where the record holds every act of the doctor, of his list and of others: dataset.toml says so
(`all_acts_of_doctor = true`). Without it nothing is said, and never nought.

Decisions where the definition is silent:
* a reversed line takes back the act, its base and its price;
* acts are together when one doctor billed them for one patient on one day under one session;
* an act is at half when its base is at most half of its tariff, where one is known, else of the greatest base of the year.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from pydantic import Field

from calculators import rules
from calculators.dates import to_day
from calculators.engine import Engine
from calculators.practice import acts
from calculators.practice.acts import CONVENTIONED, Codes
from calculators.practice.tariffs import Tariffs, letters, tariffs
from calculators.records.facts import Facts, facts
from calculators.records.store import Store
from calculators.rules import Basis, Frozen, Reference

SCHEMA = pa.schema(
    [
        *(("doctor_id", pa.string()), ("rule", pa.string()), ("numerator", pa.float64())),
        *(("denominator", pa.float64()), ("value", pa.float64()), ("limit", pa.float64()), ("reason", pa.string())),
    ]
)
NOT_ALL_ACTS = (
    "non calculable : dataset.toml ne dit pas « all_acts_of_doctor = true », des actes hors liste peuvent manquer"
)
Row = dict[str, Any]


class Reading(Frozen):
    """One way to read the share: teleconsultations and acts counted, of everybody or off the list."""

    rule: str
    label: str
    tele: Literal["out", "all"]
    among: Literal["out", "all"]


class Teleconsultation(Frozen):
    limit: float = Field(gt=0, le=1)
    reading: tuple[Reading, ...] = Field(min_length=1)


class Paired(Frozen):
    """Acts paid in full beside a consultation, from a day on."""

    codes: tuple[str, ...]
    from_: date = Field(alias="from")
    basis: Basis


class Pairs(Frozen):
    rule: str
    with_: tuple[str, ...] = Field(alias="with")
    half: float
    periods: tuple[Paired, ...]


class Limits(Frozen):
    """`limits.toml`."""

    reference: tuple[Reference, ...] = Field(min_length=1)
    teleconsultation: Teleconsultation
    pairs: Pairs


@dataclass(frozen=True)
class Limit:
    """One row. `limit`: not to be exceeded, or to be reached, as the rule says; None when it is not known."""

    doctor_id: str
    rule: str
    numerator: float | None
    denominator: float | None
    value: float | None
    limit: float | None
    reason: str | None


@dataclass(frozen=True)
class Shares:
    """Acts of a year, and teleconsultations among them; `out`: of patients not registered on the day of the act; `off`: of
    those not on the list of 31 December."""

    acts: int = 0
    tele: int = 0
    out_acts: int = 0
    out_tele: int = 0
    off_acts: int = 0
    off_tele: int = 0

    def of(self, reading: Reading, year_end: bool = False) -> tuple[int, int]:
        """Numerator and denominator under a reading; `year_end`: with the list of 31 December."""
        out_acts, out_tele = (self.off_acts, self.off_tele) if year_end else (self.out_acts, self.out_tele)
        return (out_tele if reading.tele == "out" else self.tele, out_acts if reading.among == "out" else self.acts)


@cache
def limits_file() -> Limits:
    """The rules that ship. Raises RuleError."""
    return rules.load(Path(__file__).with_name("limits.toml"), Limits)


def limits(store: Store, year: int, doctor: str | None, donum: Iterable[Row]) -> pa.Table:
    """Columns of SCHEMA, by doctor. `donum`: rows of the numeric endowment, which the pay knows. Raises UserError."""
    engine, known = store.engine(), tariffs()
    engine.view("asked", acts.asked(store, doctor))
    ids = {row["doctor"]: row["doctor_id"] for row in acts.asked(store, doctor).to_pylist()}
    said = facts(store)
    rows = [
        *of_teleconsultation(shares(store, year, doctor), store.dataset),
        *_overruns(engine, store, year, ids, said),
        *_pairs(engine, store, year, ids, known),
        *donum,
    ]
    order = {name: place for place, name in enumerate(ids.values())}
    full = [dict.fromkeys(SCHEMA.names) | row for row in rows]
    return pa.Table.from_pylist(sorted(full, key=lambda row: order[row["doctor_id"]]), schema=SCHEMA)


def shares(store: Store, year: int, doctor: str | None) -> dict[str, Shares]:
    """Acts and teleconsultations of the year, by doctor."""
    engine = store.engine()
    take_teleconsultations(engine, store, year, doctor)
    acts.step(engine, ["tele"])
    found = {
        row.pop("doctor_id"): Shares(**row)
        for row in engine.fetch(
            "select d.doctor_id, t.acts, t.tele, t.out_acts, t.out_tele, t.off_acts, t.off_tele "
            "from tele t join asked d on d.doctor = t.doctor"
        ).to_pylist()
    }
    return {one: found.get(one, Shares()) for one in acts.asked(store, doctor)["doctor_id"].to_pylist()}


def take_teleconsultations(engine: Engine, store: Store, year: int, doctor: str | None) -> None:
    """Make `asked`, and `tele_acts`: acts of the year, each with whether it is a teleconsultation and off the list."""
    acts.take(engine, store, doctor, date(year, 1, 1), date(year, 12, 31))
    acts.step(engine, ["listed"], {"list_day": to_day(date(year, 12, 31))})
    engine.view("act_kinds", _kinds(store, tariffs()))
    acts.step(engine, ["tele_acts"])


def of_teleconsultation(counted: Mapping[str, Shares], dataset: Any) -> Iterator[Row]:
    """The three readings of each doctor, side by side."""
    rule = limits_file().teleconsultation
    for doctor, one in counted.items():
        for reading in rule.reading:
            row: Row = {"doctor_id": doctor, "rule": reading.rule, "limit": rule.limit}
            if not getattr(dataset, "all_acts_of_doctor", False):
                yield row | {"reason": NOT_ALL_ACTS}
                continue
            numerator, denominator = one.of(reading)
            value = numerator / denominator if denominator else None
            reason = None if denominator else "aucun acte"
            yield row | {"numerator": numerator, "denominator": denominator, "value": value, "reason": reason}


def _kinds(store: Store, known: Tariffs) -> pa.Table:
    """act, is_tele: every act but those added to one. A code that no tariff knows is an act."""
    named: dict[int, str] = {}
    for row in acts.named(store, letters(known)).to_pylist():
        named[row["act"]] = row["name"]
    kept = []
    for (system, _), act in acts.act_keys(store).items():
        tariff = known.tariff.get(named.get(act, ""))
        if system in CONVENTIONED and not (tariff and tariff.majoration):
            kept.append((act, int(bool(tariff and tariff.tele))))
    columns = list(zip(*kept, strict=True)) or [(), ()]
    return pa.table({"act": pa.array(columns[0], pa.int32()), "is_tele": pa.array(columns[1], pa.int32())})


def _year(year: int) -> dict[str, int]:
    return {"first_day": to_day(date(year, 1, 1)), "last_day": to_day(date(year, 12, 31))}


OPTAM = {"optam_taux_depassement": "optam.taux_depassement", "optam_part_opposable": "optam.part_opposable"}
"""Rules, and the keys of the commitments: the first at most, the second at least."""
NO_COMMITMENT = "engagement non saisi : il est écrit dans votre adhésion"
NOT_IN_OPTAM = "non calculable : un engagement est saisi, l’adhésion à l’OPTAM ne l’est pas"


def _overruns(engine: Engine, store: Store, year: int, ids: Mapping[int, str], said: Facts) -> Iterator[Row]:
    """Mean overrun and share of acts without one, of the doctors in OPTAM, beside what they committed to."""
    day = to_day(date(year, 12, 31))
    concerned = set(_in_optam(engine, ids, said, day))
    missing = [name for name in ("acts.base_cents", "acts.paid_cents") if _lacks(store, name)]
    found = {}
    if concerned and not missing:
        take_overruns(engine, year)
        acts.step(engine, ["overruns"])
        found = {ids[row["doctor"]]: row for row in engine.fetch("select * from overruns").to_pylist()}
    for doctor in ids.values():
        for rule, key in OPTAM.items():
            promised = said.on(doctor, key, day)
            limit = None if promised is None else float(promised)
            row: Row = {"doctor_id": doctor, "rule": rule, "limit": limit}
            if doctor in concerned:
                yield row | _optam(rule, limit, found.get(doctor), missing)
            elif limit is not None:
                yield row | {"reason": NOT_IN_OPTAM}


def take_overruns(engine: Engine, year: int) -> None:
    """Make `overrun_acts`: acts of the year with a base and a price, each with what was asked beyond. Needs `asked`."""
    acts.step(engine, ["overrun_acts"], _year(year))


def _optam(rule: str, limit: float | None, row: Row | None, missing: list[str]) -> Row:
    """Value of a rule, and whether the commitment is kept; why there is none."""
    if missing:
        return {"reason": f"non calculable : {', '.join(missing)}"}
    over, at_base, base, done = (
        (row[name] for name in ("over_cents", "at_base", "base_cents", "acts")) if row else [0] * 4
    )
    numerator, denominator = (over, base) if rule == "optam_taux_depassement" else (at_base, done)
    if denominator <= 0:
        return {"reason": "aucun acte avec sa base et son prix"}
    value = numerator / denominator
    kept = limit is None or (value <= limit if rule == "optam_taux_depassement" else value >= limit)
    reason = NO_COMMITMENT if limit is None else "engagement tenu" if kept else "engagement non tenu"
    return {"numerator": numerator, "denominator": denominator, "value": value, "reason": reason}


def _in_optam(engine: Engine, ids: Mapping[int, str], said: Facts, day: int) -> Iterator[str]:
    """Doctors of sector 2 in OPTAM on the day."""
    rows = engine.fetch("select d.doctor, s.sector from asked d join doctors s on s.doctor = d.doctor").to_pylist()
    for row in sorted(rows, key=lambda row: ids[row["doctor"]]):
        doctor = ids[row["doctor"]]
        typed = said.on(doctor, "optam", day)
        if typed == "true" or (typed is None and row["sector"] == "2_optam"):
            yield doctor


def _lacks(store: Store, name: str) -> bool:
    """Is a table, or a column, not recorded?"""
    return bool(store.lacking(name))


def _pairs(engine: Engine, store: Store, year: int, ids: Mapping[int, str], known: Tariffs) -> Iterator[Row]:
    """Of the acts that go with a consultation at full rate, how many were paid at half."""
    rule = limits_file().pairs
    if not _began(year):
        return
    if missing := [name for name in ("acts.session", "acts.base_cents") if _lacks(store, name)]:
        for doctor in ids.values():
            yield {
                "doctor_id": doctor,
                "rule": rule.rule,
                "limit": 0.0,
                "reason": f"non calculable : {', '.join(missing)}",
            }
        return
    take_pairs(engine, store, year)
    acts.step(engine, ["pairs"])
    bases: dict[str, dict[str, list[tuple[float, int]]]] = defaultdict(lambda: defaultdict(list))
    for row in engine.fetch("select * from pairs order by doctor, name, line_cents, line_acts").to_pylist():
        base = row["line_cents"] / row["line_acts"]  # of one act; a line that is counted has some
        bases[ids[row["doctor"]]][row["name"]].append((base, row["sessions"]))
    for doctor in ids.values():
        yield _missed(doctor, bases[doctor], known, date(year, 12, 31))


def take_pairs(engine: Engine, store: Store, year: int) -> None:
    """Make `billed_together`: of the acts that go with a consultation, those billed with one in the year. Needs `asked`."""
    _name_pairs(engine, store, _began(year), tariffs())
    acts.step(engine, ["paired_lines", "billed_together"], _year(year))


def _began(year: int) -> dict[str, date]:
    """Since when each act is paid in full beside a consultation, of those that are in the year."""
    return {code: one.from_ for one in limits_file().pairs.periods for code in one.codes if one.from_.year <= year}


def half_of(code: str, bases: Iterable[float], known: Tariffs, day: date) -> float:
    """Cents up to which an act is at half: of its tariff where one is known, else of the greatest base."""
    period = known.tariff[code].on(day) if code in known.tariff else None
    return limits_file().pairs.half * (period.cents if period else max(bases)) + 0.5


def _missed(doctor: str, bases: Mapping[str, list[tuple[float, int]]], known: Tariffs, day: date) -> Row:
    missed = together = 0
    for code, found in bases.items():
        half = half_of(code, (base for base, _ in found), known, day)
        together += sum(sessions for _, sessions in found)
        missed += sum(sessions for base, sessions in found if base <= half)
    return {"doctor_id": doctor, "rule": limits_file().pairs.rule, "numerator": missed, "denominator": together,
            "value": missed / together if together else None, "limit": 0.0,
            "reason": None if together else "aucune association de ces actes"}  # fmt: skip


def _name_pairs(engine: Engine, store: Store, began: Mapping[str, date], known: Tariffs) -> None:
    found = acts.named(store, {code: Codes(ccam=(code,)) for code in began}).to_pylist()
    engine.view(
        "paired_acts",
        pa.table(
            {
                "act": pa.array([row["act"] for row in found], pa.int32()),
                "name": pa.array([row["name"] for row in found], pa.string()),
                "from_day": pa.array([to_day(began[row["name"]]) for row in found], pa.int32()),
            }
        ),
    )
    beside = {letter: known.tariff[letter].codes(letter) for letter in limits_file().pairs.with_}
    engine.view("paired_with", acts.named(store, beside).select(["act"]))
