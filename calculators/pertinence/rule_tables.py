"""Measures turned into tables that the steps join with the lines of care ("long form"): all measures at the cost of one.

A measure, a count of it (an entry: 0 its numerator, 1 its denominator, 2 its numerator of the year before) and a code list
are numbers here, by their place. Several years may be asked of together: a measure in a year is a measure of its own then,
and what is read of the records is read once.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from calculators import dates
from calculators.pertinence.codes import CodeList
from calculators.pertinence.measure import SAME, Beside, Counted, Measure
from calculators.pertinence.settings import bizone, settings

OLDEST = 130
"""Ages run from 0 to here."""
EVERYBODY = 2**31 - 1
TYPES = {
    "list": pa.int32(), "entry": pa.int32(), "measure": pa.int32(), "pattern": pa.string(), "role": pa.string(),
    "device": pa.string(), "system": pa.string(), "code": pa.string(), "kind": pa.string(), "amount": pa.string(),
    "value": pa.int64(),
}  # fmt: skip
"""Types of the columns; all others are int32."""


@dataclass(frozen=True)
class Entry:
    """One count of a measure in a year: its number, that of its measure, and what it is (0, 1, 2)."""

    number: int
    measure: int
    side: int
    counted: Counted
    back: int = 0
    """How many years before the year its lines are."""
    own: bool = True
    year: int = 0


class Rules:
    """The measures asked for, in a year, and those of `earlier` years after them. `prescribers_known`: do the acts say who
    prescribed them?"""

    def __init__(
        self, measures: Mapping[str, Measure], year: int, prescribers_known: bool = True,
        earlier: Mapping[int, Mapping[str, Measure]] | None = None,
    ) -> None:  # fmt: skip
        asked = {year: measures} | dict(earlier or {})
        self.years, self.year = tuple(asked), year
        self.measures = tuple(one for of in asked.values() for one in of.values())
        self.year_of = tuple(each for each, of in asked.items() for _ in of)
        self.prescribers_known = prescribers_known
        self.first, self.last = _days_of(year)
        found: dict[str, CodeList] = {}
        for one in self.measures:
            found |= {self._list_name(one, name): codes for name, codes in one.lists.items()}
        self.lists = found
        self.number_of = {name: number for number, name in enumerate(found)}
        self.entries = list(self._entries())

    def _list_name(self, measure: Measure, name: str) -> str:
        """A measure's own list is its own, though another has one of that name."""
        return f"{measure.id}.{name}" if name in measure.codes else name

    def _lists(self, measure: int, names: tuple[str, ...]) -> list[int]:
        return [self.number_of[self._list_name(self.measures[measure], name)] for name in names]

    def _entries(self) -> Iterator[Entry]:
        number = 0
        for place, one in enumerate(self.measures):
            for side, counted, back in _sides(one):
                own = one.by_whom(counted, self.prescribers_known) == "own"
                yield Entry(number, place, side, counted, back, own, self.year_of[place])
                number += 1

    # what each step is given
    def tables(self) -> dict[str, pa.Table]:
        """Every table that the rules give the steps, by name."""
        made: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
            "years": ("year first last day_before", [(year, *_days_of(year), _days_of(year)[0] - 1) for year in self.years]),
            "days": ("day", [(_days_of(year)[1],) for year in self.years]),
            "birth_years": ("year age born_from born_to", [*self._birth_years()]),
            "wanted_lists": ("list from_day", [*self.wanted().items()]),
            "list_packs": ("list packs", [*self._packs()]),
            "entries": (ENTRY, [self._entry(one) for one in self.entries]),
            "entry_lists": ("entry list", [
                (one.number, n) for one in self.entries for n in self._lists(one.measure, one.counted.codes)]),
            "entry_exo": ("entry exo", [(one.number, exo) for one in self.entries for exo in one.counted.exo]),
            "entry_leaves": ("entry kind", [(one.number, kind) for one in self.entries for kind in one.counted.leaves]),
            "barred_alds": ("entry ald", [(one.number, ald) for one in self.entries for ald in one.counted.without_ald]),
            "conditions": (CONDITION, [*self._conditions()]),
            "tests": ("measure year test list dates ald wanted first_day last_day", [*self._tests()]),
            "measures": (MEASURE, [self._measure(place, one) for place, one in enumerate(self.measures)]),
            "measure_ages": ("measure age age_class", [*self._ages()]),
            "molecule_windows": ("year from_day to_day", [(year, *_days_of(year)) for year in self._molecule_years()]),
            "related_classes": ("ald pattern", [(one.number, f"{code}%") for one in bizone().ald for code in one.atc]),
            "board_values": ("entry doctor patient value", []),
        }  # fmt: skip
        found = {name: table(columns, rows) for name, (columns, rows) in made.items()}
        return found | code_tables(self.lists) | {
            "calendar": self._calendar(), "age_windows": self._age_windows(),
        }  # fmt: skip

    @property
    def params(self) -> dict[str, Any]:
        """Parameters of the steps."""
        molecules, ages = settings().molecules, [
            (one.denominator.age.min or 0) if one.denominator.age else 0
            for one in self.measures if any(counted.amount == "molecules_3" for counted in one.counts)
        ]  # fmt: skip
        return {
            "year": self.year, "first": min(_days_of(year)[0] for year in self.years),
            "last": max(_days_of(year)[1] for year in self.years), "patient_from": 0, "patient_to": EVERYBODY,
            "molecules_from_age": min(ages, default=OLDEST), "molecule_dates_from": molecules.dates_from,
            "large_pack_days": molecules.large_pack_days, "large_pack_dates": molecules.large_pack_dates,
        }  # fmt: skip

    def wanted(self) -> dict[int, int]:
        """Each list that is looked at line by line, and since when."""
        found: dict[int, int] = {}

        def want(lists: list[int], day: int) -> None:
            found.update({n: min(day, found.get(n, day)) for n in lists})

        for entry in (one for one in self.entries if by_line(one.counted)):
            start = self._starts(entry)
            want(self._lists(entry.measure, entry.counted.codes), start)
            for beside in (*entry.counted.present, *entry.counted.absent):
                names = entry.counted.codes if SAME in beside.codes else beside.codes
                want(self._lists(entry.measure, names), earliest(beside, start))
        for place, one in enumerate(self.measures):
            for test in one.denominator.tests:
                want(self._lists(place, test.codes), _days_of(self.year_of[place])[0])
        return found

    def needed_from(self, place: int, source: str) -> int | None:
        """First day on which a source must be complete for a measure; None when it does not look at it."""
        days = []
        for entry in (one for one in self.entries if one.measure == place):
            sources = {self.lists[self._list_name(self.measures[place], name)].source for name in entry.counted.codes}
            if source in sources:
                days.append(self._starts(entry))
            for beside in (*entry.counted.present, *entry.counted.absent):
                names = entry.counted.codes if SAME in beside.codes else beside.codes
                if source in {self.lists[self._list_name(self.measures[place], name)].source for name in names}:
                    days.append(earliest(beside, self._starts(entry)))
        tested = {name for test in self.measures[place].denominator.tests for name in test.codes}
        if any(self.lists[self._list_name(self.measures[place], name)].source == source for name in tested):
            days.append(_days_of(self.year_of[place])[0])
        if source == "acts" and self.measures[place].denominator.seen:
            days.append(_days_of(self.year_of[place])[0])
        return min(days, default=None)

    def _packs(self) -> Iterator[tuple[int, int]]:
        """Each list of some packs of its classes, and a number for these, the same for all lists that keep the same."""
        numbers: dict[tuple[str | None, str | None], int] = {}
        for number, one in enumerate(self.lists.values()):
            if one.packs:
                yield number, numbers.setdefault((one.role, one.device), len(numbers) + 1)

    def _starts(self, entry: Entry) -> int:
        first, _ = self._days(entry)
        counted = entry.counted
        if counted.amount != "chain_days":
            return first
        return first - int(counted.over or 0) - int(counted.gap_days or 0) - 1

    @staticmethod
    def _days(entry: Entry) -> tuple[int, int]:
        return _days_of(entry.year - entry.back)

    def _entry(self, one: Entry) -> tuple[Any, ...]:
        counted = one.counted
        return (
            one.number, one.measure, one.side, counted.amount, one.own, self._starts(one), self._days(one)[1],
            counted.first, len(counted.present), counted.age_at is not None,
            -1 if counted.over is None else int(counted.over), counted.gap_days or 0, counted.amount == "chain_days",
            counted.amount == "running_days", counted.amount == "molecules_3", one.year - one.back, counted.by_exemption,
            not counted.exo, counted.outside_related, counted.outside_related or counted.alds_in_table,
            one.year, self._days(one)[0],
        )  # fmt: skip

    def _conditions(self) -> Iterator[tuple[Any, ...]]:
        for entry in self.entries:
            lists = self._lists(entry.measure, entry.counted.codes)
            kinds = [(one, 0) for one in entry.counted.present] + [(one, 1) for one in entry.counted.absent]
            for rule, (beside, forbidden) in enumerate(kinds):
                whole = beside.by == "own" and self._own(entry, beside), beside.months or 0, beside.days or 0
                for mine in lists:
                    others = [mine] if SAME in beside.codes else self._lists(entry.measure, beside.codes)
                    for other in others:
                        yield (entry.number, entry.year, rule, mine, other, *whole, beside.until_days, forbidden)

    def _own(self, entry: Entry, beside: Beside) -> bool:
        """Of acts nobody may know who prescribed them."""
        names = entry.counted.codes if SAME in beside.codes else beside.codes
        sources = {self.lists[self._list_name(self.measures[entry.measure], name)].source for name in names}
        return self.prescribers_known or sources == {"deliveries"}

    def _tests(self) -> Iterator[tuple[Any, ...]]:
        for place, one in enumerate(self.measures):
            wanted = [1] * len(one.denominator.any) + [0] * len(one.denominator.none)
            for number, (test, needed) in enumerate(zip(one.denominator.tests, wanted, strict=True)):
                which, when = (place, self.year_of[place], number), (needed, *_days_of(self.year_of[place]))
                yield from ((*which, n, test.dates, -1, *when) for n in self._lists(place, test.codes))
                yield from ((*which, -1, 0, ald, *when) for ald in test.ald)

    def _measure(self, place: int, one: Measure) -> tuple[Any, ...]:
        asked = one.denominator
        sexes = {None: -1, "F": 0, "M": 1}
        deliveries, acts = (self.needed_from(place, source) for source in ("deliveries", "acts"))
        return (
            place, self.year_of[place], "sex" in one.strata, "ald" in one.strata, "c2s" in one.strata, one.by_patient,
            bool(asked.tests), sexes[asked.sex],
            -1 if asked.ald is None else int(asked.ald), -1 if asked.c2s is None else int(asked.c2s),
            asked.seen, asked.over_before is not None, deliveries is not None, deliveries or 0, acts is not None, acts or 0,
        )  # fmt: skip

    def _ages(self) -> Iterator[tuple[int, int, int]]:
        """Each age that a measure takes, and its class."""
        for place, one in enumerate(self.measures):
            bounds = one.denominator.age
            low = (bounds.min or 0) if bounds else 0
            high = OLDEST if bounds is None or bounds.max is None else bounds.max
            starts = one.age_from
            for age in range(max(low, starts[0]), high + 1):
                yield place, age, bisect_right(starts, age) - 1

    def _molecule_years(self) -> list[int]:
        return sorted({one.year - one.back for one in self.entries if one.counted.amount == "molecules_3"})

    def _birth_years(self) -> Iterator[tuple[int, ...]]:
        """On 31 December an age is the difference of the years."""
        for year in self.years:
            yield from ((year, age, *_days_of(year - age)) for age in range(OLDEST + 1))

    def _calendar(self) -> pa.Table:
        """Every day on which a line may be counted, and the day so many months before."""
        wanted = {beside.months or 0 for one in self.entries for beside in (*one.counted.present, *one.counted.absent)}
        start = min((self._starts(one) for one in self.entries), default=self.first)
        days = np.arange(start, self.last + 1, dtype=np.int32)
        parts = [pa.table({"day": days, "months": np.full(len(days), months, dtype=np.int32),
                           "back_day": dates.shift_months(days, -months)}) for months in sorted(wanted | {0})]  # fmt: skip
        return pa.concat_tables(parts)

    def _age_windows(self) -> pa.Table:
        """Of counts at some ages alone: the days on which those born on a day are of these ages."""
        columns = "entry birth_day from_day to_day"
        parts = [table(columns, [])]
        for one in self.entries:
            if (bounds := one.counted.age_at) is None:
                continue
            highest = OLDEST if bounds.max is None else bounds.max
            first, last = _days_of(one.year)
            births = np.arange(first - 366 * (highest + 3), last + 1, dtype=np.int32)
            starts, ends = (dates.shift_birthdays(births, years) for years in (bounds.min or 0, highest + 1))
            whole = np.full(len(births), one.number, dtype=np.int32)
            parts.append(pa.table({"entry": whole, "birth_day": births, "from_day": starts, "to_day": ends}))
        return pa.concat_tables(parts)


ENTRY = (
    "entry measure side amount own from_day to_day first_only required aged threshold gap chained running molecules "
    "counted_year exempt any_exo outside in_table year first_day"
)
CONDITION = "entry year rule list other own months days until_days forbidden"
MEASURE = (
    "measure year by_sex by_ald by_c2s by_patient tested "
    "sex ald c2s seen before deliveries deliveries_from acts acts_from"
)


def code_tables(lists: Mapping[str, CodeList]) -> dict[str, pa.Table]:
    """Codes of the lists, each a number by its place: those of drugs, of acts, kinds of devices and of stays."""
    numbered = list(enumerate(lists.values()))
    columns: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
        "drug_patterns": ("list pattern role device", [
            (n, code + "%", one.role, one.device) for n, one in numbered for code in one.atc]),
        "drug_exceptions": ("list pattern", [(n, code + "%") for n, one in numbered for code in one.beside]),
        "act_codes": ("list system code units", [
            (n, *code, one.units.get(code[1])) for n, one in numbered for code in one.acts()]),
        "device_kinds": ("list kind", [(n, kind) for n, one in numbered for kind in one.device_kind]),
        "stay_kinds": ("list kind", [(n, kind) for n, one in numbered for kind in one.stay_kind]),
    }  # fmt: skip
    return {name: table(*made) for name, made in columns.items()}


def _days_of(year: int) -> tuple[int, int]:
    return dates.to_day(date(year, 1, 1)), dates.to_day(date(year, 12, 31))


def by_line(counted: Counted) -> bool:
    """Are lines of care counted one by one? Otherwise a step of its own adds them up."""
    return bool(counted.codes) and counted.amount != "molecules_3" and not counted.by_exemption


def earliest(beside: Beside, start: int) -> int:
    """First day looked at for a line of the day `start`."""
    return int(dates.shift_months([start], -(beside.months or 0))[0]) - (beside.days or 0)


def table(columns: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    """Rows of a small table of the rules."""
    names = columns.split()
    values = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    given = zip(names, values, strict=True)
    return pa.table({name: pa.array([int(v) if isinstance(v, bool) else v for v in column], TYPES.get(name, pa.int32()))
                     for name, column in given})  # fmt: skip


def _sides(one: Measure) -> Iterator[tuple[int, Counted, int]]:
    yield 0, one.numerator, 0
    asked = one.denominator
    if asked.counted:
        yield 1, asked.counted, 0
    if asked.over_before is not None:
        before = Counted(count="patients", codes=one.numerator.codes, of="molecules_3", over=asked.over_before)
        yield 1, before, 1
        yield 2, one.numerator, 1
