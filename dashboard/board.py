"""Prevention verdicts -> what a page shows: one row per patient, one per indicator, and the actions of the day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from calculators import dates
from calculators.engine import sql_text
from calculators.prevention.indicator import Indicator, IndicatorSet
from calculators.records.store import Store
from dashboard.wording import STATUS

SHOWN = ("up_to_date", "unknown", "due")
"""Statuses of the patients an indicator concerns."""
FAMILIES = ("vaccination", "depistage", "suivi")


def roster(store: Store, doctor: str, as_of: date) -> pa.Table:
    """The doctor's list on a day: patient_id, birth_on, age (years), sex, ald (« 3, 8 », empty for none), ald_known,
    c2s (null when not recorded)."""
    sql = sql_text("dashboard.queries", "roster")
    rows = store.engine().fetch(sql, {"doctor": doctor, "as_of": dates.to_day(as_of)}).to_pylist()
    knows_ald = store.dataset.ald_known and store.is_recorded("ald")
    knows_c2s = store.dataset.c2s_known and store.is_recorded("c2s")
    patients: dict[str, dict] = {}
    for row in rows:
        birth = dates.from_day(row["birth_day"])
        patient = patients.setdefault(
            row["patient_id"],
            {
                "patient_id": row["patient_id"], "birth_on": birth,
                "age": dates.age_on(birth, as_of), "sex": row["sex"], "ald": [],
                "c2s": True if row["c2s"] else (False if knows_c2s else None),
            },
        )  # fmt: skip
        patient["ald"] += [row["ald"]] if row["ald"] is not None and row["ald"] not in patient["ald"] else []
    for patient in patients.values():
        patient["ald_known"] = bool(patient["ald"]) or knows_ald
        patient["ald"] = ", ".join(map(str, patient["ald"]))
    return pa.Table.from_pylist(list(patients.values()), schema=ROSTER)


ROSTER = pa.schema(
    [
        ("patient_id", pa.string()), ("birth_on", pa.date32()), ("age", pa.int16()), ("sex", pa.string()),
        ("ald", pa.string()), ("ald_known", pa.bool_()), ("c2s", pa.bool_()),
    ]
)  # fmt: skip


def care(store: Store, patient: str, as_of: date) -> pa.Table:
    """Every line of care of a patient up to a day: day, system, code, cip13, quantity."""
    sql = sql_text("dashboard.queries", "care")
    return store.engine().fetch(sql, {"patient": patient, "as_of": dates.to_day(as_of)})


GAPS = pa.schema(
    [
        ("patient_id", pa.string()), ("age", pa.int16()), ("sex", pa.string()), ("ald", pa.string()),
        ("due", pa.int16()), ("gaps", pa.list_(pa.string())), ("gap_ids", pa.list_(pa.string())),
        ("unknown", pa.int16()), ("unknown_ids", pa.list_(pa.string())),
        ("actionable_on", pa.date32()), ("next_on", pa.date32()),
    ]
)  # fmt: skip


def gaps(verdicts: pa.Table, patients: pa.Table, rules: IndicatorSet) -> pa.Table:
    """One row per patient of the list, most acts due first, then those that can be done soonest, then by id.

    `actionable_on`: first day an act due can be done; `next_on`: first day an act now up to date will be due again.
    """
    labels = {indicator.id: indicator.label for indicator in rules.indicators}
    rows = {
        row["patient_id"]: {
            **{name: row[name] for name in ("patient_id", "age", "sex")},
            "ald": row["ald"] if row["ald_known"] else None,
            "due": 0, "gaps": [], "gap_ids": [], "unknown": 0, "unknown_ids": [],
            "actionable_on": None, "next_on": None,
        }
        for row in patients.to_pylist()
    }  # fmt: skip
    wanted = ["patient_id", "indicator", "status", "due_on", "actionable_on"]
    for verdict in verdicts.filter(pc.field("status").isin(SHOWN)).select(wanted).to_pylist():
        if row := rows.get(verdict["patient_id"]):
            _add(row, verdict, labels)
    ordered = sorted(rows.values(), key=lambda row: (-row["due"], row["actionable_on"] or date.max, row["patient_id"]))
    return pa.Table.from_pylist(ordered, schema=GAPS)


def _add(row: dict, verdict: dict, labels: dict[str, str]) -> None:
    if verdict["status"] == "due":
        row["due"] += 1
        row["gaps"].append(labels[verdict["indicator"]])
        row["gap_ids"].append(verdict["indicator"])
        row["actionable_on"] = _earliest(row["actionable_on"], verdict["actionable_on"])
    elif verdict["status"] == "unknown":
        row["unknown"] += 1
        row["unknown_ids"].append(verdict["indicator"])
    else:
        row["next_on"] = _earliest(row["next_on"], verdict["due_on"])


def _earliest(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day), default=None)


def tally(verdicts: pa.Table, rules: IndicatorSet) -> pa.Table:
    """Patients by indicator and status, in the order of the set.

    Columns: indicator, label, status, status_label, rank (order in a bar), patients.
    """
    pairs = zip(verdicts["indicator"].to_pylist(), verdicts["status"].to_pylist(), strict=True)
    counted = Counter(pairs)
    rows = [
        {
            "indicator": indicator.id, "label": indicator.label, "status": status, "status_label": STATUS[status],
            "rank": SHOWN.index(status), "patients": counted[indicator.id, status],
        }
        for indicator in rules.indicators
        for status in SHOWN
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


@dataclass(frozen=True)
class Rate:
    """Patients an indicator concerns, by status."""

    indicator: Indicator
    up_to_date: int
    unknown: int
    due: int

    @property
    def concerned(self) -> int:
        return self.up_to_date + self.unknown + self.due

    @property
    def share(self) -> float | None:
        """Up to date among those of whom the records can tell."""
        known = self.up_to_date + self.due
        return self.up_to_date / known if known else None


def rates(tallied: pa.Table, rules: IndicatorSet) -> list[Rate]:
    """One rate per indicator, in the order of the set."""
    counted = {(row["indicator"], row["status"]): row["patients"] for row in tallied.to_pylist()}
    return [Rate(i, *(counted[i.id, status] for status in SHOWN)) for i in rules.indicators]


@dataclass(frozen=True)
class Action:
    """Something to do now: an indicator, and how many patients can be settled today."""

    indicator: Indicator
    patients: int


def actions(verdicts: pa.Table, rules: IndicatorSet, as_of: date) -> list[Action]:
    """At most three: in each family, the indicator with the most patients due whose act can be done today."""
    now = verdicts.filter((pc.field("status") == "due") & (pc.field("actionable_on") <= pa.scalar(as_of)))
    counted = Counter(now["indicator"].to_pylist())
    found = [_largest([i for i in rules.indicators if i.family == family], counted) for family in FAMILIES]
    return sorted((action for action in found if action), key=lambda action: -action.patients)


def _largest(family: Iterable[Indicator], counted: Counter[str]) -> Action | None:
    best = max(family, key=lambda indicator: counted[indicator.id], default=None)
    return Action(best, counted[best.id]) if best and counted[best.id] else None


def falling_due(verdicts: pa.Table, as_of: date, days: int = 90) -> int:
    """Patients up to date today for an act that will be due again within some days."""
    soon = verdicts.filter(
        (pc.field("status") == "up_to_date") & (pc.field("due_on") <= pa.scalar(as_of + timedelta(days=days)))
    )
    return len(set(soon["patient_id"].to_pylist()))
