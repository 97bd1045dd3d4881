"""Lines of the pay in words and euros, for the forfait and for the scenarios."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from calculators import french
from calculators.forfait.version import PARTS, Version
from dashboard.words import labels


def line_place(part: str, line: str, version: Version) -> tuple[int, int, str]:
    """Order of the lines: parts, then as in the version's file."""
    keys = [*version.socle, *version.majoration]
    return PARTS.index(part), keys.index(line) if line in keys else len(keys), line


def line_in_words(
    row: Mapping[str, Any], before: Version, after: Version, indicators: Mapping[str, str]
) -> dict[str, Any]:
    """The same for a reader and a spreadsheet: words and euros."""
    label = line_label(row["part"], row["line"], after) or line_label(row["part"], row["line"], before)
    return {
        "Part": labels.PART[row["part"]],
        "Ligne": indicators.get(row["line"]) or label or labels.PART[row["part"]],
        "Patients avant": row["patients_before"] or None,
        "Patients après": row["patients_after"] or None,
        "Avant (€)": row["before_cents"] / 100,
        "Après (€)": row["after_cents"] / 100,
        "Écart (€)": (row["after_cents"] - row["before_cents"]) / 100,
    }


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


def printed_lines(table: pa.Table) -> dict[str, list[str]]:
    """A table of `line_in_words` as text, the indicators on one line, with its total."""
    rows = [row for row in table.to_pylist() if row["Part"] != labels.PART["prevention"]]
    indicators = [row for row in table.to_pylist() if row["Part"] == labels.PART["prevention"]]
    if indicators:
        place = next((n for n, row in enumerate(rows) if row["Part"] in AFTER_PREVENTION), len(rows))
        rows.insert(place, _together(indicators))
    total = sum(round(row["Écart (€)"] * 100) for row in rows)
    return {
        "Ligne": [row["Ligne"] for row in rows] + ["**Total**"],
        "Patients": [_arrow(row["Patients avant"], row["Patients après"]) for row in rows] + [""],
        "Avant": [french.euros(round(row["Avant (€)"] * 100), 2) for row in rows] + [""],
        "Après": [french.euros(round(row["Après (€)"] * 100), 2) for row in rows] + [""],
        "Écart": [
            *(french.signed_euros(round(row["Écart (€)"] * 100), 2) for row in rows),
            f"**{french.signed_euros(total, 2)}**",
        ],
    }


AFTER_PREVENTION = [labels.PART[part] for part in PARTS[PARTS.index("prevention") + 1 :]]


def _together(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The lines of the indicators as one."""
    names = ("Patients avant", "Patients après", "Avant (€)", "Après (€)", "Écart (€)")
    return {"Part": rows[0]["Part"], "Ligne": "indicateurs de prévention validés"} | {
        name: sum(row[name] or 0 for row in rows) or None for name in names[:2]
    } | {name: round(sum(round(row[name] * 100) for row in rows)) / 100 for name in names[2:]}  # fmt: skip


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
