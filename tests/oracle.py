"""Slow, plain re-implementation of the prevention definition: one patient, one indicator, one date.

Written from the definition and never from the engine. It shares with the program only the rule models (what a rule file
says) and the canonical rows; dates, campaigns, netting, windows and statuses are decided here a second time.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

PUBLISHED = {2022: ("2022-10-18", "2023-01-31"), 2023: ("2023-10-17", "2024-01-31"), 2024: ("2024-10-15", "2025-02-28"), 2025: ("2025-10-14", "2026-01-31")}  # fmt: skip  # noqa: E501
FOREVER = date.max


@dataclass
class Verdict:
    status: str
    population: str | None = None
    excluded_by: str | None = None
    last_on: date | None = None
    count: int | None = None
    required: int | None = None
    missing: list[str] | None = None
    due_on: date | None = None
    actionable_on: date | None = None
    validated: bool = False
    unknown_because: str | None = None


@dataclass
class Patient:
    """Rows of one patient, as the canonical tables hold them."""

    birth_date: date
    sex: str
    died_on: date | None = None
    registrations: list[dict[str, Any]] = field(default_factory=list)
    ald: list[dict[str, Any]] = field(default_factory=list)
    c2s: list[dict[str, Any]] = field(default_factory=list)
    acts: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Known:
    """What the data set says of itself."""

    acts_from: date
    deliveries_from: date
    ald: bool = True
    c2s: bool = True


def add_months(when: date, months: int) -> date:
    year, month = divmod(when.year * 12 + when.month - 1 + months, 12)
    for day in (when.day, 30, 29, 28):
        if day <= when.day:
            try:
                return date(year, month + 1, day)
            except ValueError:
                continue
    raise AssertionError


def birthday(birth: date, years: int) -> date:
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)


def age_on(birth: date, when: date) -> int:
    age = when.year - birth.year + 1
    while birthday(birth, age) > when:
        age -= 1
    return age


def campaign(year: int) -> tuple[date, date]:
    opens, closes = PUBLISHED.get(year, (f"{year}-10-15", f"{year + 1}-01-31"))
    return date.fromisoformat(opens), date.fromisoformat(closes)


def campaign_before(when: date) -> tuple[date, date]:
    """The campaign that last opened on or before that day."""
    return max(c for c in (campaign(when.year - 1), campaign(when.year)) if c[0] <= when)


def next_opening(when: date) -> date:
    return min(campaign(year)[0] for year in (when.year, when.year + 1) if campaign(year)[0] > when)


def reach(birth: date, age: Any) -> date:
    if age.days is not None:
        return birth + timedelta(days=age.days)
    return add_months(birth, age.months) if age.months is not None else birthday(birth, age.years)


def doctors_of(patient: Patient, as_of: date) -> set[str]:
    """Doctors on whose list the patient is that day; none once he is dead."""
    if patient.died_on is not None and patient.died_on <= as_of:
        return set()
    return {r["doctor_id"] for r in patient.registrations if active(r, as_of)}


def active(row: dict[str, Any], when: date) -> bool:
    return row["from_date"] <= when and (row["to_date"] is None or when <= row["to_date"])


class Case:
    """One patient on one day."""

    def __init__(self, rules: Any, patient: Patient, known: Known, as_of: date) -> None:
        self.rules, self.patient, self.known, self.as_of = rules, patient, known, as_of
        reference = date(as_of.year, 12, 31) if rules.age_on == "year_end" else as_of
        self.age = age_on(patient.birth_date, reference)

    def decide(self, indicator: Any) -> Verdict:
        eligible = [self.holds(entry) for entry in indicator.eligible]
        if all(truth is False for truth in eligible):
            return Verdict("not_eligible")
        held = next((e for e, truth in zip(indicator.eligible, eligible, strict=True) if truth is True), None)
        label = held.label if held else None
        excluded = next((entry.label for entry in indicator.excluded if self.holds(entry) is True), None)
        if excluded is not None:
            return Verdict("excluded", label, excluded)
        if held is None:
            doubtful = next(e for e, truth in zip(indicator.eligible, eligible, strict=True) if truth is None)
            return Verdict("unknown", unknown_because=",".join(self.doubts(doubtful)))
        return self.judge(indicator.requirements(held), label)

    def judge(self, needs: Any, population: str | None) -> Verdict:
        groups: dict[Any, list[Any]] = {}
        for position, need in enumerate(needs):
            groups.setdefault(need.group or position, []).append(need)
        unmet = [group for group in groups.values() if not any(self.met(need) for need in group)]
        missing = [need.label for need in needs if any(need is other for group in unmet for other in group)]
        furthest = max(
            (min(group, key=lambda need: need.count - self.found(need)) for group in groups.values()),
            key=lambda need: (need.count - self.found(need), -list(needs).index(need)),
        )
        verdict = Verdict("due", population, None, max(self.dates(furthest.codes), default=None))
        verdict.count, verdict.required, verdict.missing = self.found(furthest), furthest.count, missing
        if not unmet:
            verdict.status, verdict.validated = "up_to_date", True
            ends = [max(self.lasts_until(need) for need in group if self.met(need)) for group in groups.values()]
            verdict.due_on = min(ends) if min(ends) < FOREVER else None
            return verdict
        every = [need for group in unmet for need in group]
        verdict.actionable_on = min((day for need in every if (day := self.can_act(need))), default=None)
        if not all(self.covered(need) for need in every):
            verdict.status, verdict.unknown_because = "unknown", "couverture"
        else:
            verdict.due_on = max((day for need in every if (day := self.lapsed(need))), default=None)
        return verdict

    # eligibility: True, False or None (unknown)
    def holds(self, entry: Any) -> bool | None:
        truths = [self._age(entry), self._sex(entry), self._ald(entry), self._c2s(entry), self._recorded(entry)]
        if False in truths:
            return False
        return None if None in truths else True

    def doubts(self, entry: Any) -> list[str]:
        """What the record does not say of the criteria of an entry that may hold."""
        asked = {"sexe": self._sex, "ald": self._ald, "c2s": self._c2s, "couverture": self._recorded}
        return [word for word, criterion in asked.items() if criterion(entry) is None]

    def _age(self, entry: Any) -> bool:
        low = entry.age.min if entry.age and entry.age.min is not None else 0
        high = entry.age.max if entry.age and entry.age.max is not None else 999
        return entry.age is None or low <= self.age <= high

    def _sex(self, entry: Any) -> bool | None:
        if entry.sex is None:
            return True
        return None if self.patient.sex not in ("F", "M") else self.patient.sex == entry.sex

    def _active(self, row: dict[str, Any]) -> bool:
        return active(row, self.as_of)

    def _ald(self, entry: Any) -> bool | None:
        if not entry.ald or any(row["ald"] in entry.ald and self._active(row) for row in self.patient.ald):
            return True
        return False if self.known.ald else None

    def _c2s(self, entry: Any) -> bool | None:
        if entry.c2s is None:
            return True
        has = True if any(self._active(row) for row in self.patient.c2s) else (False if self.known.c2s else None)
        return None if has is None else has == entry.c2s

    def _recorded(self, entry: Any) -> bool | None:
        if entry.recorded is None or self.found(entry.recorded) >= entry.recorded.count:
            return True
        return False if self.covered(entry.recorded) else None

    # acts
    def dates(self, names: Any) -> list[date]:
        """Distinct dates, on or before as_of, on which the net quantity of one of the codes is positive."""
        net: dict[tuple[str, str, date], int] = {}
        for row in self.patient.acts:
            key = (row["system"], row["code"], row["date"])
            net[key] = net.get(key, 0) + row["quantity"]
        for row in self.patient.deliveries:
            for system in ("atc", "cip13"):
                if row[system] is not None:
                    key = (system, row[system], row["date"])
                    net[key] = net.get(key, 0) + row["boxes"]
        wanted = [pair for name in names for pair in self.rules.codes[name].codes()]
        return sorted({d for (s, c, d), n in net.items() if n > 0 and d <= self.as_of and self._wanted(s, c, wanted)})

    @staticmethod
    def _wanted(system: str, code: str, wanted: list[tuple[str, str]]) -> bool:
        return any(s == system and (code.startswith(c) if s == "atc" else code == c) for s, c in wanted)

    def countable(self, need: Any) -> list[date]:
        """Dates that may count on some day: inside the fixed ends of the window, at the right age."""
        return [day for day in self.dates(need.codes) if self._allowed(need, day)]

    def _allowed(self, need: Any, day: date) -> bool:
        birth, window = self.patient.birth_date, need.window
        start, end = self.ends(need)
        if (start is not None and day < start) or (end is not None and day >= end):
            return False
        ages = getattr(need, "age_at_act", None)
        if ages is None:
            return True
        at = age_on(birth, day)
        return (ages.min is None or at >= ages.min) and (ages.max is None or at <= ages.max) and window is not None

    def ends(self, need: Any) -> tuple[date | None, date | None]:
        """Fixed ends of a window (those that do not move with as_of), exists_since included."""
        birth, window = self.patient.birth_date, need.window
        start = end = None
        match window.kind:
            case "since_birth":
                start = birth
            case "since_age":
                start = birthday(birth, window.years)
            case "since_date":
                start = window.date
            case "between_ages":
                start, end = reach(birth, window.start), reach(birth, window.end)
        since = getattr(need, "exists_since", None)
        if since is not None:
            start = since if start is None else max(start, since)
        return start, end

    def until(self, need: Any, day: date) -> date:
        """First day on which an act of `day` no longer counts."""
        match need.window.kind:
            case "rolling":
                return add_months(day, need.window.months)
            case "calendar_year":
                return date(day.year + 1, 1, 1)
            case "campaign":
                return next_opening(day)
            case _:
                return FOREVER

    @staticmethod
    def spaced(days: list[date], need: Any) -> list[date]:
        gap, kept = getattr(need, "min_interval_days", None) or 1, []
        for day in days:
            if not kept or (day - kept[-1]).days >= gap:
                kept.append(day)
        return kept

    def found(self, need: Any) -> int:
        return len(self.spaced([day for day in self.countable(need) if self.until(need, day) > self.as_of], need))

    def met(self, need: Any) -> bool:
        return self.found(need) >= need.count

    def met_at(self, need: Any, when: date) -> bool:
        """Was it, or will it be, met on that day with the acts known on as_of?"""
        days = [day for day in self.countable(need) if day <= when < self.until(need, day)]
        return len(self.spaced(days, need)) >= need.count

    def _changes(self, need: Any) -> list[date]:
        return sorted({self.until(need, day) for day in self.countable(need)} - {FOREVER})

    def lasts_until(self, need: Any) -> date:
        """First day, after as_of, on which a met requirement no longer is."""
        ends = [day for day in self._changes(need) if day > self.as_of and not self.met_at(need, day)]
        return min(ends, default=FOREVER)

    def lapsed(self, need: Any) -> date | None:
        """Latest day on which it was no longer met after having been met the day before."""
        falls = [
            day
            for day in self._changes(need)
            if day <= self.as_of and self.met_at(need, day - timedelta(days=1)) and not self.met_at(need, day)
        ]
        return max(falls, default=None)

    def covered(self, need: Any) -> bool:
        systems = {system for name in need.codes for system, _ in self.rules.codes[name].codes()}
        drugs = bool(systems & {"atc", "cip13"})
        acts = bool(systems - {"atc", "cip13"})
        sources = [self.known.deliveries_from] * drugs + [self.known.acts_from] * acts
        return all(known <= self.first_day(need) for known in sources)

    def first_day(self, need: Any) -> date:
        start, _ = self.ends(need)
        match need.window.kind:
            case "rolling":
                moving = add_months(self.as_of, -need.window.months) + timedelta(days=1)
            case "calendar_year":
                moving = date(self.as_of.year, 1, 1)
            case "campaign":
                moving = campaign_before(self.as_of)[0]
            case _:
                return start
        return moving if start is None else max(moving, start)

    def can_act(self, need: Any) -> date | None:
        start, end = self.ends(need)
        day = self.as_of if start is None else max(self.as_of, start)
        if need.window.kind == "campaign" and self.as_of > campaign_before(self.as_of)[1]:
            day = max(day, next_opening(self.as_of))
        return None if end is not None and day >= end else day
