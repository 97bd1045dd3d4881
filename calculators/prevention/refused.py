"""Acts that an indicator looks at and refuses on purpose (`[[refused]]`): which one a patient has had, in the period of what
he lacks. Nothing is judged by it: it is said beside a verdict, where one would read that nothing was found."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from calculators import french
from calculators.dates import to_day
from calculators.prevention.assess import Verdict
from calculators.prevention.campaign import load_campaigns
from calculators.prevention.codes import code_of
from calculators.prevention.indicator import IndicatorSet, Refused
from calculators.prevention.rule_tables import RuleTables, period
from calculators.records.roster import Care, care_of
from calculators.records.store import Store

WEIGHED = ("due", "unknown")
"""Statuses of a patient who lacks something."""


@dataclass(frozen=True)
class Seen:
    """An act found that does not count."""

    label: str
    why: str
    on: date

    @property
    def said(self) -> str:
        """« mammographie du 21 mars 2026, hors dépistage organisé : ne compte pas »."""
        return f"{self.label} du {french.plain_day(self.on)}, {self.why} : ne compte pas"


def lines(store: Store, rules: IndicatorSet, as_of: date, patients: Sequence[str]) -> dict[str, list[Care]]:
    """What these patients had by a day that some indicator of the set refuses, by patient."""
    codes = {pair for one in rules.indicators for refusal in one.refused for pair in _codes(refusal, rules)}
    found: dict[str, list[Care]] = defaultdict(list)
    for row in care_of(store, patients, as_of, codes).to_pylist() if codes else ():
        found[row.pop("patient_id")].append(Care(**row))
    return found


def seen(
    rules: IndicatorSet,
    as_of: date,
    verdicts: Sequence[Verdict],
    births: Mapping[str, date],
    care: Mapping[str, Sequence[Care]],
) -> dict[tuple[str, str], Seen]:
    """The latest act refused of each row that lacks something, by patient and indicator; rows without one are left out.

    `births` of these patients, and `care`, their `lines`. What was taken back on its own day is not found.
    """
    tables = RuleTables(rules, as_of, load_campaigns())
    found: dict[tuple[str, str], Seen] = {}
    for row in verdicts:
        if row.status not in WEIGHED or row.population is None or not (lines := care.get(row.patient_id)):
            continue
        each = [
            Seen(refusal.label, refusal.why, day)
            for refusal, (first, last) in _looked_for(row, tables, births[row.patient_id])
            for day in _days(lines, refusal, rules)
            if first <= to_day(day) <= last
        ]
        if each:
            found[row.patient_id, row.indicator] = max(each, key=lambda one: one.on)
    return found


def _looked_for(row: Verdict, tables: RuleTables, birth: date) -> Iterator[tuple[Refused, tuple[int, int]]]:
    """Each refusal, with the period of each requirement not met that it could be taken for."""
    indicator = tables.rules.indicator(row.indicator)
    population = next(one for one in indicator.eligible if one.label == row.population)
    for need in indicator.requirements(population):
        if need.label in (row.missing or ()):
            yield from ((one, period(need, tables, birth)) for one in indicator.refused if one.stands_for(need))


def _days(lines: Sequence[Care], refusal: Refused, rules: IndicatorSet) -> list[date]:
    """Days of the acts of a refusal, net of reversals."""
    codes = list(_codes(refusal, rules))
    net: Counter[date] = Counter()
    for line in lines:
        if code_of(codes, line.system, line.code, line.cip13):
            net[line.date] += line.quantity
    return [day for day, quantity in net.items() if quantity > 0]


def _codes(refusal: Refused, rules: IndicatorSet) -> Iterator[tuple[str, str]]:
    for name in refusal.codes:
        yield from rules.codes[name].codes()
    if refusal.acts:
        yield from refusal.acts.codes()
