"""The list that is paid: who is on it, with what rights, seen or not; and what supplements depend on.

Decisions where the definition is silent:
* "Seen" is known to be false only when acts are complete over the whole window, its end included, and some act of the
  folder carries a performer. An act that is found is enough to be seen, whatever the cover.
* Acts are netted on (patient, act, day) among those of one performer.
* A collaborator's act counts for every member of the group, on a day on which both are of it.
* A folder without the table `ald` (or `c2s`) knows nobody's right, whatever `ald_known` says.
* Everyone older than the oldest age of the tariff is paid as at that age; born after the year paid, as at age 0.
"""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from calculators import dates
from calculators.engine import Engine, sql_text
from calculators.forfait.doctors import ROOM, Doctors, Ints, known
from calculators.forfait.standing import standing
from calculators.forfait.version import OLDEST, Version
from calculators.records.store import Store
from calculators.records.views import with_rights


def build(
    engine: Engine, store: Store, version: Version, year: int, doctor: str | None, only_paid: bool = False
) -> tuple[Doctors, pa.Table]:
    """Make the step table `cohort` of the lists paid for `year`, each on the list day of its doctor; gives the doctors of
    the folder and the table they come from. `only_paid`: leave out the lists of doctors who are not paid.

    Raises UserError when the folder has no such doctor.
    """
    rows = known(store, year, doctor)
    doctors = Doctors.from_table(rows)
    held = standing(version, year, doctors)
    days = np.where(held.early, dates.to_day(version.early_list_day(year)), dates.to_day(version.list_day(year)))
    wanted = held.is_paid if only_paid else np.ones(len(doctors), dtype=bool)
    _make(engine, store, version, rows["doctor"].to_numpy()[wanted], days[wanted], year, doctor)
    return doctors, rows


def build_on(engine: Engine, store: Store, version: Version, list_day: date, year: int, doctor: str | None) -> None:
    """Make the step table `cohort` (doctor, patient, age, ald, c2s, seen, last_day) of the list as it is on a day, at the
    ages of the year paid. Raises UserError when the folder has no such doctor."""
    keys = known(store, year, doctor)["doctor"].to_numpy()
    _make(engine, store, version, keys, np.full(len(keys), dates.to_day(list_day)), year, doctor)


def _make(
    engine: Engine, store: Store, version: Version, keys: Ints, days: Ints, year: int, doctor: str | None
) -> None:
    """`cohort` of these doctors, each on his day: once per day, one after the other."""
    each = np.unique(days).tolist() or [dates.to_day(version.list_day(year))]
    first = {day: _seen_from(version, dates.from_day(day)) for day in each}
    engine.view("ages", ages(version.age_year(year)))
    seen_from = pa.array([dates.to_day(first[day]) for day in days.tolist()], pa.int32())
    engine.view("list_days", pa.table({"doctor": keys.astype(np.int32), "list_day": days.astype(np.int32),
                                       "seen_from": seen_from}))  # fmt: skip
    by = version.seen.by
    params = {
        "doctor": store.doctor_key(doctor),
        "by_anyone": int(by == "anyone"),
        "by_collaborators": int(by == "doctor" and not store.with_collaborators.isdisjoint(keys.tolist())),
    }
    for step in ("listed", "last_contacts"):
        engine.step(step, sql_text(ROOM, step), params)
    names = [f"cohort_{place}" if len(each) > 1 else "cohort" for place in range(len(each))]
    for name, day in zip(names, each, strict=True):
        known_unseen = is_seen_known(engine, store, first[day], dates.from_day(day), by == "anyone")
        one = {"list_day": day, "seen_known": int(known_unseen)} | store.rights_on(day)
        engine.step(name, with_rights(sql_text(ROOM, "cohort")), one)
    if len(each) > 1:
        engine.define("cohort", " union all ".join(f"select * from {name}" for name in names))


def _seen_from(version: Version, list_day: date) -> date:
    return dates.add_months(list_day, -version.seen.months) + timedelta(days=1)


NOT_SEEN_THROUGH = """
select l.patient from registrations l
left join coverage v on v.patient = l.patient and v.care = 0 and v.from_day <= :first and v.to_day >= :last
where l.from_day <= :last and l.to_day >= :last and v.patient is null
limit 1
"""
"""Somebody on a list at the end whose acts are not known on every day."""


def is_seen_known(engine: Engine, store: Store, first: date, last: date, anyone: bool) -> bool:
    """Can the record tell who was not seen between two days?"""
    days = dates.to_day(first), dates.to_day(last)
    if store.covers_by_patient:
        if engine.fetch(NOT_SEEN_THROUGH, {"first": days[0], "last": days[1]}).num_rows:
            return False
    elif not (store.is_recorded("acts") and any(a <= days[0] and days[1] <= b for a, b in store.covered("acts"))):
        return False
    return anyone or store.performers_known


def ages(year: int) -> pa.Table:
    """Bounds of the days of birth for each age on 31 December: that day, age is a difference of years."""
    ages = range(OLDEST + 1)
    first = [dates.to_day(date(year - age, 1, 1)) for age in ages]
    last = [dates.to_day(date(year - age, 12, 31)) for age in ages]
    first[-1], last[0] = -dates.OPEN_END, dates.OPEN_END
    return pa.table({"age": pa.array(ages, pa.int32()), "birth_from": first, "birth_to": last})
