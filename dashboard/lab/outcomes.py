"""What comes of a scenario: two priced populations, their difference by doctor, by part, by line."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.compute as pc

from calculators.forfait import compare
from calculators.forfait.compare import Distribution, LineChange
from calculators.forfait.population import Population, Priced, price, reading
from calculators.forfait.version import Change, Version
from dashboard.words.pay_lines import line_place


@dataclass(frozen=True)
class Outcome:
    """Two priced populations."""

    before: Priced
    after: Priced

    @property
    def spread(self) -> Distribution:
        return compare.distribution(self.before, self.after)


def outcome(people: Population, before: Version, after: Version, with_means: bool) -> Outcome | None:
    """Both versions on a population; None when one of them reads lists otherwise than they were counted."""
    if {reading(before), reading(after)} != {people.reading}:
        return None
    return Outcome(*(price(people, version, with_means=with_means) for version in (before, after)))


def to_envelope(people: Population, version: Version, target_cents: int, with_means: bool) -> dict[str, Change]:
    """Factors of base, C2S and prevention that make the version cost the target, means unchanged."""
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
