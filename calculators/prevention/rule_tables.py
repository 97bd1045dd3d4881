"""An indicator set as tables, the "long form" the SQL steps join with the record.

Everything that counts acts is a *counter*: a criterion's `recorded`, or a requirement. A counter has

* codes, resolved to the store's keys (`counter_acts`, `counter_drugs`, `counter_products`);
* a window, as constants where `as_of` fixes it and as *shifts* (ages of the patient) where the birth date does;
* a validity, saying until when an act on a given day counts (`untils`): a rolling window, a calendar year and a
  campaign differ only in that;
* a first useful day: of a required act the last one ever is shown, but a criterion only counts, so that what came
  before its window need not be read.

Criteria that count the same thing share a counter. Requirements do not: what a doctor declares done for one indicator
is not done for another.

Ages reached by each patient (`reached`) and validities of each day (`untils`) are computed here once per distinct day,
so that no date arithmetic is left to an engine.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from calculators import dates
from calculators.dates import OPEN_END, to_day
from calculators.prevention.campaign import Campaigns
from calculators.prevention.codes import DRUG_SYSTEMS
from calculators.prevention.indicator import (
    Age,
    BetweenAges,
    CalendarYear,
    CampaignWindow,
    Criteria,
    Indicator,
    IndicatorSet,
    Population,
    Recorded,
    Requirement,
    Rolling,
    SinceAge,
    SinceBirth,
    SinceDate,
    Window,
)

NEVER = -OPEN_END
"""A day before every other: no lower bound."""

Shift = tuple[str, int]
"""An age: ("days" | "months" | "years", n)."""


class Counter(NamedTuple):
    """One thing to count, in the terms of the SQL steps. Days are integers; shifts are ages, or None."""

    criterion: bool
    codes: tuple[str, ...]
    required: int
    chain: int
    """Acts a chain must hold to meet it; criteria only count, they never lapse."""
    interval: int
    validity: str
    first_day: int
    """Constant start of the window, exists_since included."""
    cover_day: int
    """First day the data must cover, as far as a constant tells."""
    opens_day: int
    """First day, from as_of, on which the act can be done, as far as a constant tells."""
    start: Shift | None
    end: Shift | None
    youngest: Shift | None
    oldest: Shift | None

    @property
    def useful_from(self) -> int:
        """Earlier events change nothing."""
        return self.cover_day if self.criterion else NEVER


@dataclass
class RuleTables:
    """The tables, plus what the orchestration must know of them."""

    rules: IndicatorSet
    as_of: date
    campaigns: Campaigns
    counters: list[Counter] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    entry_alds: list[dict[str, int]] = field(default_factory=list)
    needs: list[dict[str, Any]] = field(default_factory=list)
    labels: dict[int, list[str]] = field(default_factory=dict)

    @property
    def longest_chain(self) -> int:
        return max(counter.chain for counter in self.counters)

    @property
    def has_intervals(self) -> bool:
        return any(counter.interval > 1 for counter in self.counters)


def compile_rules(rules: IndicatorSet, as_of: date, campaigns: Campaigns) -> RuleTables:
    """Number the entries and counters of a set for one assessment date."""
    tables = RuleTables(rules, as_of, campaigns)
    for position, indicator in enumerate(rules.indicators):
        _add_indicator(tables, position, indicator)
    return tables


def _add_indicator(tables: RuleTables, position: int, indicator: Indicator) -> None:
    shared = {id(need): _add_counter(tables, need) for need in indicator.done}
    for rank, population in enumerate(indicator.eligible):
        entry = _add_entry(tables, position, rank, population, excluded=False)
        needs = indicator.requirements(population)
        own = {id(need): _add_counter(tables, need) for need in population.done}
        _add_needs(tables, entry, needs, own or shared)
    for rank, criteria in enumerate(indicator.excluded):
        _add_entry(tables, position, rank, criteria, excluded=True)


def _add_entry(tables: RuleTables, position: int, rank: int, given: Criteria | Population, *, excluded: bool) -> int:
    entry = len(tables.entries)
    age = given.age
    tables.entries.append(
        {
            "entry": entry,
            "indicator": position,
            "excluded": excluded,
            "rank": rank,
            "label": given.label,
            "sex": given.sex,
            "age_min": age.min if age and age.min is not None else -1,
            "age_max": age.max if age and age.max is not None else 1000,
            "needs_ald": bool(given.ald),
            "c2s": given.c2s,
            "counter": _add_counter(tables, given.recorded) if given.recorded else None,
        }
    )
    tables.entry_alds += [{"entry": entry, "ald": ald} for ald in given.ald]
    return entry


def _add_needs(tables: RuleTables, entry: int, needs: Sequence[Requirement], counters: Mapping[int, int]) -> None:
    groups: dict[str, int] = {}
    for rank, need in enumerate(needs):
        group = groups.setdefault(need.group, rank) if need.group else rank
        counter = counters[id(need)]
        tables.needs.append({"entry": entry, "rank": rank, "bit": 1 << rank, "alternatives": group, "counter": counter})
    tables.labels[entry] = [need.label for need in needs]


def _add_counter(tables: RuleTables, counted: Recorded | Requirement) -> int:
    need = counted if isinstance(counted, Requirement) else None
    exists_since = to_day(need.exists_since) if need and need.exists_since else NEVER
    first, cover, opens, validity = _constants(counted.window, tables.as_of, tables.campaigns)
    start, end = _ages(counted.window)
    ages = need.age_at_act if need else None
    counter = Counter(
        criterion=need is None,
        codes=counted.codes,
        required=counted.count,
        chain=counted.count if need else 1,
        interval=(need.min_interval_days if need else None) or 1,
        validity=validity,
        first_day=max(first, exists_since),
        cover_day=max(cover, exists_since),
        opens_day=max(opens, exists_since),
        start=start,
        end=end,
        youngest=("years", ages.min) if ages and ages.min is not None else None,
        oldest=("years", ages.max + 1) if ages and ages.max is not None else None,
    )
    if counter.criterion and counter in tables.counters:
        return tables.counters.index(counter)
    tables.counters.append(counter)
    return len(tables.counters) - 1


def _constants(window: Window, as_of: date, campaigns: Campaigns) -> tuple[int, int, int, str]:
    """First day an act may have, first day to cover, first day to act, and validity, of a window."""
    today = to_day(as_of)
    match window:
        case Rolling(months=months):
            cover = to_day(dates.add_months(as_of, -months)) + 1
            return NEVER, cover, today, f"months {months}"
        case CalendarYear():
            return NEVER, to_day(date(as_of.year, 1, 1)), today, "year"
        case CampaignWindow():
            opens = today if campaigns.is_open(as_of) else to_day(campaigns.following(as_of).opens)
            return NEVER, to_day(campaigns.current(as_of).opens), opens, "campaign"
        case SinceDate(date=first):
            return to_day(first), to_day(first), max(today, to_day(first)), "forever"
        case _:
            return NEVER, NEVER, today, "forever"


def _ages(window: Window) -> tuple[Shift | None, Shift | None]:
    match window:
        case SinceBirth():
            return ("days", 0), None
        case SinceAge(years=years):
            return ("years", years), None
        case BetweenAges(start=start, end=end):
            return _shift(start), _shift(end)
        case _:
            return None, None


def _shift(age: Age) -> Shift:
    if age.days is not None:
        return "days", age.days
    return ("months", age.months) if age.months is not None else ("years", age.years or 0)


def shifts(tables: RuleTables) -> list[Shift]:
    """Every age the counters mention, numbered by position."""
    every = {age for c in tables.counters for age in (c.start, c.end, c.youngest, c.oldest) if age is not None}
    return sorted(every)


def counter_table(tables: RuleTables, covers: dict[str, int]) -> pa.Table:
    """One row per counter. `covers`: first covered day of acts and of deliveries."""
    number = {age: position for position, age in enumerate(shifts(tables))}
    validities = {name: position for position, name in enumerate(validity_names(tables))}
    rows = [
        {
            "counter": position,
            "required": c.required,
            "chain": c.chain,
            "spacing": c.interval,
            "validity": validities[c.validity],
            "first_day": c.first_day,
            "cover_day": c.cover_day,
            "opens_day": c.opens_day,
            "covered_from": max(covers[source] for source in _sources(tables.rules, c.codes)),
            "start_shift": number.get(c.start) if c.start else None,
            "end_shift": number.get(c.end) if c.end else None,
            "youngest_shift": number.get(c.youngest) if c.youngest else None,
            "oldest_shift": number.get(c.oldest) if c.oldest else None,
        }
        for position, c in enumerate(tables.counters)
    ]
    names = list(rows[0]) if rows else ["counter"]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.int32()) for name in names]))


def _sources(rules: IndicatorSet, codes: Iterable[str]) -> set[str]:
    systems = {system for name in codes for system, _ in rules.codes[name].codes()}
    return {"deliveries" if system in DRUG_SYSTEMS else "acts" for system in systems} or {"acts"}


def entry_table(tables: RuleTables) -> pa.Table:
    """One row per entry of `eligible` and `excluded`."""
    whole = {name: pa.int32() for name in ("entry", "indicator", "rank", "age_min", "age_max", "counter")}
    other = {
        "excluded": pa.bool_(),
        "label": pa.string(),
        "sex": pa.string(),
        "needs_ald": pa.bool_(),
        "c2s": pa.bool_(),
    }
    return pa.Table.from_pylist(tables.entries, schema=pa.schema((whole | other).items()))


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
    """One row per counter and code, as written in the rule files, with the first day that is of use."""
    rows = [
        {"counter": position, "useful_from": counter.useful_from, "system": system, "code": code}
        for position, counter in enumerate(tables.counters)
        for name in counter.codes
        for system, code in tables.rules.codes[name].codes()
    ]
    types = {"counter": pa.int32(), "useful_from": pa.int32(), "system": pa.string(), "code": pa.string()}
    return pa.Table.from_pylist(rows, schema=pa.schema(types.items()))


def validity_names(tables: RuleTables) -> list[str]:
    """Distinct validities, numbered by position."""
    return sorted({counter.validity for counter in tables.counters})


def until_table(tables: RuleTables, days: np.ndarray[Any, Any]) -> pa.Table:
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


def _until(validity: str, days: np.ndarray[Any, Any], campaigns: Campaigns) -> np.ndarray[Any, Any]:
    kind, _, months = validity.partition(" ")
    match kind:
        case "months":
            return dates.shift_months(days, int(months))
        case "year":
            return np.array([to_day(date(year + 1, 1, 1)) for year in dates.year_of(days)], dtype=np.int32)
        case "campaign":
            return _next_openings(days, campaigns)
        case _:
            return np.full(len(days), OPEN_END, dtype=np.int32)


def _next_openings(days: np.ndarray[Any, Any], campaigns: Campaigns) -> np.ndarray[Any, Any]:
    if not len(days):
        return np.array([], dtype=np.int32)
    years = range(int(dates.year_of(days).min()), int(dates.year_of(days).max()) + 2)
    openings = np.array([to_day(campaigns.of_year(year).opens) for year in years], dtype=np.int32)
    return openings[np.searchsorted(openings, days, side="right")]


def reached_table(tables: RuleTables, births: np.ndarray[Any, Any]) -> pa.Table:
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


def _reached(age: Shift, births: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    unit, number = age
    match unit:
        case "days":
            return births + number
        case "months":
            return dates.shift_months(births, number)
        case _:
            return dates.shift_birthdays(births, number)


def birth_table(tables: RuleTables, births: np.ndarray[Any, Any]) -> pa.Table:
    """Age of each birth day of the cohort on the reference date of the set."""
    when = date(tables.as_of.year, 12, 31) if tables.rules.age_on == "year_end" else tables.as_of
    return pa.table({"birth_day": pa.array(births.astype(np.int32)), "age": pa.array(dates.ages_on(births, when))})


def mask_table(masks: Sequence[tuple[int, int]]) -> pa.Table:
    """The (entry, sum of bits of the requirements not met) found in the results, numbered by position."""
    rows = [{"entry": entry, "bits": bits, "place": place} for place, (entry, bits) in enumerate(masks)]
    schema = pa.schema([("entry", pa.int32()), ("bits", pa.int64()), ("place", pa.int32())])
    return pa.Table.from_pylist(rows, schema=schema)


def missing_labels(tables: RuleTables, masks: Sequence[tuple[int, int]]) -> pa.Array:
    """Labels of the requirements not met, for each of these, in file order."""
    labels = [[label for rank, label in enumerate(tables.labels[entry]) if bits >> rank & 1] for entry, bits in masks]
    return pa.array(labels, pa.list_(pa.string()))
