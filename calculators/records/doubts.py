"""What of the records is not believed, which results that stops, and which months are taken for unknown.

A result that reads what is doubtful is not given unless the doubts are accepted (`Store.accepting_doubts`). Thresholds and
what blocks what are data (`check.toml`); what is counted is in `plausibility`.

Decisions where the definition is silent:
* shares of repeated lines are of a month, shares of contrary signs of a year, the median of prices of a month or a year:
  a doubtful month makes its year doubtful;
* a table is read as far as a result reads it (`[reads]`); lines set aside, and equal files of a table without days, concern
  every year;
* a missing month lies between two months with enough lines, both its neighbours; longer silences are not told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from calculators import dates, french
from calculators.errors import UserError
from calculators.records.check_rules import Result, Suspicion, Thresholds, catalogue
from calculators.records.plausibility import Amounts, Equal, Facts

if TYPE_CHECKING:
    from calculators.records.store import Store


@dataclass(frozen=True)
class Doubt:
    """One suspicion about a table. `years` it concerns: None for all; `period`: the month or the year, or nothing."""

    suspicion: Suspicion
    table: str
    period: str
    years: frozenset[int] | None
    said: str
    """What was found, in French, without the period."""

    @property
    def sentence(self) -> str:
        """What and where, in French."""
        return sentences([self])[0]

    def concerns(self, result: Result, year: int | None) -> bool:
        """Does it stop this result (of a year, when it is that of a year)?"""
        known = catalogue()
        stops = result in known.blocks.get(self.suspicion, ()) and self.table in known.reads[result]
        return stops and (year is None or self.years is None or year in self.years)


class DoubtfulError(UserError):
    """Records that are not believed, and a result that is not given for it."""


def doubts(store: "Store") -> tuple[Doubt, ...]:
    """Everything that is doubtful in a store, blocking or not."""
    facts, limits = store.facts, catalogue().threshold
    found = [
        *(_equal(one) for one in facts.equal),
        *_copies(facts, limits),
        *_prices(facts.amounts, limits),
        *_small(facts.amounts, limits),
        *_signs(facts.amounts, limits),
        *_set_aside(store, limits),
        *(_missing(table, month) for table, month in missing_months(facts)),
    ]
    return tuple(found)


def why_not(store: "Store", result: Result, year: int | None = None) -> str:
    """Why a result is not given, in French; empty when it is, or when the doubts are accepted."""
    if store.accepted:
        return ""
    stopping = [one for one in doubts(store) if one.concerns(result, year)]
    return f"Données douteuses. {' '.join(sentences(stopping))}" if stopping else ""


def refuse(store: "Store", result: Result, year: int | None = None) -> None:
    """Raises DoubtfulError when the result is not to be given."""
    if said := why_not(store, result, year):
        raise DoubtfulError(said)


def sentences(found: Iterable[Doubt]) -> list[str]:
    """One sentence for each suspicion about a table: the first period, and how many others."""
    kind = attrgetter("suspicion", "table")
    said = []
    for _, group in groupby(found, kind):
        first, *others = list(group)
        more = f" (et {french.count(len(others), 'autre période', 'autres périodes')})" * bool(others and first.period)
        said.append(french.plain(f"{_where(first)}{more} : {first.said}."))
    return said


def _where(doubt: Doubt) -> str:
    name = catalogue().names[doubt.table]
    return f"{name[0].upper()}{name[1:]}{_of(doubt.period)}"


def _of(period: str) -> str:
    """« , mars 2025 », « , 2025 »."""
    year, _, month = period.partition("-")
    return f", {french.MONTHS[int(month) - 1]} {year}" if month else f", {year}" if year else ""


def _equal(one: Equal) -> Doubt:
    years = frozenset(one.years) or None
    said = f"les fichiers « {one.file} » et « {one.other} » ont le même contenu, retirez l’un des deux"
    return Doubt(Suspicion.EQUAL_FILES, one.table, "", years, said)


def _copies(facts: Facts, limits: Thresholds) -> Iterable[Doubt]:
    for one in facts.months:
        if one.lines >= limits.fewest_lines.value and one.copies > limits.copies.value * one.lines:
            share = french.percent(one.copies / one.lines)
            said = (
                f"{share} des lignes en répètent une autre en tout point ({french.number(one.copies)} sur "
                f"{french.number(one.lines)}) ; elles ont sans doute été données deux fois"
            )
            yield _of_period(Suspicion.COPIES, one.table, one.month, said)


def _prices(amounts: Sequence[Amounts], limits: Thresholds) -> Iterable[Doubt]:
    factor = limits.price_factor.value
    for one in amounts:
        if one.ratio is None or one.priced < limits.fewest_lines.value or 1 / factor <= one.ratio <= factor:
            continue
        times = french.number(one.ratio, 3 if one.ratio < 1 else 0)
        guess = (
            "des euros à la place de centimes" if one.ratio < 1 else "des centimes comptés deux fois, ou un lot entier"
        )
        lines = french.count(one.priced, "ligne")
        said = f"le montant d’une boîte vaut {times} fois le prix connu (médiane de {lines}) : {guess}"
        yield _of_period(Suspicion.PRICE, "deliveries", one.period, said)


def _small(amounts: Sequence[Amounts], limits: Thresholds) -> Iterable[Doubt]:
    """Where too few prices are known to tell more."""
    for one in amounts:
        is_enough, known = one.amounts >= limits.fewest_lines.value, one.priced >= limits.fewest_lines.value
        if "-" not in one.period and is_enough and not known and (one.box_cents or 0) < limits.least_box.value:
            cents = french.number(one.box_cents or 0, 1)
            said = f"une boîte coûte {cents} centimes (médiane) : des euros à la place de centimes"
            yield _of_period(Suspicion.SMALL, "deliveries", one.period, said)


def _signs(amounts: Sequence[Amounts], limits: Thresholds) -> Iterable[Doubt]:
    for one in amounts:
        if "-" not in one.period and one.opposite > limits.opposite.value * one.amounts:
            said = (
                f"{french.number(one.opposite)} montants sur {french.number(one.amounts)} sont de signe contraire à celui "
                "des boîtes"
            )
            yield _of_period(Suspicion.OPPOSITE, "deliveries", one.period, said)


def _set_aside(store: "Store", limits: Thresholds) -> Iterable[Doubt]:
    by_table = attrgetter("table")
    for table, group in groupby(sorted(store.set_aside, key=by_table), by_table):
        aside, read = list(group), store.facts.read.get(table, 0)
        rows = sum(one.rows for one in aside)
        if rows > limits.set_aside.value * read:
            reasons = french.listed(list(dict.fromkeys(one.reason for one in aside)))
            said = (
                f"{french.percent(rows / read)} des lignes sont laissées de côté ({french.number(rows)} sur "
                f"{french.number(read)} : {reasons})"
            )
            if table == "patients" and any(one.fate == "duplicate" for one in aside):
                said += " ; des enfants sous le NIR d’un parent ont pour clé NIR + rang"
            yield Doubt(Suspicion.SET_ASIDE, table, "", None, said)


def _missing(table: str, month: str) -> Doubt:
    said = "aucune ligne, alors que les mois voisins en ont ; ce mois est tenu pour inconnu"
    return _of_period(Suspicion.MISSING_MONTH, table, month, said)


def _of_period(suspicion: Suspicion, table: str, period: str, said: str) -> Doubt:
    return Doubt(suspicion, table, period, frozenset({int(period[:4])}), said)


def missing_months(facts: Facts) -> list[tuple[str, str]]:
    """(table, month) of the months without a line between two months that have enough."""
    fewest, found = catalogue().threshold.fewest_lines.value, []
    for table, group in groupby(facts.months, attrgetter("table")):
        lines = {_number(one.month): one.lines for one in group}
        full = {month for month, count in lines.items() if count >= fewest}
        found += [(table, _name(month + 1)) for month in sorted(full) if month + 1 not in lines and month + 2 in full]
    return found


def _number(month: str) -> int:
    year, _, number = month.partition("-")
    return 12 * int(year) + int(number) - 1


def _name(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"


def days_of(month: str) -> tuple[int, int]:
    """First and last day of a month."""
    start, end = (dates.to_day(date.fromisoformat(f"{name}-01")) for name in (month, _name(_number(month) + 1)))
    return start, end - 1


def without(period: tuple[int, int], holes: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of a period of days without those of some months, in order."""
    left, (start, end) = [], period
    for first, last in sorted(holes):
        if first > end or last < start:
            continue
        left += [(start, first - 1)] * (start < first)
        start = last + 1
    return [*left, (start, end)] if start <= end else left


def stretches(holes: Mapping[int, Iterable[tuple[int, int]]]) -> list[dict[str, int]]:
    """By kind of care, the days that are left of all days: rows of care, from_day, to_day."""
    always = (-dates.OPEN_END, dates.OPEN_END)
    return [
        {"care": care, "from_day": first, "to_day": last}
        for care, gone in holes.items()
        for first, last in without(always, gone)
    ]
