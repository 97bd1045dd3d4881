"""What comes of a scenario: two priced populations, their difference by doctor, by part, by line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calculators.forfait import compare
from calculators.forfait.compare import Distribution
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


def practices(before: Priced, after: Priced, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """doctor, name, before, after, difference (cents) of each doctor of both populations, by doctor."""
    then = dict(zip(after.population.doctors.doctor_id.tolist(), after.totals.tolist(), strict=True))
    now = dict(zip(before.population.doctors.doctor_id.tolist(), before.totals.tolist(), strict=True))
    return [
        {
            "doctor": one, "name": names.get(one, one), "before": now.get(one, 0), "after": then.get(one, 0),
            "difference": then.get(one, 0) - now.get(one, 0),
        }
        for one in sorted({*now, *then})
    ]  # fmt: skip


def lines_of(before: Priced, after: Priced, doctor: str) -> list[dict[str, Any]]:
    """Lines of one doctor that differ: part, line, patients and cents before and after, difference."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for name, priced in (("before", before), ("after", after)):
        for row in priced.table().to_pylist():
            if row["doctor_id"] == doctor:
                key = (row["part"], row["line"])
                held = found.setdefault(key, {"part": key[0], "line": key[1], **EMPTY})
                held[f"patients_{name}"], held[f"{name}_cents"] = row["patients"], row["amount_cents"]
    rows = sorted(found.values(), key=lambda row: line_place(row["part"], row["line"], after.version))
    return [row for row in rows if row["before_cents"] != row["after_cents"]]


EMPTY = {"patients_before": 0, "patients_after": 0, "before_cents": 0, "after_cents": 0}
