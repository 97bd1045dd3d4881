"""Slow, plain re-implementation of the prevention definition: one patient, one indicator, one date.

Written from the definition and never from the engine. It shares with the program only the rule models (what a rule file
says) and the canonical rows; dates, campaigns, netting, windows and statuses are decided here a second time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import wraps
from types import SimpleNamespace
from typing import Any

PUBLISHED = {
    "grippe": {
        2022: ("2022-10-18", "2023-03-31"), 2023: ("2023-10-17", "2024-01-31"),
        2024: ("2024-10-15", "2025-02-28"), 2025: ("2025-10-14", "2026-02-28"),
    },
    "covid": {
        2022: ("2022-10-03", "2023-03-31"), 2023: ("2023-10-02", "2024-01-31"),
        2024: ("2024-10-15", "2025-02-28"), 2025: ("2025-10-14", "2026-02-28"),
    },
}  # fmt: skip
DRUGS = {"atc", "cip13", "cis"}
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
    noted: str | None = None


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
    vaccinations: list[dict[str, Any]] = field(default_factory=list)
    coverage: list[dict[str, Any]] = field(default_factory=list)
    said: frozenset[date] = frozenset()
    """Days on which the doctor says that all an indicator requires was done."""


@dataclass
class Known:
    """What the data set says of itself."""

    acts_from: date
    deliveries_from: date
    ald: bool = True
    c2s: bool = True
    by_patient: bool = False
    """What is covered is said patient by patient."""


@dataclass
class Dose:
    """An injection of which only the month or the year is known, or the day on which it was there."""

    row: dict[str, Any]
    first: date
    last: date
    undated: bool


def same_vaccine(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if any(one.get(name) is not None and one.get(name) == other.get(name) for name in ("cip13", "cis")):
        return True
    a, b = one.get("atc") or "", other.get("atc") or ""
    return min(len(a), len(b)) >= 5 and (a.startswith(b) or b.startswith(a))


def dose_days(row: dict[str, Any]) -> tuple[date, date]:
    day = row["date"]
    match row["precision"]:
        case "month":
            return day.replace(day=1), add_months(day.replace(day=1), 1) - timedelta(days=1)
        case "year":
            return date(day.year, 1, 1), date(day.year, 12, 31)
        case _:
            return day, day


def pair(patient: "Patient") -> tuple[list[dict[str, Any]], set[tuple[Any, Any, date]]]:
    """Doses that no delivery speaks for, and deliveries (atc, cip13, day) that an injection speaks for."""
    net: dict[tuple[Any, Any, date], int] = {}
    for row in patient.deliveries:
        key = (row["atc"], row["cip13"], row["date"])
        net[key] = net.get(key, 0) + row["boxes"]
    free = [key for key, n in net.items() if n > 0]
    free.sort(key=lambda key: (-key[2].toordinal(), key[1] or "~", key[0] or "~"))
    order = ("day", "month", "year", "before")
    given = [row for row in patient.vaccinations if not row["not_done"]]
    given.sort(key=lambda row: (order.index(row["precision"]), dose_days(row)[0],
                                *(row[name] or "~" for name in ("cip13", "cis", "atc"))))  # fmt: skip
    left, injected = [], set()
    for row in given:
        first, last = dose_days(row)
        soonest = date.min if row["precision"] == "before" else first - timedelta(days=90)
        mine = [
            key for key in free if soonest <= key[2] <= last and same_vaccine(row, {"atc": key[0], "cip13": key[1]})
        ]
        if mine:
            free.remove(mine[0])
        if mine and row["precision"] == "day":
            injected.add(mine[0])
        if not mine or row["precision"] == "day":
            left.append(row)
    return left, injected


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


def campaign(year: int, vaccine: str | None = None) -> tuple[date, date]:
    opens, closes = PUBLISHED[vaccine or "grippe"].get(year, (f"{year}-10-15", f"{year + 1}-01-31"))
    return date.fromisoformat(opens), date.fromisoformat(closes)


def campaign_before(when: date, vaccine: str | None = None) -> tuple[date, date]:
    """The campaign that last opened on or before that day."""
    return max(c for c in (campaign(when.year - 1, vaccine), campaign(when.year, vaccine)) if c[0] <= when)


def next_opening(when: date, vaccine: str | None = None) -> date:
    openings = (campaign(year, vaccine)[0] for year in (when.year, when.year + 1))
    return min(opens for opens in openings if opens > when)


def moved(when: date, length: Any, sign: int) -> date:
    """A day moved by days, months or years given in one unit; a year of a window is twelve months."""
    if length.days is not None:
        return when + timedelta(days=sign * length.days)
    years = getattr(length, "years", None)
    return add_months(when, sign * (length.months if years is None else 12 * years))


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


@dataclass(frozen=True)
class Wanted:
    """Codes of one list, or of all that a requirement names."""

    exact: frozenset[tuple[str, str]]
    classes: tuple[str, ...]

    @classmethod
    def of(cls, codes: set[tuple[str, str]]) -> "Wanted":
        return cls(frozenset(codes), tuple(code for system, code in codes if system == "atc"))

    def has(self, system: str, code: str) -> bool:
        return code.startswith(self.classes) if system == "atc" else (system, code) in self.exact


CODES: dict[int, tuple[Any, frozenset[tuple[str, str]]]] = {}


def codes_of(listed: Any) -> frozenset[tuple[str, str]]:
    """(system, code) pairs of a list, which is kept beside them: its identity is then nobody else's."""
    if id(listed) not in CODES:
        CODES[id(listed)] = listed, frozenset(listed.codes())
    return CODES[id(listed)][1]


def asked_once(method: Callable[["Case", Any], Any]) -> Callable[["Case", Any], Any]:
    """A case answers the same each time of a requirement, which is kept beside the answer as above."""

    @wraps(method)
    def answer(case: "Case", need: Any) -> Any:
        key = method.__name__, id(need)
        if key not in case.answers:
            case.answers[key] = need, method(case, need)
        return case.answers[key][1]

    return answer


class Case:
    """One patient on one day. `reading`: which acts a campaign counts; `confirmed`: indicators to which, the doctor says, no
    possible exclusion applies; `recorded`: him without what the doctor says was done elsewhere."""

    def __init__(
        self, rules: Any, patient: Patient, known: Known, as_of: date,
        reading: str = "open_on_year_end", confirmed: frozenset[str] = frozenset(), recorded: Patient | None = None,
    ) -> None:  # fmt: skip
        self.rules, self.patient, self.known, self.as_of = rules, patient, known, as_of
        self.reading, self.confirmed, self.recorded = reading, confirmed, recorded or patient
        self.doses, self.injected = pair(patient)
        self.answers: dict[tuple[str, int], tuple[Any, Any]] = {}
        self.net = self._net()

    def decide(self, indicator: Any) -> Verdict:
        eligible = [self.holds(entry) for entry in indicator.eligible]
        if all(truth is False for truth in eligible):
            return Verdict("not_eligible")
        held = next((e for e, truth in zip(indicator.eligible, eligible, strict=True) if truth is True), None)
        label = held.label if held else None
        certain = [entry for entry in indicator.excluded if not entry.possible]
        excluded = next((entry.label for entry in certain if self.holds(entry) is True), None)
        if excluded is not None:
            return Verdict("excluded", label, excluded)
        if held is None:
            doubtful = next(e for e, truth in zip(indicator.eligible, eligible, strict=True) if truth is None)
            return Verdict("unknown", unknown_because=",".join(self.doubts(doubtful)))
        doubtful_ones = [] if indicator.id in self.confirmed else [e for e in indicator.excluded if e.possible]
        possible = next((entry.label for entry in doubtful_ones if self.holds(entry) is True), None)
        begun = any(self.begun(entry) for entry in doubtful_ones)
        return self.judge(indicator.requirements(held), label, possible, begun)

    def judge(self, needs: Any, population: str | None, possible: str | None, begun: bool) -> Verdict:
        groups: dict[Any, list[Any]] = {}
        for position, need in enumerate(needs):
            groups.setdefault(need.group or position, []).append(need)
        unmet = [group for group in groups.values() if not any(self.met(need) for need in group)]
        missing = [need.label for need in needs if any(need is other for group in unmet for other in group)]
        furthest = max(
            (min(group, key=lambda need: need.count - self.found(need)) for group in groups.values()),
            key=lambda need: (need.count - self.found(need), -list(needs).index(need)),
        )
        verdict = Verdict("due", population, None, self.last_on(furthest))
        verdict.count, verdict.required, verdict.missing = self.found(furthest), furthest.count, missing
        notes = ["exclusion"] if begun else []
        if not unmet:
            verdict.status, verdict.validated = "up_to_date", True
            ends = [max(self.lasts_until(need) for need in group if self.met(need)) for group in groups.values()]
            verdict.due_on = min(ends) if min(ends) < FOREVER else None
            if any(self.met(need) and self.has_unknown_result(need) for need in needs):
                notes.append("resultat")
            verdict.noted = ",".join(notes) or None
            return verdict
        if possible is not None:
            verdict.status, verdict.excluded_by, verdict.unknown_because = "unknown", possible, "exclusion"
            return verdict
        verdict.noted = ",".join(notes) or None
        every = [need for group in unmet for need in group]
        verdict.actionable_on = min((day for need in every if (day := self.can_act(need))), default=None)
        undated = [group for group in unmet if any(self.maybe(need) for need in group)]
        uncovered = [group for group in unmet if group not in undated and not all(map(self.covered, group))]
        if undated or uncovered:
            verdict.status = "unknown"
            verdict.unknown_because = ",".join(["couverture"] * bool(uncovered) + ["date"] * bool(undated))
        else:
            notes += ["fin"] if any(self.late(need) for need in every) else []
            verdict.noted = ",".join(notes) or None
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
        asked = {"sexe": self._sex, "ald": self._ald, "c2s": self._c2s}
        open_ones = [one for one in entry.recorded if self._one(one) is None]
        words = [word for word, criterion in asked.items() if criterion(entry) is None]
        words += ["couverture"] * any(not self.maybe(one) for one in open_ones)
        return words + ["date"] * any(self.maybe(one) for one in open_ones)

    def begun(self, entry: Any) -> bool:
        """Does an entry only want more acts, of which some were found?"""
        if False in (self._age(entry), self._sex(entry), self._ald(entry), self._c2s(entry)):
            return False
        short = [not one.absent and 0 < self.found(one) < one.count for one in entry.recorded]
        lost = [self._one(one) is False and not part for one, part in zip(entry.recorded, short, strict=True)]
        return any(short) and not any(lost)

    def _day(self, name: str | None) -> date:
        if name in (None, "as_of"):
            return self.as_of
        return date(self.as_of.year, 1, 1) if name == "year_start" else date(self.as_of.year, 12, 31)

    def _age(self, entry: Any) -> bool:
        if entry.age is None:
            return True
        age = age_on(self.patient.birth_date, self._day(entry.age.on or self.rules.age_on))
        low = entry.age.min if entry.age.min is not None else 0
        high = entry.age.max if entry.age.max is not None else 999
        return low <= age <= high

    def _sex(self, entry: Any) -> bool | None:
        if entry.sex is None:
            return True
        return None if self.patient.sex not in ("F", "M") else self.patient.sex == entry.sex

    def _has(self, rows: list[dict[str, Any]], on: str | None, months: int | None) -> bool:
        """Is the right held that day, and on every day of the months that end with it?"""
        day = first = self._day(on)
        if months is not None:
            first = add_months(day, -months) + timedelta(days=1)
        days = (day - timedelta(days=back) for back in range((day - first).days + 1))
        return all(any(active(row, when) for row in rows) for when in days)

    def _ald(self, entry: Any) -> bool | None:
        listed = [row for row in self.patient.ald if row["ald"] in entry.ald]
        if not entry.ald or self._has(listed, entry.ald_on, entry.held_months):
            return True
        return False if self.known.ald else None

    def _c2s(self, entry: Any) -> bool | None:
        if entry.c2s is None:
            return True
        has: bool | None = self._has(self.patient.c2s, entry.c2s_on, entry.held_months)
        if not has and not self.known.c2s:
            return None
        return has == entry.c2s

    def _recorded(self, entry: Any) -> bool | None:
        truths = [self._one(one) for one in entry.recorded]
        return False if False in truths else None if None in truths else True

    def _one(self, one: Any) -> bool | None:
        if self.found(one) >= one.count:
            return not one.absent
        if self.maybe(one):
            return None
        return one.absent if self.covered(one) else None

    # acts
    @asked_once
    def last_day(self, need: Any) -> date:
        """The last day on which an act counts for a window."""
        if self.kind(need) == "campaign" and self.reading == "until_close":
            return max(self.as_of, campaign_before(self.as_of, need.window.vaccine)[1])
        return self.as_of

    def kind(self, need: Any) -> str:
        if need.window.kind == "campaign" and self.reading == "calendar_year":
            return "calendar_year"
        return str(need.window.kind)

    @asked_once
    def done(self, need: Any) -> dict[date, int]:
        """Dates up to the last that counts on which the net quantity of one of the codes is positive, and how many units."""
        found = dict[date, int]()
        for day, n in self._tests(need, self._counted(need)):
            found[day] = found.get(day, 0) + n
        for row in self._given(need):
            if row["precision"] == "day" and row["date"] <= self.last_day(need):
                found[row["date"]] = found.get(row["date"], 0) + 1
        for day in self.patient.said if hasattr(need, "label") else ():
            if day <= self.last_day(need):
                found[day] = max(found.get(day, 0), 1)
        return dict(sorted(found.items()))

    def _tests(self, need: Any, counted: list[tuple[str, str, date, int]]) -> list[tuple[date, int]]:
        """What was done, day by day: an act of biology and a result of one list at most three days apart are the result;
        results of one list on one day are one."""
        lists = [codes_of(self.rules.codes[name]) for name in need.codes]
        results = [(code, day) for system, code, day, _ in counted if system == "loinc"]
        left: list[tuple[date, int]] = []
        sampled: set[tuple[date, int]] = set()
        for system, code, day, n in counted:
            mine = [place for place, one in enumerate(lists) if (system, code) in one]
            if system == "loinc":
                sampled.add((day, mine[0]))
                continue
            near = {other for other, when in results if abs((day - when).days) <= 3}
            if system != "nabm" or not any(("loinc", other) in lists[place] for place in mine for other in near):
                left.append((day, n))
        return left + [(day, 1) for day, _ in sampled]

    def _net(self) -> list[tuple[str, str, date, int]]:
        """Acts and deliveries of any code, net of reversals: (system, code, day, units)."""
        net: dict[tuple[str, str, date], int] = {}
        for row in self.patient.acts:
            key = (row["system"], row["code"], row["date"])
            net[key] = net.get(key, 0) + row["quantity"]
        spoken = {(name, key[place], key[2]) for key in self.injected for place, name in enumerate(("atc", "cip13"))}
        for row in self.patient.deliveries:
            for system in ("atc", "cip13"):
                key = (system, row[system], row["date"])
                if row[system] is not None and key not in spoken:
                    net[key] = net.get(key, 0) + row["boxes"]
        return [(*key, n) for key, n in net.items() if n > 0]

    def _counted(self, need: Any) -> list[tuple[str, str, date, int]]:
        """Those of the codes, up to the last day that counts."""
        wanted, last = self.codes(need), self.last_day(need)
        return [one for one in self.net if one[2] <= last and wanted.has(*one[:2])]

    @asked_once
    def _given(self, need: Any) -> list[dict[str, Any]]:
        """Doses of the vaccines that are counted."""
        wanted, names = self.codes(need), ("cip13", "cis", "atc")
        return [row for row in self.doses if any(row[one] and wanted.has(one, row[one]) for one in names)]

    # doses without a day
    @asked_once
    def vague(self, need: Any) -> list[Dose]:
        """Those of which some day may count, by the fixed ends of the window and the ages."""
        rows = [row for row in self._given(need) if row["precision"] != "day"]
        rows = [row for row in rows if row["precision"] != "before" or row["date"] <= self.last_day(need)]
        birth = self.patient.birth_date
        doses = []
        for row in rows:
            first, last = dose_days(row)
            undated = row["precision"] == "before"
            doses.append(Dose(row, birth if undated else max(birth, first), last, undated))
        return [dose for dose in doses if self._bounds(need, dose)]

    def _bounds(self, need: Any, dose: Dose) -> tuple[date, date] | None:
        """First and last day of the dose that the window and the ages allow."""
        start, end = self.ends(need)
        birth, ages = self.patient.birth_date, getattr(need, "age_at_act", None)
        lows = [dose.first, *([start] if start else [])]
        highs = [dose.last, self.last_day(need), *([end - timedelta(days=1)] if end else [])]
        if ages is not None and ages.min is not None:
            lows.append(reach(birth, ages.min))
        if ages is not None and ages.max is not None:
            units = ages.max.model_dump(exclude_none=True)
            over = ages.max.model_copy(update={unit: n + 1 for unit, n in units.items()})
            highs.append(reach(birth, over) - timedelta(days=1))
        lows += [reach(birth, age) for age in getattr(need, "min_age", ())]
        return (max(lows), min(highs)) if max(lows) <= min(highs) else None

    def sure(self, need: Any, dose: Dose) -> bool:
        """Does it count for sure, on the days on which its window holds?"""
        if dose.undated:
            free = not (
                getattr(need, "age_at_act", None) or getattr(need, "min_age", ()) or getattr(need, "exists_since", None)
            )
            return bool(need.window.kind == "since_birth") and free
        return self._bounds(need, dose) == (dose.first, dose.last)

    @asked_once
    def certain(self, need: Any) -> list[Dose]:
        return [
            dose for dose in self.vague(need) if self.sure(need, dose) and self.until(need, dose.first) > self.as_of
        ]

    def possible(self, need: Any) -> list[Dose]:
        sure = self.certain(need)
        return [
            dose for dose in self.vague(need)
            if dose not in sure and (ends := self._bounds(need, dose)) and self.until(need, ends[1]) > self.as_of
        ]  # fmt: skip

    @asked_once
    def maybe(self, need: Any) -> bool:
        return self.found(need) + len(self.possible(need)) >= need.count

    def last_on(self, need: Any) -> date | None:
        days = [*self.done(need), *(dose.last if dose.undated else dose.first for dose in self.vague(need))]
        return max(days, default=None)

    @asked_once
    def codes(self, one: Any) -> Wanted:
        return Wanted.of({pair for name in one.codes for pair in codes_of(self.rules.codes[name])})

    @asked_once
    def countable(self, need: Any) -> list[date]:
        """Dates that may count on some day: inside the fixed ends of the window, at the right age, with a result that may be
        right, far enough from another vaccine."""
        return [day for day in self.done(need) if self._allowed(need, day)]

    def _allowed(self, need: Any, day: date) -> bool:
        start, end = self.ends(need)
        if (start is not None and day < start) or (end is not None and day >= end):
            return False
        return self._old_enough(need, day) and not self._too_close(need, day) and self.outcome(need, day) is not False

    def _old_enough(self, need: Any, day: date) -> bool:
        ages, birth = getattr(need, "age_at_act", None), self.patient.birth_date
        if ages is not None and ages.min is not None and day < reach(birth, ages.min):
            return False
        if ages is None or ages.max is None:
            return True
        units = ages.max.model_dump(exclude_none=True)
        return day < reach(birth, ages.max.model_copy(update={unit: n + 1 for unit, n in units.items()}))

    def _too_close(self, need: Any, day: date) -> bool:
        """Was another vaccine given in the days before? Only what is recorded rules an act out."""
        apart = getattr(need, "apart_from", None)
        if apart is None:
            return False
        ever = SimpleNamespace(codes=apart.codes, window=SimpleNamespace(kind="since_birth"))
        as_recorded = Case(self.rules, self.recorded, self.known, self.as_of, self.reading)
        return any(0 < (day - other).days < apart.days for other in as_recorded.done(ever))

    def outcome(self, need: Any, day: date) -> bool | None:
        """Does a result of that day count? None: it may, no result tells."""
        if getattr(need, "value", None) is None:
            return True
        wanted, net = self.codes(need), dict[tuple[str, str], int]()
        lines = [row for row in self.patient.acts if row["date"] == day]
        for row in lines:
            net[row["system"], row["code"]] = net.get((row["system"], row["code"]), 0) + row["quantity"]
        really = {key for key, n in net.items() if n > 0 and wanted.has(*key)}
        told: set[bool | None] = set()
        for key in really:
            results = [row for row in lines if (row["system"], row["code"]) == key and row.get("value") is not None]
            told |= {self._fits(need.value, row) for row in results} if results else {None}
        if True in told:
            return True
        return None if None in told or not told else False

    @staticmethod
    def _fits(asked: Any, row: dict[str, Any]) -> bool | None:
        if asked.unit is not None and row["unit"] != asked.unit:
            return None
        low, high = asked.min, asked.max
        value, sign = row["value"], row["comparator"]
        inside = (low is None or value >= low) and (high is None or value <= high)
        if sign is None:
            return inside
        if sign in ("<", "<="):  # anything from there down
            if low is not None and (value < low or (value == low and sign == "<")):
                return False
            return True if low is None and high is not None and value <= high else None
        if sign in (">", ">="):
            if high is not None and (value > high or (value == high and sign == ">")):
                return False
            return True if high is None and low is not None and value >= low else None
        return None

    @asked_once
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
        match self.kind(need):
            case "rolling":
                ends = moved(day, need.window, 1)
                return ends if need.window.ends == "as_of" else date(ends.year, 1, 1)
            case "calendar_year":
                return date(day.year + 1, 1, 1)
            case "campaign":
                return next_opening(day, need.window.vaccine)
            case _:
                return FOREVER

    def spaced(self, days: list[date], need: Any) -> list[date]:
        """Doses, taken as they come: each old enough for its number and far enough from the one before."""
        kept: list[date] = []
        ages = list(getattr(need, "min_age", ()))
        gaps = list(getattr(need, "min_interval", ()))
        apart = getattr(need, "min_interval_days", None) or 1
        for day in days:
            number = len(kept)
            if ages and day < reach(self.patient.birth_date, ages[min(number, len(ages) - 1)]):
                continue
            if kept:
                soonest = kept[-1] + timedelta(days=apart)
                if gaps:
                    soonest = moved(kept[-1], gaps[min(number, len(gaps)) - 1], 1)
                if day < soonest:
                    continue
            kept.append(day)
        return kept

    def counted(self, need: Any, days: list[date]) -> int:
        if need.count_by == "quantity":
            units = self.done(need)
            return sum(units[day] for day in days)
        return len(self.spaced(days, need))

    @asked_once
    def found(self, need: Any) -> int:
        return self.found_dated(need) + len(self.certain(need))

    def found_dated(self, need: Any) -> int:
        return self.counted(need, [day for day in self.countable(need) if self.until(need, day) > self.as_of])

    def met(self, need: Any) -> bool:
        return self.found(need) >= need.count

    def has_unknown_result(self, need: Any) -> bool:
        return any(
            self.outcome(need, day) is None for day in self.countable(need) if self.until(need, day) > self.as_of
        )

    def met_at(self, need: Any, when: date) -> bool:
        """Was it, or will it be, met on that day with the acts known on as_of?"""
        days = [day for day in self.countable(need) if day <= when < self.until(need, day)]
        return self.counted(need, days) >= need.count

    def _changes(self, need: Any) -> list[date]:
        return sorted({self.until(need, day) for day in self.countable(need)} - {FOREVER})

    def lasts_until(self, need: Any) -> date:
        """First day, after as_of, on which a met requirement no longer is."""
        ends = [day for day in self._changes(need) if day > self.as_of and not self.met_at(need, day)]
        by_days = min(ends, default=FOREVER) if self.found_dated(need) >= need.count else date.min
        sure = [self.until(need, dose.first) for dose in self.certain(need)]
        if not sure:
            return by_days
        if need.count == 1:
            return max(by_days, *sure)
        untils = [until for day in self.countable(need) if (until := self.until(need, day)) > self.as_of]
        return max(by_days, min([*sure, *untils]))

    def lapsed(self, need: Any) -> date | None:
        """Latest day on which it was no longer met after having been met the day before."""
        falls = [
            day
            for day in self._changes(need)
            if day <= self.as_of and self.met_at(need, day - timedelta(days=1)) and not self.met_at(need, day)
        ]
        if need.count == 1:
            sure = [self.until(need, dose.first) for dose in self.vague(need) if self.sure(need, dose)]
            falls += [until for until in sure if until <= self.as_of]
        return max(falls, default=None)

    def cares(self, need: Any) -> list[set[str]]:
        """Domains of which one must cover the window, for each kind of code."""
        found = []
        for name in need.codes:
            listed = self.rules.codes[name]
            vaccine = listed.vaccine or (listed.atc and all(code.startswith("J07") for code in listed.atc))
            for system, _ in listed.codes():
                if system in DRUGS:
                    found.append({"vaccinations", "deliveries"} if vaccine else {"deliveries"})
                else:
                    found.append({"acts", "biology"} if system in ("nabm", "loinc") else {"acts"})
        return found

    def ends_of_window(self, need: Any) -> tuple[date, date]:
        _, end = self.ends(need)
        last = self.as_of if end is None else min(self.as_of, end - timedelta(days=1))
        return self.first_day(need), last

    def stretches(self, domains: set[str]) -> list[tuple[date, date]]:
        """Runs of days without a gap, of any of these domains."""
        rows = [row for row in self.patient.coverage if row["domain"] in domains and row["from_date"] <= row["to_date"]]
        found: list[tuple[date, date]] = []
        for row in sorted(rows, key=lambda row: row["from_date"]):
            if found and row["from_date"] <= found[-1][1] + timedelta(days=1):
                found[-1] = (found[-1][0], max(found[-1][1], row["to_date"]))
            else:
                found.append((row["from_date"], row["to_date"]))
        return found

    def seen_through(self, need: Any, domains: set[str]) -> bool:
        first, last = self.ends_of_window(need)
        if first > last:
            return True
        known = self.stretches(domains)
        if not known or (last - known[-1][1]).days > 92:
            return False
        shown = min(last, known[-1][1])
        return first > shown or any(start <= first and shown <= end for start, end in known)

    def late(self, need: Any) -> bool:
        if not self.known.by_patient:
            return False
        first, last = self.ends_of_window(need)
        every = [self.stretches(domains) for domains in self.cares(need)]
        return first <= last and any(known and known[-1][1] < last for known in every)

    def covered(self, need: Any) -> bool:
        if self.known.by_patient:
            return all(self.seen_through(need, domains) for domains in self.cares(need))
        systems = {system for system, _ in self.codes(need).exact}
        sources = [self.known.deliveries_from] * bool(systems & DRUGS) + [self.known.acts_from] * bool(systems - DRUGS)
        return all(known <= self.first_day(need) for known in sources)

    def first_day(self, need: Any) -> date:
        start, _ = self.ends(need)
        match self.kind(need):
            case "rolling":
                last = self.as_of if need.window.ends == "as_of" else date(self.as_of.year, 12, 31)
                moving = moved(last, need.window, -1) + timedelta(days=1)
            case "calendar_year":
                moving = date(self.as_of.year, 1, 1)
            case "campaign":
                moving = campaign_before(self.as_of, need.window.vaccine)[0]
            case _:
                return start
        return moving if start is None else max(moving, start)

    def can_act(self, need: Any) -> date | None:
        start, end = self.ends(need)
        day = self.as_of if start is None else max(self.as_of, start)
        if self.kind(need) == "campaign":
            vaccine = need.window.vaccine
            if self.as_of > campaign_before(self.as_of, vaccine)[1]:
                day = max(day, next_opening(self.as_of, vaccine))
        return None if end is not None and day >= end else day
