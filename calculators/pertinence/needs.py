"""Can a measure be computed from this source at all? The table, the column or the days that it lacks, when it cannot."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from calculators import dates
from calculators.french import short_day
from calculators.pertinence.codes import CodeList
from calculators.pertinence.measure import Counted, Measure
from calculators.pertinence.rule_tables import Rules
from calculators.records.folder import Source as Domain
from calculators.records.store import Store

NOT_KNOWN = {
    "deliveries": "les délivrances ne sont pas connues", "acts": "les actes ne sont pas connus",
    "stays": "les séjours ne sont pas connus", "sick_leaves": "les arrêts de travail ne sont pas connus",
}  # fmt: skip
PRESCRIBER = "acts.prescriber_id"
BOARD = ("deliveries", "acts")


class Reason(StrEnum):
    """In the order in which they are looked for: up to NOBODY there is no rate, up to NOTHING_EXPECTED no ratio, after it no
    verdict."""

    NOT_RECORDED = "not_recorded"
    NEVER_RECORDED = "never_recorded"
    NOT_COVERED = "not_covered"
    NO_AMOUNT = "no_amount"
    NOBODY = "nobody"
    UNPRICED_LINES = "unpriced_lines"
    RAW_RATE = "raw_rate"
    NO_REFERENCE = "no_reference"
    OTHER_DEFINITION = "other_definition"
    UNKNOWN_RIGHTS = "unknown_rights"
    SELF_ONLY = "self_only"
    MISSING_STRATA = "missing_strata"
    NOTHING_EXPECTED = "nothing_expected"
    TOO_FEW = "too_few"
    LOW_RELIABILITY = "low_reliability"


@dataclass(frozen=True)
class Why:
    """A reason, in a French sentence."""

    code: Reason
    said: str


def needed(measure: Measure) -> tuple[str, ...]:
    """Tables (`acts`) and columns (`drugs.role`) without which nothing can be said, in the order of the record."""
    found: dict[str, None] = dict.fromkeys(
        source for source in ("deliveries", "acts", "stays") if source in measure.sources
    )
    for counted in measure.counts:
        found |= dict.fromkeys(_needed_to_count(measure, counted))
    for one in measure.lists.values():
        if one.role:
            found |= dict.fromkeys(["drugs.group", "drugs.role"])
        found |= dict.fromkeys(["drugs.device"] if one.device else [])
        found |= dict.fromkeys(["stays.kind"] if one.stay_kind else [])
        found |= dict.fromkeys(["devices"] if one.device_kind and not any(one.acts()) else [])
    if measure.denominator.seen:
        found |= dict.fromkeys(["acts", "acts.performer_id"])
    if _asks_for_ald(measure):
        found["ald"] = None
    return tuple(found)


def _asks_for_ald(measure: Measure) -> bool:
    asked = measure.denominator
    return asked.ald is not None or any(
        one.without_ald or one.outside_related or one.alds_in_table for one in measure.counts
    )


def _needed_to_count(measure: Measure, counted: Counted) -> Iterator[str]:
    sources = {measure.lists[name].source for name in counted.codes}
    if counted.leaves:
        yield from ("sick_leaves", *(["sick_leaves.prescriber_id"] if measure.by_whom(counted) == "own" else []))
    if counted.board:
        yield from BOARD
    if "deliveries" in sources and measure.by_whom(counted) == "own":
        yield "deliveries.prescriber_id"
    if counted.by_exemption:
        yield "deliveries.exo"
    if counted.amount == "base_cents":
        yield from (f"{source}.base_cents" for source in ("deliveries", "acts") if source in sources)
    if counted.amount == "units" and "deliveries" in sources:
        yield "drugs.pack_units"


def prescribers_known(store: Store) -> bool:
    """Do the acts say who prescribed them?"""
    return not store.lacking("acts", PRESCRIBER)


@dataclass(frozen=True)
class Met:
    """What the whole records have at least once: codes of acts (system, code), kinds of devices."""

    codes: frozenset[tuple[str, str]]
    kinds: frozenset[str]

    def has(self, one: CodeList) -> bool:
        return not self.codes.isdisjoint(one.acts()) or not self.kinds.isdisjoint(one.device_kind)


def met(store: Store, measures: Iterable[Measure]) -> Met | None:
    """What is met; None where no measure looks at acts."""
    if not any(_of_acts(one) for one in measures):
        return None
    rows = (
        store.engine()
        .fetch(
            "select k.system, k.code, d.kind from act_keys k left join devices d on d.code = k.code and k.system = 'lpp'"
        )
        .to_pylist()
    )
    kinds = frozenset(row["kind"] for row in rows if row["kind"] is not None)
    return Met(frozenset((row["system"], row["code"]) for row in rows), kinds)


def problems(store: Store, rules: Rules, met: Met | None = None) -> dict[str, Why]:
    """Measures of which nothing can be said in the year, and why. `met`: what the records have, when these are all of them,
    so that an act which is nowhere is likely not recorded."""
    return {one.id: why for place, one in enumerate(rules.measures) if (why := _problem(store, rules, place, one, met))}


def _problem(store: Store, rules: Rules, place: int, one: Measure, met: Met | None) -> Why | None:
    if lacking := store.lacking(*needed(one)):
        return Why(Reason.NOT_RECORDED, f"Non calculable : {lacking[0]}.")
    if met is not None and _of_acts(one) and not any(met.has(each) for each in _counted_lists(one)):
        return Why(
            Reason.NEVER_RECORDED,
            "Non calculable : aucun acte de ces codes dans tout le dossier, sans doute n’y sont-ils pas enregistrés.",
        )
    for source, since in _days_needed(rules, place, one):
        if why := _uncovered(store, source, since, rules):
            return why
    return None


def _of_acts(one: Measure) -> bool:
    return "acts" in {one.lists[name].source for each in one.counts for name in each.codes}


def _counted_lists(one: Measure) -> Iterator[CodeList]:
    return (one.lists[name] for each in one.counts for name in each.codes)


def _days_needed(rules: Rules, place: int, one: Measure) -> Iterator[tuple[str, int]]:
    for source in ("deliveries", "acts", "stays"):
        if (since := rules.needed_from(place, source)) is not None:
            yield source, since
    if any(counted.leaves for counted in one.counts):
        yield "sick_leaves", rules.first


def _uncovered(store: Store, source: str, since: int, rules: Rules) -> Why | None:
    """Where coverage is said patient by patient, each is looked at on his own."""
    if source in ("deliveries", "acts") and store.covers_by_patient:
        return None
    about = store.dataset
    domains: dict[str, Domain] = {"deliveries": "deliveries", "acts": "acts", "stays": "stays"}
    if source in domains:
        stretches = store.covered(domains[source])
    else:
        stretches = [(dates.to_day(about.covers_from), dates.to_day(about.covers_to))]
    if any(first <= since and last >= rules.last for first, last in stretches):
        return None
    start, end = (short_day(dates.from_day(day)) for day in (since, rules.last))
    return Why(Reason.NOT_COVERED, f"Non calculable : {NOT_KNOWN[source]} du {start} au {end}.")
