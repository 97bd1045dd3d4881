"""An indicator beside a variant of it, on the same patients: who changes status, rates, and those of the other doctors.

A variant is a file that names the one it is a variant of (`variant_of`), or what another set words differently. Both are
judged alone, on the same day, each at the age of its set. A patient whom a wording does not concern has no row: he is not
eligible.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import pyarrow as pa

from calculators.prevention.indicator import Indicator, IndicatorSet
from calculators.prevention.rates import LEAST_PEERS

OUT = "not_eligible"
CONCERNED = ("up_to_date", "due", "unknown")
TOLD = (
    "id",
    "label",
    "reference",
    "state",
    "valid_from",
    "valid_to",
    "variant_of",
    "author",
    "endorsed",
    "endorsed_by",
    "evidence",
    "history",
    "sought_on",
    "refused",
    "national_rate",
    "example",
)
"""What two wordings may say otherwise without a patient being judged otherwise."""


@dataclass(frozen=True)
class Variant:
    """Two wordings, each with the set it is judged alone in."""

    original: Indicator
    variant: Indicator
    original_alone: IndicatorSet
    variant_alone: IndicatorSet


@dataclass(frozen=True)
class Counts:
    """Patients of one doctor under one wording. `rate`: percent of those whose answer is known; None without any."""

    up_to_date: int
    due: int
    unknown: int
    excluded: int

    @property
    def concerned(self) -> int:
        return self.up_to_date + self.due + self.unknown

    @property
    def rate(self) -> float | None:
        known = self.up_to_date + self.due
        return 100 * self.up_to_date / known if known else None


@dataclass(frozen=True)
class Move:
    """So many patients are in one status under the original and in another under the variant."""

    before: str
    after: str
    patients: int


@dataclass(frozen=True)
class Compared:
    """One doctor's list under both wordings. `peers`: median rate of the other doctors under each, None under five."""

    original: Counts
    variant: Counts
    moves: tuple[Move, ...]
    peers: tuple[float | None, float | None]


def variants_of(chosen: IndicatorSet, others: Sequence[IndicatorSet]) -> list[Variant]:
    """Variants of the indicators of a set: files added beside it, then what other sets word differently."""
    known = {one.id: one for one in chosen.own}
    named = [(one, chosen) for one in chosen.indicators if one.variant_of in known]
    worded = [
        (one, rules) for rules in others if rules.id != chosen.id for one in rules.own
        if one.id in known and differs(known[one.id], one)
    ]  # fmt: skip
    found = []
    for one, rules in [*named, *worded]:
        original = known[one.variant_of or one.id]
        found.append(Variant(original, one, _alone(chosen, original), _alone(rules, one)))
    return found


def differs(one: Indicator, other: Indicator) -> bool:
    """May a patient be judged otherwise?"""
    return one.model_dump(exclude=set(TOLD)) != other.model_dump(exclude=set(TOLD))


def compared(before: pa.Table, after: pa.Table, doctor: str) -> Compared:
    """From the verdicts (patient_id, doctor_id, status) of every doctor under both wordings."""
    one, other = _by_doctor(before), _by_doctor(after)
    mine = one.get(doctor, {}), other.get(doctor, {})
    moved = Counter(
        (mine[0].get(patient, OUT), mine[1].get(patient, OUT)) for patient in {*mine[0], *mine[1]}
    )  # fmt: skip
    moves = tuple(Move(*pair, moved[pair]) for pair in sorted(moved) if pair[0] != pair[1])
    peers = (_peers(one, doctor), _peers(other, doctor))
    return Compared(counts(mine[0]), counts(mine[1]), moves, peers)


def counts(held: Mapping[str, str]) -> Counts:
    """From the status of each patient."""
    many = Counter(held.values())
    return Counts(many["up_to_date"], many["due"], many["unknown"], many["excluded"])


def _alone(rules: IndicatorSet, one: Indicator) -> IndicatorSet:
    return rules.alone(one, f"{one.id}.toml")


def _by_doctor(verdicts: pa.Table) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    columns = (verdicts[name].to_pylist() for name in ("doctor_id", "patient_id", "status"))
    for doctor, patient, status in zip(*columns, strict=True):
        found.setdefault(doctor, {})[patient] = status
    return found


def _peers(held: Mapping[str, Mapping[str, str]], doctor: str) -> float | None:
    rates = [counts(mine).rate for name, mine in held.items() if name != doctor]
    known = [rate for rate in rates if rate is not None]
    return median(known) if len(known) >= LEAST_PEERS else None
