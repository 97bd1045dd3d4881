"""What comes of a scenario: two priced populations, their difference by doctor, by part, by line."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.compute as pc

from calculators.forfait import compare
from calculators.forfait.compare import Beside, Distribution, LineChange
from calculators.forfait.country import Scale, scales
from calculators.forfait.population import Population, Priced, as_counted, price, reading
from calculators.forfait.shares import losing_beyond
from calculators.forfait.version import Change, Version
from dashboard.words.pay_lines import line_place


@dataclass(frozen=True)
class Told:
    """How national figures are told: beyond how many cents a year a doctor loses, and whom the amounts are for."""

    beyond_cents: int
    scale: Scale


def told_at_first() -> Told:
    """Until the user chooses otherwise."""
    return Told(losing_beyond(), scales()[0])


@dataclass(frozen=True)
class Outcome:
    """Two priced populations, and how they are told."""

    before: Priced
    after: Priced
    told: Told
    with_means: bool = True

    @property
    def counted(self) -> str:
        """What the amounts hold, to end a sentence."""
        beside = "ROSP, forfait structure et DONUM"
        return f"{beside} compris" if self.with_means else f"sans {beside}"

    @property
    def spread(self) -> Distribution:
        return compare.distribution(self.before, self.after, self.told.beyond_cents)

    @property
    def beside(self) -> Beside:
        """What the second costs and how far it is from the first, with the intervals."""
        return compare.beside(self.before, self.after, self.told.beyond_cents)

    def of_all(self, cents: float) -> float:
        """An amount of the population for the doctors it is told for: paid on average as those of the population."""
        doctors = int(self.before.population.weight.sum())
        return cents * self.told.scale.doctors / doctors if doctors else 0.0


def outcome(people: Population, before: Version, after: Version, with_means: bool, told: Told) -> Outcome | None:
    """Both versions on a population, on the list of the advances where that is the one counted; None when one of them reads
    lists otherwise."""
    versions = [as_counted(version, people) for version in (before, after)]
    if any(reading(version) != people.reading for version in versions):
        return None
    first, second = (price(people, version, with_means=with_means) for version in versions)
    return Outcome(first, second, told, with_means)


def to_envelope(people: Population, version: Version, target_cents: int, with_means: bool) -> dict[str, Change]:
    """Factors of base, C2S and prevention that make the version cost the target, means unchanged."""
    version = as_counted(version, people)
    beside = price(people, version, with_means=with_means).cost_cents - price(people, version).cost_cents
    scaled = compare.scale_to_cost(people, version, max(target_cents - beside, 0))
    return {f"scale.{part}": float(getattr(scaled.scale, part)) for part in ("socle", "c2s", "prevention")}


@dataclass(frozen=True)
class Practice:
    """A doctor under both versions."""

    doctor: str
    name: str
    before_cents: int
    after_cents: int

    @property
    def gap_cents(self) -> int:
        return self.after_cents - self.before_cents


def practices(before: Priced, after: Priced, names: Mapping[str, str]) -> list[Practice]:
    """Each doctor of both populations, by id."""
    now, then = (
        dict(zip(priced.population.doctors.doctor_id.tolist(), priced.totals.tolist(), strict=True))
        for priced in (before, after)
    )
    return [Practice(one, names.get(one, one), now.get(one, 0), then.get(one, 0)) for one in sorted({*now, *then})]


def lines_of(before: Priced, after: Priced, doctor: str) -> list[LineChange]:
    """Lines of one doctor that differ, in the order of the agreement."""
    held = [_lines_of(priced, doctor) for priced in (before, after)]
    keys = sorted({*held[0], *held[1]}, key=lambda key: line_place(key[0], key[1], after.version))
    found = [
        LineChange(*key, then_patients, now_patients, then, now)
        for key in keys
        for (then_patients, then), (now_patients, now) in [[lines.get(key, (0, 0)) for lines in held]]
    ]
    return [one for one in found if one.gap_cents]


def _lines_of(priced: Priced, doctor: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Patients and cents of a doctor's lines."""
    table = priced.table()
    mine = table.filter(pc.equal(table["doctor_id"], doctor))
    columns = (mine[name].to_pylist() for name in ("part", "line", "patients", "amount_cents"))
    return {(part, line): (patients, cents) for part, line, patients, cents in zip(*columns, strict=True)}
