"""Capitation for a group of volunteers: what its doctors are paid by the act for their lists, against an amount a patient.

The fees are those in scope of all doctors of the group for the patients of a list, whoever of them did the act; what a
doctor does for others stays his. Strata: age on 31 December and ALD that day; an ALD that is not recorded counts as none.

Decisions where the definition is silent: the list is that of 31 December of the year; a doctor without a group is one alone;
the interval is that of the fees of as many patients drawn with replacement.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from calculators import french, rules
from calculators.dates import ages_on, to_day
from calculators.engine import Engine, sql_text
from calculators.practice import acts
from calculators.practice.acts import ROOM
from calculators.practice.tariffs import Euros, tariff_table, tariffs
from calculators.records.store import Store
from calculators.records.views import with_rights
from calculators.rules import Basis, Frozen, Reference

Row = dict[str, Any]
ACTS, OFF_LIST = "acte", "hors_liste"
OUTSIDE = pa.schema([("doctor", pa.int32()), ("patient", pa.int32()), ("fee_cents", pa.int64())])


class Amount(Frozen):
    """An amount a patient and year; that of the reference when no euros are given."""

    id: str
    label: str
    euros: Euros | None = None
    basis: Basis


class GuardRail(Frozen):
    text: str


class Capitation(Frozen):
    """`capitation.toml`."""

    ages: tuple[int, ...] = Field(min_length=1)
    leak: Literal[0, 1]
    draws: int = Field(gt=0)
    seed: int
    roles: tuple[str, ...]
    gp_specialties: tuple[int, ...]
    target: int
    reference: tuple[Reference, ...] = Field(min_length=1)
    amount: tuple[Amount, ...]
    guard_rail: tuple[GuardRail, ...]


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient of a list: stratum, acts and fees in scope of the group's doctors, fees of others, in cents."""

    doctor_id: str
    patient_id: str
    stratum: str
    acts: int
    fee_cents: int
    outside_cents: int = 0


@dataclass(frozen=True)
class Group:
    """The patients of the lists of a group, and what each doctor was paid for others."""

    doctors: tuple[str, ...]
    patients: tuple[Patient, ...]
    off_list_cents: Mapping[str, int]

    def of(self, doctor: str) -> list[Patient]:
        return [one for one in self.patients if one.doctor_id == doctor]


@cache
def capitation() -> Capitation:
    """The rules that ship. Raises RuleError."""
    return rules.load(Path(__file__).with_name("capitation.toml"), Capitation)


def groups(store: Store, year: int, doctor: str | None, outside: bool = True) -> list[Group]:
    """The groups of the doctors asked for, on the last day of the year, with their patients and fees. `outside`: those of
    other doctors too, which a leak alone reads, and which take as long as a third of the rest. Raises UserError."""
    members = _circles(store, year, doctor)
    engine = store.engine()
    everyone = [one for circle in members for one in circle]
    keys = [store.doctor(one).key for one in everyone]
    engine.view("asked", pa.table({"doctor": pa.array(keys, pa.int32()), "doctor_id": pa.array(everyone, pa.string())}))
    circle_of = {one: place for place, circle in enumerate(members) for one in circle}
    circles = pa.array([circle_of[one] for one in everyone], pa.int32())
    engine.view("circles", pa.table({"doctor": pa.array(keys, pa.int32()), "circle": circles}))
    _fees(engine, store, year, outside)
    patients, off = _patients(engine, year), _off_list(engine)
    return [
        Group(
            circle, tuple(one for one in patients if one.doctor_id in circle), {one: off.get(one, 0) for one in circle}
        )
        for circle in members
    ]


def compared(
    group: Group, year: int, amounts: Sequence[Amount] | None = None, leak: int | None = None
) -> Iterator[Row]:
    """Rows of the doctors of a group: branch (acte, hors_liste in stratum, capitation_<id>, risque_bas, risque_haut),
    stratum, amount_cents, basis, reason."""
    known = capitation()
    taken = known.leak if leak is None else leak
    means = mean_fees(group.patients)
    for doctor in group.doctors:
        row = {"doctor_id": doctor, "year": year, "decision": "capitation"}
        mine = by_stratum(group.of(doctor))
        for stratum, patients in mine.items():
            fees = sum(one.fee_cents for one in patients)
            said = f"{french.plain(french.count(len(patients), 'patient'))}, {sum(one.acts for one in patients)} actes"
            yield row | {"branch": ACTS, "stratum": stratum, "amount_cents": fees, "basis": "presse", "reason": said}
        off = group.off_list_cents.get(doctor, 0)
        yield row | {"branch": ACTS, "stratum": OFF_LIST, "amount_cents": off, "basis": "presse",
                     "reason": "hors de la liste du groupe : reste payé à l’acte"}  # fmt: skip
        for amount in known.amount if amounts is None else amounts:
            for stratum, patients in mine.items():
                yield row | _capitated(amount, stratum, patients, means, taken)
        yield from (row | one for one in _risk(group.of(doctor), known))


def _capitated(
    amount: Amount, stratum: str, patients: Sequence[Patient], means: Mapping[str, Decimal], leak: int
) -> Row:
    each = means[stratum] if amount.euros is None else amount.euros * 100
    cents = half_up(each * len(patients)) - leak * sum(one.outside_cents for one in patients)
    even = break_even(each, patients)
    above = sum(one.fee_cents > each for one in patients)
    said = f"{french.plain(french.count(above, 'patient'))} au-dessus de ce montant"
    if even is not None:
        said += f" ; équilibre à {french.number(even, 2)} actes par patient"
    return {"branch": f"capitation_{amount.id}", "stratum": stratum, "amount_cents": cents, "basis": amount.basis,
            "reason": french.plain(said)}  # fmt: skip


def break_even(each: Decimal, patients: Sequence[Patient]) -> float | None:
    """Acts a patient from which the acts pay more than the amount; None without an act."""
    acts_, fees = sum(one.acts for one in patients), sum(one.fee_cents for one in patients)
    return float(each) * acts_ / fees if fees else None


def mean_fees(patients: Sequence[Patient]) -> dict[str, Decimal]:
    """Mean fee in cents of each stratum."""
    return {
        stratum: Decimal(sum(one.fee_cents for one in found)) / len(found)
        for stratum, found in by_stratum(patients).items()
    }


def by_stratum(patients: Sequence[Patient]) -> dict[str, list[Patient]]:
    found: dict[str, list[Patient]] = defaultdict(list)
    for one in patients:
        found[one.stratum].append(one)
    return dict(sorted(found.items(), key=lambda item: (int(item[0].split("-")[0].split("+")[0]), item[0])))


def risk(fees: npt.NDArray[np.int64], draws: int, seed: int) -> tuple[int, int]:
    """95 % limits of the sum of the fees of as many patients, drawn with replacement."""
    rng = np.random.default_rng(seed)
    sums = np.array([fees[rng.integers(0, len(fees), len(fees))].sum() for _ in range(draws)])
    low, high = np.quantile(sums, (0.025, 0.975))
    return round(float(low)), round(float(high))


def _risk(patients: Sequence[Patient], known: Capitation) -> Iterator[Row]:
    if not patients:
        return
    fees = np.array([one.fee_cents for one in patients], dtype=np.int64)
    for branch, cents in zip(("risque_bas", "risque_haut"), risk(fees, known.draws, known.seed), strict=True):
        yield {"branch": branch, "amount_cents": cents, "basis": "hypothese",
               "reason": "limite à 95 % des honoraires d’une année de hasard"}  # fmt: skip


def _circles(store: Store, year: int, doctor: str | None) -> list[tuple[str, ...]]:
    """Doctors by group, each once; who is in no group is alone."""
    asked = acts.asked(store, doctor)["doctor_id"].to_pylist()
    engine, day = store.engine(), to_day(date(year, 12, 31))
    rows = engine.fetch(
        "select g.group_id, k.professional_id, g.role from groups g join professional_keys k on k.professional = g.doctor "
        f"where g.from_day <= {day} and g.to_day >= {day} order by g.group_id, k.professional_id"
    ).to_pylist()
    members: dict[str, list[str]] = defaultdict(list)
    known = set(store.doctors())
    for row in rows:
        if row["role"] in capitation().roles and row["professional_id"] in known:
            members[row["group_id"]].append(row["professional_id"])
    placed: set[str] = set()
    found = []
    for circle in [*(tuple(dict.fromkeys(one)) for one in members.values()), *((one,) for one in asked)]:
        left = tuple(one for one in circle if one not in placed)
        if any(one in asked for one in left):
            found.append(left)
            placed |= set(left)
    return found


def _fees(engine: Engine, store: Store, year: int, outside: bool) -> None:
    first, last = to_day(date(year, 1, 1)), to_day(date(year, 12, 31))
    specialties = capitation().gp_specialties
    engine.view("tariffs", tariff_table(store, tariffs()))
    engine.view("gp_specialties", pa.table({"specialty": pa.array(specialties, pa.int32())}))
    engine.step("own_care", sql_text(ROOM, "own_care"), {"first_day": first, "last_day": last})
    acts.step(engine, ["listed"], {"list_day": last})
    acts.step(engine, ["fees", "off_list"])
    if outside:
        acts.step(engine, ["outside_fees"], {"first_day": first, "last_day": last})
    else:
        engine.view("outside_fees", OUTSIDE.empty_table())
    engine.step("with_ald", with_rights(sql_text(ROOM, "with_ald")), store.rights_on(last))


def _patients(engine: Engine, year: int) -> list[Patient]:
    rows = engine.fetch(
        "select d.doctor_id, k.patient_id, l.birth_day, w.ald, coalesce(f.acts, 0) as acts, "
        "coalesce(f.fee_cents, 0) as fee_cents, coalesce(o.fee_cents, 0) as outside_cents "
        "from listed l join asked d on d.doctor = l.doctor "
        "join patient_keys k on k.patient = l.patient left join with_ald w on w.doctor = l.doctor and w.patient = l.patient "
        "left join fees f on f.doctor = l.doctor and f.patient = l.patient "
        "left join outside_fees o on o.doctor = l.doctor and o.patient = l.patient order by d.doctor_id, l.patient"
    )
    ages = ages_on(rows["birth_day"].to_numpy().astype(np.int32), date(year, 12, 31)).tolist()
    return [
        Patient(
            row["doctor_id"],
            row["patient_id"],
            stratum_of(age, row["ald"] == 1),
            row["acts"],
            row["fee_cents"],
            row["outside_cents"],
        )
        for row, age in zip(rows.to_pylist(), ages, strict=True)
    ]


def _off_list(engine: Engine) -> dict[str, int]:
    rows = engine.fetch(
        "select d.doctor_id, o.fee_cents from off_list o join asked d on d.doctor = o.doctor"
    ).to_pylist()
    return {row["doctor_id"]: row["fee_cents"] for row in rows}


def stratum_of(age: int, ald: bool) -> str:
    """« 16-39 », « 75+ ald »."""
    starts = capitation().ages
    place = max(number for number, first in enumerate(starts) if first <= age)
    ages = f"{starts[place]}-{starts[place + 1] - 1}" if place + 1 < len(starts) else f"{starts[place]}+"
    return f"{ages} ald" if ald else ages


def half_up(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_UP))
