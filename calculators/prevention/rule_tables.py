"""An indicator set as tables, the "long form" the SQL steps join with the record.

Everything that counts acts is a *counter*: a criterion's `recorded`, or a requirement. A counter has

* codes, resolved to the store's keys (`counter_acts`, `counter_drugs`, `counter_products`);
* a window, as constants where `as_of` fixes it and as *shifts* (ages of the patient) where the birth date does;
* a validity, saying until when an act on a given day counts (`untils`): a rolling window, a calendar year and a
  campaign differ only in that;
* a first and a last useful day: of a required act the last one ever is shown, but a criterion only counts, so that what
  came before its window need not be read. The last day is `as_of`, or the end of a campaign read to its closing.

Criteria that count the same thing share a counter. Requirements do not: what a doctor declares done for one indicator
is not done for another.

What few rules say is in tables of their own, empty without: the ages at which each dose may be given (`ripe`), the day
from which the next dose counts (`gaps`), results that count (`counter_values`), rights read on another day (`moments`).

Ages reached by each patient (`reached`) and validities of each day (`untils`) are computed here once per distinct day,
so that no date arithmetic is left to an engine.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, zip_longest
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa

from calculators import dates
from calculators.dates import OPEN_END, to_day
from calculators.prevention.campaign import Calendar, Campaigns
from calculators.prevention.codes import DRUG_SYSTEMS, CodeList
from calculators.prevention.indicator import (
    Apart,
    BetweenAges,
    CalendarYear,
    CampaignWindow,
    Criteria,
    Day,
    Exclusion,
    Indicator,
    IndicatorSet,
    Population,
    Recorded,
    Requirement,
    Rolling,
    SinceAge,
    SinceBirth,
    SinceDate,
    Unit,
    Value,
    Window,
)
from calculators.records.store import CARES, Care
from calculators.rules import Rule, load

NEVER = -OPEN_END
"""A day before every other: no lower bound."""
ANY_DOSE = 1_000_000
"""An act that may be any dose."""


class _OneTest(Rule):
    """Shape of one_test.toml."""

    within_days: int


RESULT_DAYS = load(Path(__file__).with_name("one_test.toml"), _OneTest).within_days
"""Days between an act of biology and a result of the same code list that are one test, on the day of the result."""
Shift = tuple[Unit, int]
"""An age: ("days" | "months" | "years", n)."""
Days = np.ndarray[Any, Any]
CampaignReading = Literal["open_on_year_end", "calendar_year", "until_close"]
"""Which acts a campaign window counts: from the opening to the day judged; those of the calendar year; from the opening to
the closing, even after the day judged."""
AGE_DAYS: tuple[Day, ...] = ("as_of", "year_start", "year_end")


class Limits(NamedTuple):
    """The constants of a window, in days: what `as_of` and the calendar fix, whoever the patient is."""

    first_day: int
    """First day an act may have."""
    last_day: int
    """Last one."""
    cover_day: int
    """First day the data must cover."""
    opens_day: int
    """First day, from as_of, on which the act can be done."""
    validity: str


@dataclass(frozen=True)
class Counter:
    """One thing to count, in the terms of the SQL steps. Days are integers; shifts are ages, or None."""

    kind: Literal["criterion", "requirement", "neighbour"]
    codes: tuple[str, ...]
    required: int
    limits: Limits
    chain: int = 1
    """Acts a chain must hold to meet it; criteria only count, they never lapse."""
    interval: int = 1
    gaps: tuple[Shift, ...] = ()
    ages: tuple[Shift, ...] = ()
    start: Shift | None = None
    end: Shift | None = None
    youngest: Shift | None = None
    oldest: Shift | None = None
    by_quantity: bool = False
    value: Value | None = None
    apart: int | None = None
    """The counter of the acts it must keep away from."""
    apart_days: int = 0
    lifelong: bool = False
    """Does any day of his life do, whatever his age?"""

    @property
    def useful_from(self) -> int:
        """Earlier events change nothing: the result of an act of the first day may be a little before."""
        return self.limits.cover_day - RESULT_DAYS if self.kind == "criterion" else NEVER

    @property
    def is_ordered(self) -> bool:
        """Does each act depend on the one counted before it?"""
        return self.interval > 1 or bool(self.gaps or self.ages)

    @property
    def is_detailed(self) -> bool:
        """Must more be known of an act than its day?"""
        return bool(self.ages or self.value) or self.apart is not None


class Moment(NamedTuple):
    """When a right is read: on a day, held on every day since another."""

    day: int
    held_from: int


@dataclass
class RuleTables:
    """The tables, plus what the orchestration must know of them."""

    rules: IndicatorSet
    as_of: date
    campaigns: Campaigns
    reading: CampaignReading = "open_on_year_end"
    counters: list[Counter] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    entry_alds: list[dict[str, int]] = field(default_factory=list)
    entry_more: list[dict[str, Any]] = field(default_factory=list)
    moments: list[dict[str, Any]] = field(default_factory=list)
    needs: list[dict[str, Any]] = field(default_factory=list)
    labels: dict[int, list[str]] = field(default_factory=dict)

    @property
    def longest_chain(self) -> int:
        return max(counter.chain for counter in self.counters)

    @property
    def has_order(self) -> bool:
        return any(counter.is_ordered for counter in self.counters)

    @property
    def has_details(self) -> bool:
        return any(counter.is_detailed for counter in self.counters)


def compile_rules(
    rules: IndicatorSet, as_of: date, campaigns: Campaigns, reading: CampaignReading = "open_on_year_end"
) -> RuleTables:
    """Number the entries and counters of a set for one assessment date."""
    tables = RuleTables(rules, as_of, campaigns, reading)
    for position, indicator in enumerate(rules.indicators):
        _add_indicator(tables, position, indicator)
    return tables


def _add_indicator(tables: RuleTables, position: int, indicator: Indicator) -> None:
    shared = {id(need): _add_requirement(tables, need) for need in indicator.done}
    for rank, population in enumerate(indicator.eligible):
        entry = _add_entry(tables, position, rank, population)
        needs = indicator.requirements(population)
        own = {id(need): _add_requirement(tables, need) for need in population.done}
        _add_needs(tables, entry, needs, own or shared)
    for rank, exclusion in enumerate(indicator.excluded):
        _add_entry(tables, position, rank, exclusion)


def _add_entry(tables: RuleTables, position: int, rank: int, given: Population | Exclusion) -> int:
    """One entry with its first criterion on acts; those that follow are in `entry_more`."""
    entry = len(tables.entries)
    age, recorded = given.age, [(_add_criterion(tables, one), one.absent) for one in given.recorded]
    rights = _rights_read(tables, given)
    day = (age.on if age else None) or tables.rules.age_on
    tables.entries.append(
        {
            "entry": entry,
            "indicator": position,
            "excluded": isinstance(given, Exclusion),
            "possible": isinstance(given, Exclusion) and given.possible,
            "rank": rank,
            "label": given.label,
            "sex": given.sex,
            "age_day": AGE_DAYS.index(day),
            "age_min": age.min if age and age.min is not None else -1,
            "age_max": age.max if age and age.max is not None else 1000,
            "needs_ald": bool(given.ald),
            "c2s": given.c2s,
            "other_day": bool(rights),
            "counter": recorded[0][0] if recorded else None,
            "absent": bool(recorded and recorded[0][1]),
        }
    )
    tables.entry_more += [{"entry": entry, "counter": counter, "absent": absent} for counter, absent in recorded[1:]]
    tables.entry_alds += [{"entry": entry, "ald": ald} for ald in given.ald if not rights]
    tables.moments += [{"entry": entry} | right for right in rights]
    return entry


def _rights_read(tables: RuleTables, given: Criteria) -> list[dict[str, int | None]]:
    """When an entry reads its rights, ALD by ALD then the C2S (null); nothing when all are read on the day judged, however
    short their spell."""
    if given.held_months is None and {given.ald_on, given.c2s_on} <= {None, "as_of"}:
        return []
    read = [(number, given.ald_on) for number in given.ald] + [(None, given.c2s_on)] * (given.c2s is not None)
    return [{"ald": number} | _moment(tables.as_of, on, given.held_months)._asdict() for number, on in read]


def _moment(as_of: date, on: Day | None, months: int | None) -> Moment:
    """The day a right is read, and since when it must be held."""
    day = _day(on or "as_of", as_of)
    return Moment(to_day(day), to_day(dates.add_months(day, -months)) + 1 if months else to_day(day))


def _day(name: Day, as_of: date) -> date:
    """The day judged, the first or the last of its year."""
    match name:
        case "year_start":
            return date(as_of.year, 1, 1)
        case "year_end":
            return date(as_of.year, 12, 31)
        case _:
            return as_of


def period(need: Requirement, tables: RuleTables, birth: date) -> tuple[int, int]:
    """First and last day, both included, that an act of this patient may have to count."""
    limits, (start, end) = _limits(need.window, tables), _ages(need.window)
    born = np.array([to_day(birth)], dtype=np.int32)
    first = max(limits.first_day, limits.cover_day, to_day(need.exists_since) if need.exists_since else NEVER)
    return (
        max(first, int(_reached(start, born)[0])) if start else first,
        min(limits.last_day, int(_reached(end, born)[0]) - 1) if end else limits.last_day,
    )


def _add_needs(tables: RuleTables, entry: int, needs: Sequence[Requirement], counters: Mapping[int, int]) -> None:
    groups: dict[str, int] = {}
    for rank, need in enumerate(needs):
        group = groups.setdefault(need.group, rank) if need.group else rank
        counter = counters[id(need)]
        tables.needs.append({"entry": entry, "rank": rank, "bit": 1 << rank, "alternatives": group, "counter": counter})
    tables.labels[entry] = [need.label for need in needs]


def _add_criterion(tables: RuleTables, counted: Recorded) -> int:
    start, end = _ages(counted.window)
    return _shared(
        tables,
        Counter(
            kind="criterion",
            codes=counted.codes,
            required=counted.count,
            limits=_limits(counted.window, tables),
            start=start,
            end=end,
            by_quantity=counted.count_by == "quantity",
            lifelong=isinstance(counted.window, SinceBirth),
        ),
    )


def _add_requirement(tables: RuleTables, need: Requirement) -> int:
    limits, (start, end) = _limits(need.window, tables), _ages(need.window)
    if need.exists_since:
        since = to_day(need.exists_since)
        later = {name: max(getattr(limits, name), since) for name in ("first_day", "cover_day", "opens_day")}
        limits = limits._replace(**later)
    ages = need.age_at_act
    counter = Counter(
        kind="requirement",
        codes=need.codes,
        required=need.count,
        limits=limits,
        chain=need.count,
        interval=need.min_interval_days or 1,
        gaps=tuple(one.length for one in need.min_interval),
        ages=tuple(one.shift for one in need.min_age),
        start=start,
        end=end,
        youngest=ages.min.shift if ages and ages.min else None,
        oldest=_one_more(ages.max.shift) if ages and ages.max else None,
        by_quantity=need.count_by == "quantity",
        value=need.value,
        apart=_add_neighbour(tables, need.apart_from) if need.apart_from else None,
        apart_days=need.apart_from.days if need.apart_from else 0,
        lifelong=isinstance(need.window, SinceBirth) and not (need.min_age or ages or need.exists_since),
    )
    tables.counters.append(counter)
    return len(tables.counters) - 1


def _one_more(age: Shift) -> Shift:
    """Where an age that is included ends."""
    return age[0], age[1] + 1


def _add_neighbour(tables: RuleTables, apart: Apart) -> int:
    """The acts another must keep away from: all of them, up to the day judged."""
    today = to_day(tables.as_of)
    return _shared(tables, Counter("neighbour", apart.codes, 1, Limits(NEVER, today, NEVER, today, "forever")))


def _shared(tables: RuleTables, counter: Counter) -> int:
    """Number of the counter, that of its like when there is one already."""
    if counter in tables.counters:
        return tables.counters.index(counter)
    tables.counters.append(counter)
    return len(tables.counters) - 1


def _limits(window: Window, tables: RuleTables) -> Limits:
    as_of, today = tables.as_of, to_day(tables.as_of)
    match window:
        case Rolling():
            unit, number = window.length
            last = as_of if window.ends == "as_of" else date(as_of.year, 12, 31)
            begins = to_day(last) - number if unit == "days" else to_day(dates.add_months(last, -number))
            return Limits(NEVER, today, begins + 1, today, f"{window.ends} {unit} {number}")
        case CampaignWindow() if tables.reading != "calendar_year":
            return _season(tables.campaigns.of(window.vaccine), tables)
        case CalendarYear() | CampaignWindow():
            return Limits(NEVER, today, to_day(date(as_of.year, 1, 1)), today, "year")
        case SinceDate(date=first):
            return Limits(to_day(first), today, to_day(first), max(today, to_day(first)), "forever")
        case _:
            return Limits(NEVER, today, NEVER, today, "forever")


def _season(calendar: Calendar, tables: RuleTables) -> Limits:
    """The campaign that last opened, up to the day judged or to its closing."""
    as_of, today = tables.as_of, to_day(tables.as_of)
    season = calendar.current(as_of)
    last = max(today, to_day(season.closes)) if tables.reading == "until_close" else today
    opens = today if calendar.is_open(as_of) else to_day(calendar.following(as_of).opens)
    return Limits(NEVER, last, to_day(season.opens), opens, f"campaign {calendar.vaccine}")


def _ages(window: Window) -> tuple[Shift | None, Shift | None]:
    match window:
        case SinceBirth():
            return ("days", 0), None
        case SinceAge(years=years):
            return ("years", years), None
        case BetweenAges(start=start, end=end):
            return start.shift, end.shift
        case _:
            return None, None


def shifts(tables: RuleTables) -> list[Shift]:
    """Every age the counters mention, numbered by position."""
    every = {age for c in tables.counters for age in (c.start, c.end, c.youngest, c.oldest) if age is not None}
    return sorted(every)


def counter_table(tables: RuleTables, covers: Mapping[Care, int]) -> pa.Table:
    """One row per counter. `covers`: first covered day of each care."""
    number = {age: position for position, age in enumerate(shifts(tables))}
    validities = {name: position for position, name in enumerate(validity_names(tables))}
    rows = [
        {
            "counter": position,
            "required": c.required,
            "chain": c.chain,
            "spacing": c.interval,
            "gap_doses": len(c.gaps),
            "ordered": int(c.is_ordered),
            "detailed": int(c.is_detailed),
            "by_quantity": int(c.by_quantity),
            "ages": len(c.ages),
            "valued": int(c.value is not None),
            "apart": c.apart,
            "apart_days": c.apart_days,
            "validity": validities[c.limits.validity],
            "first_day": c.limits.first_day,
            "last_day": c.limits.last_day,
            "cover_day": c.limits.cover_day,
            "opens_day": c.limits.opens_day,
            "covered_from": max(covers[care] for care in _cares(tables.rules, c.codes)),
            "lifelong": int(c.lifelong),
            "start_shift": number.get(c.start) if c.start else None,
            "end_shift": number.get(c.end) if c.end else None,
            "youngest_shift": number.get(c.youngest) if c.youngest else None,
            "oldest_shift": number.get(c.oldest) if c.oldest else None,
        }
        for position, c in enumerate(tables.counters)
    ]
    names = list(rows[0]) if rows else ["counter"]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.int32()) for name in names]))


def _cares(rules: IndicatorSet, codes: Iterable[str]) -> set[Care]:
    """What must be covered before nothing found means nothing done: each of the kinds of care that the codes are of."""
    return {_care(rules.codes[name], system) for name in codes for system in rules.codes[name].systems} or {"acts"}


def _care(codes: CodeList, system: str) -> Care:
    if system in DRUG_SYSTEMS:
        return "vaccines" if codes.are_vaccines else "deliveries"
    return "tests" if system in ("nabm", "loinc") else "acts"


def care_table(tables: RuleTables) -> pa.Table:
    """One row per counter and kind of care (its number) that must be covered."""
    rows = [
        {"counter": position, "care": CARES.index(care)}
        for position, counter in enumerate(tables.counters)
        for care in sorted(_cares(tables.rules, counter.codes))
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema([("counter", pa.int32()), ("care", pa.int32())]))


def value_table(tables: RuleTables) -> pa.Table:
    """Results that count, of each counter that says so: low and high (null: no end), unit (null: any)."""
    rows = [
        {"counter": position, "low": c.value.min, "high": c.value.max, "unit": c.value.unit}
        for position, c in enumerate(tables.counters)
        if c.value
    ]
    types = {"counter": pa.int32(), "low": pa.float64(), "high": pa.float64(), "unit": pa.string()}
    return pa.Table.from_pylist(rows, schema=pa.schema(types.items()))


def entry_table(tables: RuleTables) -> pa.Table:
    """One row per entry of `eligible` and `excluded`."""
    whole = ("entry", "indicator", "rank", "age_day", "age_min", "age_max", "counter")
    flags = ("excluded", "possible", "needs_ald", "c2s", "other_day", "absent")
    types = {name: pa.int32() for name in whole} | {name: pa.bool_() for name in flags}
    types |= {"label": pa.string(), "sex": pa.string()}
    return pa.Table.from_pylist(tables.entries, schema=pa.schema(types.items()))


def more_table(tables: RuleTables) -> pa.Table:
    """The second criterion on acts of an entry, and those that follow."""
    types = {"entry": pa.int32(), "counter": pa.int32(), "absent": pa.bool_()}
    return pa.Table.from_pylist(tables.entry_more, schema=pa.schema(types.items()))


def moment_table(tables: RuleTables) -> pa.Table:
    """Rights read on another day than the one judged, or held since another: one row per entry and ALD number (null: the
    C2S)."""
    names = ("entry", "ald", "day", "held_from")
    return pa.Table.from_pylist(tables.moments, schema=pa.schema([(name, pa.int32()) for name in names]))


def need_table(tables: RuleTables) -> pa.Table:
    """One row per requirement of each population; `alternatives` numbers the groups."""
    types = {
        "entry": pa.int32(),
        "rank": pa.int32(),
        "bit": pa.int64(),
        "alternatives": pa.int32(),
        "counter": pa.int32(),
    }
    return pa.Table.from_pylist(tables.needs, schema=pa.schema(types.items()))


def entry_ald_table(tables: RuleTables) -> pa.Table:
    """ALD numbers of each entry that asks for one."""
    schema = pa.schema([("entry", pa.int32()), ("ald", pa.int32())])
    return pa.Table.from_pylist(tables.entry_alds, schema=schema)


def code_table(tables: RuleTables) -> pa.Table:
    """One row per counter and code, as written in the rule files, with the number of its list in the counter and the first
    and the last day of use."""
    rows = [
        {"counter": position, "useful_from": counter.useful_from, "useful_to": counter.limits.last_day}
        | {"list": place, "system": system, "code": code}
        for position, counter in enumerate(tables.counters)
        for place, name in enumerate(counter.codes)
        for system, code in tables.rules.codes[name].codes()
    ]
    days = {"useful_from": pa.int32(), "useful_to": pa.int32()}
    types = {"counter": pa.int32(), "list": pa.int32()} | days | {"system": pa.string(), "code": pa.string()}
    return pa.Table.from_pylist(rows, schema=pa.schema(types.items()))


def validity_names(tables: RuleTables) -> list[str]:
    """Distinct validities, numbered by position."""
    return sorted({counter.limits.validity for counter in tables.counters})


def until_table(tables: RuleTables, days: Days) -> pa.Table:
    """For each validity and each day met in the record: first day on which an act of that day no longer counts."""
    parts = [
        pa.table(
            {
                "validity": pa.array(np.full(len(days), position, dtype=np.int32)),
                "day": pa.array(days.astype(np.int32)),
                "until": pa.array(_until(name, days, tables.campaigns).astype(np.int32)),
            }
        )
        for position, name in enumerate(validity_names(tables))
    ]
    return pa.concat_tables(parts)


def _until(validity: str, days: Days, campaigns: Campaigns) -> Days:
    kind, *more = validity.split(" ")
    match kind:
        case "as_of":
            return _later(days, *more)
        case "year_end":
            return _year_starts(dates.year_of(_later(days, *more)))
        case "year":
            return _year_starts(dates.year_of(days) + 1)
        case "campaign":
            return _next_openings(days, campaigns.of(more[0]))
        case _:
            return np.full(len(days), OPEN_END, dtype=np.int32)


def _later(days: Days, unit: str, number: str) -> Days:
    """So many days or months after each."""
    return days + int(number) if unit == "days" else dates.shift_months(days, int(number))


def _year_starts(years: Days) -> Days:
    """1 January of each year."""
    return np.array([to_day(date(int(year), 1, 1)) for year in years], dtype=np.int32)


def _next_openings(days: Days, calendar: Calendar) -> Days:
    if not len(days):
        return np.array([], dtype=np.int32)
    years = range(int(dates.year_of(days).min()), int(dates.year_of(days).max()) + 2)
    openings = np.array([to_day(calendar.of_year(year).opens) for year in years], dtype=np.int32)
    return openings[np.searchsorted(openings, days, side="right")]


def gap_table(tables: RuleTables, days: Days) -> pa.Table:
    """Where intervals are a list: for each counter, dose and day met in the record, the first day on which the next dose
    counts."""
    schema = pa.schema([(name, pa.int32()) for name in ("counter", "dose", "day", "next_day")])
    parts = [
        _filled(schema, {"counter": position, "dose": dose, "day": days, "next_day": _later(days, unit, str(number))})
        for position, c in enumerate(tables.counters)
        for dose, (unit, number) in enumerate(c.gaps, start=1)
    ]
    return pa.concat_tables([schema.empty_table(), *parts])


def ripe_table(tables: RuleTables, births: Days) -> pa.Table:
    """Where ages are a list: for each counter and birth day, the days from which an act may be the first dose, the second…
    `most`: the last dose it may be from `from_day` to the eve of `to_day`."""
    schema = pa.schema([(name, pa.int32()) for name in ("counter", "birth_day", "most", "from_day", "to_day")])
    parts = []
    for position, c in enumerate(tables.counters):
        begins = [*accumulate((_reached(age, births) for age in c.ages), np.maximum)]
        for dose, (begin, end) in enumerate(zip_longest(begins, begins[1:]), start=1):
            until = np.full(len(births), OPEN_END + 1) if end is None else end
            most = ANY_DOSE if end is None else dose
            columns = {"counter": position, "birth_day": births, "most": most, "from_day": begin, "to_day": until}
            parts.append(_filled(schema, columns))
    return pa.concat_tables([schema.empty_table(), *parts])


def _filled(schema: pa.Schema, columns: Mapping[str, Any]) -> pa.Table:
    """A table of whole numbers; a single one stands for a whole column."""
    size = max(len(values) for values in columns.values() if isinstance(values, np.ndarray))
    full = {name: np.broadcast_to(values, size).astype(np.int32) for name, values in columns.items()}
    return pa.table({name: pa.array(values) for name, values in full.items()}, schema=schema)


def reached_table(tables: RuleTables, births: Days) -> pa.Table:
    """For each age and each birth day of the cohort: the day on which it is reached."""
    parts = [
        pa.table(
            {
                "shift": pa.array(np.full(len(births), position, dtype=np.int32)),
                "birth_day": pa.array(births.astype(np.int32)),
                "reached_day": pa.array(_reached(age, births).astype(np.int32)),
            }
        )
        for position, age in enumerate(shifts(tables))
    ]
    schema = pa.schema([("shift", pa.int32()), ("birth_day", pa.int32()), ("reached_day", pa.int32())])
    return pa.concat_tables([schema.empty_table(), *parts])


def _reached(age: Shift, births: Days) -> Days:
    unit, number = age
    match unit:
        case "days":
            return births + number
        case "months":
            return dates.shift_months(births, number)
        case _:
            return dates.shift_birthdays(births, number)


def birth_table(tables: RuleTables, births: Days) -> pa.Table:
    """Age of each birth day of the cohort on the day judged, on 1 January and on 31 December: columns birth_day, age_0,
    age_1, age_2, in the order of AGE_DAYS; null where no entry asks for it."""
    asked = {entry["age_day"] for entry in tables.entries}
    ages = {
        f"age_{place}": pa.array(dates.ages_on(births, _day(name, tables.as_of)))
        if place in asked
        else pa.nulls(len(births), pa.int32())
        for place, name in enumerate(AGE_DAYS)
    }
    return pa.table({"birth_day": pa.array(births.astype(np.int32))} | ages)


def mask_table(masks: Sequence[tuple[int, int]]) -> pa.Table:
    """The (entry, sum of bits of the requirements not met) found in the results, numbered by position."""
    rows = [{"entry": entry, "bits": bits, "place": place} for place, (entry, bits) in enumerate(masks)]
    schema = pa.schema([("entry", pa.int32()), ("bits", pa.int64()), ("place", pa.int32())])
    return pa.Table.from_pylist(rows, schema=schema)


def missing_labels(tables: RuleTables, masks: Sequence[tuple[int, int]]) -> pa.Array:
    """Labels of the requirements not met, for each of these, in file order."""
    labels = [[label for rank, label in enumerate(tables.labels[entry]) if bits >> rank & 1] for entry, bits in masks]
    return pa.array(labels, pa.list_(pa.string()))
