"""The lists, the income and the shares of a practice, decided a second time in plain Python from the canonical rows."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from tests.oracle import add_months, age_on

Row = dict[str, Any]
Billed = dict[tuple[str, str], int]


def net(acts: Iterable[Row], key: tuple[str, ...]) -> list[Row]:
    """Acts that happened, reversals netted on the key."""
    sums: dict[tuple[Any, ...], int] = defaultdict(int)
    for row in acts:
        sums[tuple(row[name] for name in key)] += row["quantity"]
    return [dict(zip(key, values, strict=True)) | {"quantity": n} for values, n in sums.items() if n > 0]


def done(acts: Iterable[Row], patient: str, codes: Iterable[str], first: date, last: date) -> bool:
    rows = net((row for row in acts if row["patient_id"] == patient), ("patient_id", "system", "code", "date"))
    return any(row["code"] in codes and first <= row["date"] <= last for row in rows)


def listed(world: "dict[str, list[Row]]", doctor: str, day: date) -> dict[str, date]:
    """Patients of the list alive, with the first day of a registration that holds."""
    found: dict[str, date] = {}
    for row in world["registrations"]:
        if row["doctor_id"] == doctor and row["from_date"] <= day and (row["to_date"] is None or day <= row["to_date"]):
            found[row["patient_id"]] = min(row["from_date"], found.get(row["patient_id"], date.max))
    dead = {row["patient_id"] for row in world["patients"] if row["died_on"] is not None and row["died_on"] <= day}
    return {patient: first for patient, first in found.items() if patient not in dead}


def lists(world: "dict[str, list[Row]]", doctor: str, day: date) -> set[tuple[str, str, date, date | None]]:
    """(patient, list, since, until) of the long consultations."""
    births = {row["patient_id"]: row["birth_date"] for row in world["patients"]}
    found = set()
    for patient, since in listed(world, doctor, day).items():
        age = age_on(births[patient], day)
        alds = {
            row["ald"]
            for row in world["ald"]
            if row["patient_id"] == patient
            and row["from_date"] <= day
            and (row["to_date"] is None or day <= row["to_date"])
        }
        acts = world["acts"]
        year = date(day.year, 1, 1), date(day.year, 12, 31)
        found |= {(patient, "GL1", *one) for one in discharge(world, patient, age, day)}
        if age > 80 and molecules(world, patient, day) >= 10 and not done(acts, patient, ["GL2"], year[0], day):
            found.add((patient, "GL2", *year))
        limit = add_months(since, 12)
        if alds and day <= limit and not done(acts, patient, ["IMT"], date.min, day):
            found.add((patient, "IMT", since, limit))
        start = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        if alds & {15, 16, 25} and not done(acts, patient, ["VL", "1214"], start, day):
            found.add((patient, "VL", start, add_months(start, 3) - timedelta(days=1)))
    return found


def discharge(world: "dict[str, list[Row]]", patient: str, age: int, day: date) -> list[tuple[date, date]]:
    if age <= 80 or done(world["acts"], patient, ["GL1"], date(day.year, 1, 1), day):
        return []
    exits = [
        row["exit"]
        for row in world.get("stays", [])
        if row["patient_id"] == patient and row["exit"] and row["kind"] in ("mco", "ssr", "psy", "had")
    ]
    for exit_ in sorted(exits, reverse=True):
        last = exit_ + timedelta(days=45)
        settled = done(world["acts"], patient, ["GL1", "MIC", "MSH", "1153", "1154"], exit_, min(last, day))
        if exit_ <= day <= last and not settled:
            return [(exit_, last)]
    return []


def molecules(world: "dict[str, list[Row]]", patient: str, day: date) -> int:
    boxes: dict[tuple[str, date], int] = defaultdict(int)
    for row in world["deliveries"]:
        if row["patient_id"] == patient and add_months(day, -12) < row["date"] <= day:
            boxes[row["atc"], row["date"]] += row["boxes"]
    dates: dict[str, int] = defaultdict(int)
    for (atc, _), n in boxes.items():
        dates[atc] += n > 0
    return sum(n >= 3 for n in dates.values())


def own_acts(world: "dict[str, list[Row]]", doctor: str, year: int) -> list[Row]:
    """What a doctor did himself in a year."""
    mine = [row for row in world["acts"] if row["performer_id"] == doctor and row["date"].year == year]
    return net(mine, ("patient_id", "system", "code", "date"))


def shares(world: "dict[str, list[Row]]", doctor: str, year: int, added: set[str]) -> tuple[int, ...]:
    """acts, tele, out_acts, out_tele, off_acts, off_tele. `added`: codes that are no act of their own."""
    counted = [0] * 6
    at_end = listed(world, doctor, date(year, 12, 31))
    for row in own_acts(world, doctor, year):
        if row["code"] in added or row["system"] not in ("ngap", "ccam", "prs_nat"):
            continue
        tele = row["code"] in ("TCG", "TC", "TCS", "1191", "1192")
        out = not any(
            one["patient_id"] == row["patient_id"]
            and one["doctor_id"] == doctor
            and one["from_date"] <= row["date"]
            and (one["to_date"] is None or row["date"] <= one["to_date"])
            for one in world["registrations"]
        )
        off = row["patient_id"] not in at_end
        for place, holds in enumerate((True, tele, out, out and tele, off, off and tele)):
            counted[place] += row["quantity"] * holds
    return tuple(counted)


def invoices(world: "dict[str, list[Row]]", doctor: str, year: int, system: str) -> dict[tuple[Any, ...], list[Row]]:
    """Lines of a doctor in a year by (patient, day, session, code), those without a session left out."""
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in world["acts"]:
        is_his = row["performer_id"] == doctor and row["date"].year == year and row["system"] == system
        if is_his and row["session"] is not None:
            found[row["patient_id"], row["date"], row["session"], row["code"]].append(row)
    return found


def pairs(
    world: "dict[str, list[Row]]", doctor: str, year: int, began: dict[str, date], beside: set[str]
) -> dict[tuple[str, int], int]:
    """Acts of the pairs that one invoice holds with a consultation, by (code, base of one act)."""
    consulted = {
        key[:3]
        for key, rows in invoices(world, doctor, year, "ngap").items()
        if key[3] in beside and sum(row["quantity"] for row in rows) > 0
    }
    counted: dict[tuple[str, int], int] = defaultdict(int)
    for key, rows in invoices(world, doctor, year, "ccam").items():
        code, day = key[3], key[1]
        if code not in began or day < began[code] or key[:3] not in consulted:
            continue
        left: dict[tuple[int | None, int], int] = defaultdict(int)
        for row in rows:
            base, number = row["base_cents"], row["quantity"]
            left[None if base is None else base * (1 if number > 0 else -1), abs(number)] += number
        if min(left.values()) < 0:
            continue
        for (base, each), number in left.items():
            if base is not None and number > 0:
                counted[code, base // each] += number
    return dict(counted)


def overruns(world: "dict[str, list[Row]]", doctor: str, year: int) -> tuple[int, int, int, int]:
    """acts, at_base, base_cents, over_cents: of the lines that say both their base and their price."""
    acts = at_base = base = over = 0
    for row in world["acts"]:
        if row["performer_id"] != doctor or row["date"].year != year:
            continue
        if row["base_cents"] is None or row["paid_cents"] is None:
            continue
        more = row["paid_cents"] - row["base_cents"]
        acts += row["quantity"]
        base += row["base_cents"]
        over += more
        if (more <= 0) if row["quantity"] > 0 else (more >= 0):
            at_base += row["quantity"]
    return acts, at_base, base, over
