"""Lines of the pay in words and euros, for the forfait and for the scenarios."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from calculators import french
from calculators.forfait.compare import LineChange
from calculators.forfait.terms import PARTS
from calculators.forfait.version import Version
from dashboard.words import labels

ADDED, TAKEN, TOTAL = "s’ajoute", "se retire", "total"
"""What the legends of the pay call a bar."""


def side(cents: float) -> str:
    """Is it added or taken off?"""
    return ADDED if cents >= 0 else TAKEN


def line_place(part: str, line: str, version: Version) -> tuple[int, int, str]:
    """Order of the lines: parts, then as in the version's file."""
    keys = [*version.socle, *version.majoration]
    return PARTS.index(part), keys.index(line) if line in keys else len(keys), line


@dataclass(frozen=True)
class NamedLine:
    """A line before and after, named; patients are null for a line of the doctor himself."""

    part: str
    label: str
    patients_before: int | None
    patients_after: int | None
    before_cents: int
    after_cents: int

    @property
    def gap_cents(self) -> int:
        return self.after_cents - self.before_cents


def named(one: LineChange, before: Version, after: Version, indicators: Mapping[str, str]) -> NamedLine:
    """The line in the words of the set or of its version."""
    label = line_label(one.part, one.line, after) or line_label(one.part, one.line, before)
    return NamedLine(
        one.part,
        indicators.get(one.line) or label or labels.PART[one.part],
        one.patients_before or None,
        one.patients_after or None,
        one.before_cents,
        one.after_cents,
    )


def exported(lines: Sequence[NamedLine]) -> pa.Table:
    """For a spreadsheet: words and euros."""
    return pa.Table.from_pylist(
        [
            {
                "Part": labels.PART[one.part], "Ligne": one.label,
                "Patients avant": one.patients_before, "Patients après": one.patients_after,
                "Avant (€)": one.before_cents / 100, "Après (€)": one.after_cents / 100, "Écart (€)": one.gap_cents / 100,
            }
            for one in lines
        ],
        schema=EXPORTED,
    )  # fmt: skip


EXPORTED = pa.schema(
    [
        ("Part", pa.string()), ("Ligne", pa.string()), ("Patients avant", pa.int64()), ("Patients après", pa.int64()),
        ("Avant (€)", pa.float64()), ("Après (€)", pa.float64()), ("Écart (€)", pa.float64()),
    ]
)  # fmt: skip


def line_label(part: str, line: str, version: Version) -> str | None:
    """A line in the words of its version."""
    means: dict[str, Any] = {str(key): mean for key, mean in version.means.items()}
    held: dict[str, Mapping[str, Any]] = {
        "socle": version.socle,
        "majoration": version.majoration,
        "aide": version.aide,
        "c2s": {"par_patient": version.c2s.par_patient, "au_dela_du_seuil": version.c2s.au_dela_du_seuil},
        "rosp": means,
        "structure": means,
        "donum": means,
    }
    found = held.get(part, {}).get(line)
    return found.label if found else None


def printed(lines: Sequence[NamedLine]) -> dict[str, list[str]]:
    """As text, the indicators on one line, with the total."""
    shown = [one for one in lines if one.part != "prevention"]
    if indicators := [one for one in lines if one.part == "prevention"]:
        place = next((n for n, one in enumerate(shown) if one.part in AFTER_PREVENTION), len(shown))
        shown.insert(place, _together(indicators))
    total = sum(one.gap_cents for one in shown)
    return {
        "Ligne": [one.label for one in shown] + ["**Total**"],
        "Patients": [_arrow(one.patients_before, one.patients_after) for one in shown] + [""],
        "Avant": [french.euros(one.before_cents, 2) for one in shown] + [""],
        "Après": [french.euros(one.after_cents, 2) for one in shown] + [""],
        "Écart": [*(french.signed_euros(one.gap_cents, 2) for one in shown), f"**{french.signed_euros(total, 2)}**"],
    }


AFTER_PREVENTION = PARTS[PARTS.index("prevention") + 1 :]


def _together(lines: Sequence[NamedLine]) -> NamedLine:
    """The lines of the indicators as one."""
    return NamedLine(
        lines[0].part,
        "indicateurs de prévention validés",
        sum(one.patients_before or 0 for one in lines) or None,
        sum(one.patients_after or 0 for one in lines) or None,
        sum(one.before_cents for one in lines),
        sum(one.after_cents for one in lines),
    )


def _arrow(before: int | None, after: int | None) -> str:
    """« 259 → 255 », one number when it did not change, nothing for a line of the doctor himself."""
    if before == after:
        return "" if before is None else french.number(before)
    return f"{french.NBSP}→{french.NBSP}".join(
        "0" if count is None else french.number(count) for count in (before, after)
    )


def bars(named: Mapping[str, Mapping[str, int]], doctors: int = 1) -> pa.Table:
    """Rows of `charts.by_part` from cents by part, by name: euros per doctor."""
    return pa.Table.from_pylist(
        [
            {"version": name, "part": labels.PART[part], "part_rank": PARTS.index(part), "euros": cents / 100 / doctors}
            for name, parts in named.items()
            for part, cents in parts.items()
        ]
    )
