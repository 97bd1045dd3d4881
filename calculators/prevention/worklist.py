"""Whom to call first: one row per patient, several gaps per row, in the order of the calls.

Order: first the patient for whom one contact settles the most acts that can be done now; then, of these acts (of all that
are due when none can be done now), the one whose lapsed longest ago (an act never found counts as lapsed when the data
begin to cover it, that is: before any other); then the one at risk (an ALD, then age). The page prints this rule.

An act the doctor says refused, or not applicable, is not to call for: it is listed apart (`declined_ids`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from calculators.prevention.declarations import DECLINED
from calculators.prevention.indicator import Indicator, IndicatorSet

SHOWN = ("up_to_date", "due", "unknown", *DECLINED.values())
"""Statuses of the patients an indicator concerns."""
FAMILIES = ("vaccination", "depistage", "suivi")

WORKLIST = pa.schema(
    [
        *(("patient_id", pa.string()), ("age", pa.int32()), ("sex", pa.string()), ("ald", pa.list_(pa.int32()))),
        *(("ald_known", pa.bool_()), ("due", pa.int32()), ("together", pa.int32()), ("contact", pa.string())),
        *(("contacts", pa.list_(pa.string())), ("overdue_days", pa.int32()), ("never", pa.int32())),
        *(("gap_ids", pa.list_(pa.string())), ("gap_days", pa.list_(pa.int32())), ("now_ids", pa.list_(pa.string()))),
        *(("unknown", pa.int32()), ("unknown_ids", pa.list_(pa.string())), ("declined_ids", pa.list_(pa.string()))),
        *(("actionable_on", pa.date32()), ("next_on", pa.date32()), ("last_seen_on", pa.date32())),
    ]
)


@dataclass(frozen=True, slots=True)
class Call:
    """One row of the worklist."""

    patient_id: str
    age: int
    sex: str
    ald: list[int]
    ald_known: bool
    due: int
    together: int
    contact: str | None
    contacts: list[str]
    overdue_days: int | None
    never: int
    gap_ids: list[str]
    gap_days: list[int | None]
    now_ids: list[str]
    unknown: int
    unknown_ids: list[str]
    declined_ids: list[str]
    actionable_on: date | None
    next_on: date | None
    last_seen_on: date | None


@dataclass(frozen=True)
class Falling:
    """One row of `falling_due`."""

    indicator: str
    label: str
    days: int
    patients: int


def worklist(board: pa.Table, roster: pa.Table, rules: IndicatorSet, as_of: date) -> pa.Table:
    """One row per patient of the list, in the order of the calls.

    `board`: rows of `assess` for one doctor, or of `declarations.judged`; `roster`: his list (`records.roster`). Columns:
    patient_id, age, sex, ald, ald_known; due (acts due), together (most acts due one contact settles now), contact (that
    contact), contacts (every one that settles something now, the one that settles most first), overdue_days (of the act
    that lapsed longest ago; null when none lapsed) and never (acts never found), both of the acts that can be done today,
    of all those due when none can; gap_ids (acts due, the one that lapsed longest ago first), gap_days (since when each
    lapsed; null: it never was up to date), now_ids (of them, those that can be done today), unknown, unknown_ids,
    declined_ids (refused or not applicable, says the doctor), actionable_on (first day one of the acts due can be done),
    next_on (first day one of the acts now up to date will be due), last_seen_on.
    """
    verdicts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in board.filter(pc.field("status").isin(SHOWN)).to_pylist():
        verdicts[row["patient_id"]].append(row)
    rows = [_row(patient, verdicts[patient["patient_id"]], rules, as_of) for patient in roster.to_pylist()]
    return pa.Table.from_pylist(sorted(rows, key=order), schema=WORKLIST)


def order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Sort key of the calls, the one used everywhere."""
    return (
        -row["together"],
        not row["due"],
        not row["never"],
        -(row["overdue_days"] or 0),
        -bool(row["ald"]),
        -row["age"],
        row["patient_id"],
    )


def _row(patient: dict[str, Any], verdicts: list[dict[str, Any]], rules: IndicatorSet, as_of: date) -> dict[str, Any]:
    due = sorted((one for one in verdicts if one["status"] == "due"), key=lambda one: one["due_on"] or date.max)
    unknown = [verdict["indicator"] for verdict in verdicts if verdict["status"] == "unknown"]
    now = [one for one in due if one["actionable_on"] and one["actionable_on"] <= as_of]
    contacts = Counter(rules.indicator(one["indicator"]).contact or one["indicator"] for one in now).most_common()
    weighed = now or due
    facts = {name: patient[name] for name in ("patient_id", "age", "sex", "ald", "ald_known", "last_seen_on")}
    return facts | {
        "due": len(due),
        "together": max((acts for _, acts in contacts), default=0),
        "contact": contacts[0][0] if contacts else None,
        "contacts": [name for name, _ in contacts],
        "overdue_days": _lapsed(weighed[0], as_of) if weighed else None,
        "never": sum(verdict["last_on"] is None for verdict in weighed),
        "gap_ids": [verdict["indicator"] for verdict in due],
        "gap_days": [_lapsed(verdict, as_of) for verdict in due],
        "now_ids": [verdict["indicator"] for verdict in now],
        "unknown": len(unknown),
        "unknown_ids": unknown,
        "declined_ids": [v["indicator"] for v in verdicts if v["status"] in DECLINED.values()],
        "actionable_on": _earliest(verdict["actionable_on"] for verdict in due),
        "next_on": _earliest(verdict["due_on"] for verdict in verdicts if verdict["status"] == "up_to_date"),
    }


def _lapsed(verdict: Mapping[str, Any], as_of: date) -> int | None:
    """Days since it lapsed."""
    return (as_of - verdict["due_on"]).days if verdict["due_on"] else None


def _earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day), default=None)


def keep(
    calls: Sequence[Call],
    indicators: Iterable[str] = (),
    among: str | None = None,
    contact: str | None = None,
    ages: tuple[int, int] | None = None,
    ald: bool | None = None,
    seen: tuple[date, date] | None = None,
    never_seen: bool = False,
) -> list[Call]:
    """Filter a worklist: an act of the field `among` (`now_ids`, `gap_ids`, `unknown_ids` or `declined_ids`), one of the
    `indicators` (due, unless `among` says otherwise), something one `contact` settles now, `ages` (both included), with or
    without `ald`, last seen between two dates, never seen. What is not given does not filter; the order is kept."""
    wanted = set(indicators)

    def concerned(call: Call) -> bool:
        found = set(getattr(call, among or "gap_ids"))
        return bool(found & wanted) if wanted else bool(found) or among is None

    def kept(call: Call) -> bool:
        return (
            concerned(call)
            and (contact is None or contact in call.contacts)
            and (ages is None or ages[0] <= call.age <= ages[1])
            and (ald is None or bool(call.ald) == ald)
            and (seen is None or (call.last_seen_on is not None and seen[0] <= call.last_seen_on <= seen[1]))
            and (not never_seen or call.last_seen_on is None)
        )

    return [call for call in calls if kept(call)]


def falling_due(board: pa.Table, rules: IndicatorSet, as_of: date, days: Iterable[int] = (91, 182, 365)) -> pa.Table:
    """Patients up to date today who will no longer be within so many days: indicator, label, days, patients."""
    soon = board.filter(pc.field("status") == "up_to_date").select(["indicator", "due_on"]).to_pylist()
    rows = [
        {
            "indicator": indicator.id,
            "label": indicator.label,
            "days": ahead,
            "patients": _within(soon, indicator.id, as_of, ahead),
        }
        for indicator in rules.indicators
        for ahead in days
    ]
    return pa.Table.from_pylist(rows)


def _within(soon: list[dict[str, Any]], indicator: str, as_of: date, days: int) -> int:
    last = as_of + timedelta(days=days)
    return sum(row["indicator"] == indicator and row["due_on"] is not None and row["due_on"] <= last for row in soon)


class Action(NamedTuple):
    """Something to do now: an indicator, and how many patients can be settled today."""

    indicator: Indicator
    patients: int


def actions(board: pa.Table, rules: IndicatorSet, as_of: date) -> list[Action]:
    """At most three, most patients first: in each family, the indicator of the set with the most patients due whose act can
    be done today; those added beside it are not put forward. `board`: as for `worklist`."""
    now = board.filter((pc.field("status") == "due") & (pc.field("actionable_on") <= pa.scalar(as_of)))
    counted = Counter(now["indicator"].to_pylist())
    found = [_largest((one for one in rules.own if one.family == family), counted) for family in FAMILIES]
    return sorted((action for action in found if action), key=lambda action: -action.patients)


def _largest(family: Iterable[Indicator], counted: Mapping[str, int]) -> Action | None:
    best = max(family, key=lambda indicator: counted.get(indicator.id, 0), default=None)
    return Action(best, counted[best.id]) if best and counted.get(best.id) else None
