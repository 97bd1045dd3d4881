"""Doctors as the pay sees them: where they practise, since when, until when, in which sector, under which contract.

Decisions where the definition is silent:
* Several places: the majoration goes by the best of them (ZIP, then QPV), the aid by the best zone (ZIP, then ZAC). A zone
  that is not recorded is none.
* OPTAM: the periods said to be in OPTAM are those of a doctor of whom any is said; without one, the sector of the table
  holds, but on the days said to be outside.
* A doctor without a row of his own is taken as paid, without zone, contract nor end of practice.
* DONUM: what is said to hold on 31 December of the year paid.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from calculators import dates
from calculators.forfait import donum
from calculators.forfait.terms import YearEnd
from calculators.records.facts import Facts, facts
from calculators.records.store import Store

ROOM = "calculators.forfait"
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]
UNKNOWN_DAY = int(np.iinfo(np.int32).min)
READ_ON: tuple[YearEnd, YearEnd] = ("previous_year_end", "year_end")


@dataclass(frozen=True)
class Doctors:
    """One element per doctor; -1 stands for unknown. `zone`: zip, qpv, zac or none, for the majoration; `aid_zone`: zip,
    zac or none. `is_paid`, `contract`: sector and contract on 31 December before and at the end of the year.
    `donum_points`: of what he said he earns, -1 when he said nothing."""

    doctor_id: Words
    zone: Words
    aid_zone: Words
    birth_year: Ints
    installed_day: Ints
    first_installation: Flags
    active_to_day: Ints
    is_paid: Mapping[YearEnd, Flags]
    contract: Mapping[YearEnd, Words]
    donum_points: Ints

    @classmethod
    def from_table(cls, table: pa.Table) -> "Doctors":
        """From the columns of `SCHEMA`; those that are missing are unknown, thus ordinary: without them a doctor is paid,
        goes on, has no contract."""
        size, has = table.num_rows, table.column_names
        zone = np.array([zone or "none" for zone in table["zone"].to_pylist()], dtype=object)

        def days(name: str, unknown: int) -> Ints:
            if name not in has:
                return np.full(size, unknown, dtype=np.int64)
            return table[name].cast(pa.int64()).fill_null(unknown).to_numpy()

        def words(name: str, absent: Words) -> Words:
            return np.array(table[name].to_pylist(), dtype=object) if name in has else absent

        def flags(name: str) -> Flags:
            return np.array(table[name].to_pylist(), dtype=bool) if name in has else np.ones(size, dtype=bool)

        nothing = np.full(size, "", dtype=object)
        return cls(
            doctor_id=np.array(table["doctor_id"].to_pylist(), dtype=object),
            zone=zone,
            aid_zone=words("aid_zone", np.where(zone == "qpv", "none", zone)),
            birth_year=_years(days("birth_day", UNKNOWN_DAY)),
            installed_day=days("installed_day", UNKNOWN_DAY),
            first_installation=np.array(table["first_installation"].to_pylist(), dtype=bool),
            active_to_day=days("active_to_day", dates.OPEN_END),
            is_paid={when: flags(f"is_paid_{when}") for when in READ_ON},
            contract={when: words(f"contract_{when}", nothing) for when in READ_ON},
            donum_points=days("donum_points", -1),
        )

    @cached_property
    def installed_year(self) -> Ints:
        """Calendar year of the installation, -1 when unknown."""
        return _years(self.installed_day)

    def kept(self, which: slice) -> "Doctors":
        """Some of them."""

        def cut(value: Any) -> Any:
            return {when: one[which] for when, one in value.items()} if isinstance(value, Mapping) else value[which]

        return replace(self, **{one.name: cut(getattr(self, one.name)) for one in fields(self)})

    def __len__(self) -> int:
        return len(self.doctor_id)


SCHEMA = pa.schema(
    [
        *(("doctor", pa.int32()), ("doctor_id", pa.string()), ("zone", pa.string()), ("aid_zone", pa.string())),
        *(("birth_day", pa.int32()), ("installed_day", pa.int32()), ("first_installation", pa.bool_())),
        ("active_to_day", pa.int32()),
        *((f"is_paid_{when}", pa.bool_()) for when in READ_ON),
        *((f"contract_{when}", pa.string()) for when in READ_ON),
        ("donum_points", pa.int64()),
    ]
)


def known(store: Store, year: int, doctor: str | None = None) -> pa.Table:
    """Columns of SCHEMA, one row per doctor of the store with a list or a row of his own, by key: what is known of him for
    a year paid. Raises UserError: unknown doctor, fault of practice.toml."""
    key, said = store.doctor_key(doctor), facts(store)
    rows = [row for row in store.practitioners if key in (-1, row["doctor"])]
    return pa.Table.from_pylist([dict(_known(row, said, year)) for row in rows], schema=SCHEMA)


def _known(row: Mapping[str, Any], said: Facts, year: int) -> Iterator[tuple[str, Any]]:
    doctor = row["doctor_id"]
    last = dates.OPEN_END if row["active_to_day"] is None else row["active_to_day"]
    read_on = (dates.to_day(date(year - 1, 12, 31)), min(dates.to_day(date(year, 12, 31)), last))
    yield from (
        (name, row[name]) for name in ("doctor", "doctor_id", "birth_day", "installed_day", "first_installation")
    )
    yield "active_to_day", last
    yield from zip(("zone", "aid_zone"), _zones(row), strict=True)
    for when, day in zip(READ_ON, read_on, strict=True):
        yield f"is_paid_{when}", row["sector"] not in ("2", "2_optam") or _in_optam(row, said, day)
        yield f"contract_{when}", said.on(doctor, "contract", day) or ""
    items = said.starting(doctor, "donum", dates.to_day(date(year, 12, 31)))
    yield "donum_points", donum.points(items, year) if items else None


def _zones(row: Mapping[str, Any]) -> tuple[str, str]:
    """For the majoration, for the aid. The places, where there are any, replace the zone of the doctor."""
    zone = row["zone"] or "none"
    if row["in_zip"] is None:
        return zone, "none" if zone == "qpv" else zone
    best = "zip" if row["in_zip"] else "zac" if row["in_zac"] else "none"
    return "qpv" if row["in_qpv"] and best != "zip" else best, best


def _in_optam(row: Mapping[str, Any], said: Facts, day: int) -> bool:
    now = said.on(row["doctor_id"], "optam", day)
    if now is not None:
        return now == "true"
    dated = any(one.value == "true" for one in said.of(row["doctor_id"], "optam"))
    return bool(row["sector"] == "2_optam" and not dated)


def _years(days: Ints) -> Ints:
    """Calendar years, -1 for an unknown day."""
    known = days != UNKNOWN_DAY
    return np.where(known, dates.year_of(np.where(known, days, 0).astype(np.int32)), -1).astype(np.int64)
