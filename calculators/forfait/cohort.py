"""The list that is paid: who is on it, with what rights, seen or not; and what supplements depend on.

Decisions where the definition is silent:
* "Seen" is known to be false only when acts are complete over the whole window, its end included, and some act of the
  folder carries a performer. An act that is found is enough to be seen, whatever the cover.
* Acts are netted on (patient, act, day) among those of the doctor himself.
* A folder without the table `ald` (or `c2s`) knows nobody's right, whatever `ald_known` says.
* Everyone older than the oldest age of the tariff is paid as at that age; born after the year paid, as at age 0.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from calculators import dates
from calculators.engine import Engine, sql_text
from calculators.forfait.version import OLDEST, Version
from calculators.records.store import Store
from calculators.records.views import with_rights

ROOM = "calculators.forfait"
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Doctors:
    """What doctor-level lines depend on, one element per doctor. -1 stands for unknown."""

    doctor_id: npt.NDArray[np.object_]
    zone: npt.NDArray[np.object_]
    birth_year: Ints
    installed_day: Ints
    first_installation: npt.NDArray[np.bool_]

    @classmethod
    def from_table(cls, table: pa.Table) -> "Doctors":
        """From columns doctor_id, zone, birth_day, installed_day (days, null = unknown), first_installation."""
        born, installed = (
            table[name].cast(pa.int64()).fill_null(UNKNOWN_DAY).to_numpy() for name in ("birth_day", "installed_day")
        )
        return cls(
            np.array(table["doctor_id"].to_pylist(), dtype=object),
            np.array([zone or "none" for zone in table["zone"].to_pylist()], dtype=object),
            _years(born),
            installed,
            np.array(table["first_installation"].to_pylist(), dtype=bool),
        )

    @cached_property
    def installed_year(self) -> Ints:
        """Calendar year of the installation, -1 when unknown."""
        return _years(self.installed_day)

    def __len__(self) -> int:
        return len(self.doctor_id)


UNKNOWN_DAY = int(np.iinfo(np.int32).min)


def _years(days: Ints) -> Ints:
    """Calendar years, -1 for an unknown day."""
    known = days != UNKNOWN_DAY
    return np.where(known, dates.year_of(np.where(known, days, 0).astype(np.int32)), -1).astype(np.int64)


def build(engine: Engine, store: Store, version: Version, year: int, doctor: str | None) -> None:
    """Make the step table `cohort` of the list paid for `year`. Raises UserError when the folder has no such doctor."""
    build_on(engine, store, version, version.list_day(year), year, doctor)


def build_on(engine: Engine, store: Store, version: Version, list_day: date, year: int, doctor: str | None) -> None:
    """Make the step table `cohort` (doctor, patient, age, ald, c2s, seen, last_day) of the list as it is on a day, at the
    ages of the year paid. Raises UserError when the folder has no such doctor."""
    params = _parameters(engine, store, version, list_day, doctor)
    engine.view("ages", ages(version.age_year(year)))
    for step in ("listed", "last_contacts", "cohort"):
        engine.step(step, with_rights(sql_text(ROOM, step)), params)


def _parameters(engine: Engine, store: Store, version: Version, list_day: date, doctor: str | None) -> dict[str, Any]:
    seen_from = dates.add_months(list_day, -version.seen.months) + timedelta(days=1)
    anyone = version.seen.by == "anyone"
    return {
        "list_day": dates.to_day(list_day),
        "seen_from": dates.to_day(seen_from),
        "by_anyone": int(anyone),
        "seen_known": int(is_seen_known(engine, store, seen_from, list_day, anyone)),
        "doctor": store.doctor_key(doctor),
    } | store.rights_on(dates.to_day(list_day))


def is_seen_known(engine: Engine, store: Store, first: date, last: date, anyone: bool) -> bool:
    """Can the record tell who was not seen between two days?"""
    covers_from, covers_to = store.dataset.cover_of("acts")
    if not store.is_recorded("acts") or covers_from > first or covers_to < last:
        return False
    return anyone or engine.fetch("select 1 from acts where performer is not null limit 1").num_rows > 0


def ages(year: int) -> pa.Table:
    """Bounds of the days of birth for each age on 31 December: that day, age is a difference of years."""
    ages = range(OLDEST + 1)
    first = [dates.to_day(date(year - age, 1, 1)) for age in ages]
    last = [dates.to_day(date(year - age, 12, 31)) for age in ages]
    first[-1], last[0] = -dates.OPEN_END, dates.OPEN_END
    return pa.table({"age": pa.array(ages, pa.int32()), "birth_from": first, "birth_to": last})
