"""Pay lines -> the tables of the page: by part, by line, side by side. Sums in cents, to the cent."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from calculators.forfait.pay import total_cents as total
from calculators.forfait.version import PARTS, Version
from dashboard import wording

__all__ = ["by_line", "by_part", "compared", "exported", "printed", "side_by_side", "total"]


def by_part(lines: pa.Table) -> dict[str, int]:
    """Cents of each part, in the usual order."""
    sums: dict[str, int] = defaultdict(int)
    for part, cents in zip(lines["part"].to_pylist(), lines["amount_cents"].to_pylist(), strict=True):
        sums[part] += cents
    return {part: sums[part] for part in PARTS if part in sums}


def by_line(lines: pa.Table, version: Version, indicators: Mapping[str, str]) -> pa.Table:
    """One row per line and unit amount: part, line, label, patients (null for a doctor-level line), unit_cents,
    amount_cents, basis. The order is that of the version file; `indicators` names the prevention lines."""
    found: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for row in lines.to_pylist():
        alone = row["patient_id"] is None
        key = (
            row["part"],
            row["line"],
            indicators.get(row["line"], row["label"]),
            alone,
            row["amount_cents"],
            row["basis"],
        )
        found[key][0] += 1
        found[key][1] += row["amount_cents"]
    order = {name: place for place, name in enumerate([*version.socle, *version.majoration])}
    keys = sorted(found, key=lambda key: (PARTS.index(key[0]), order.get(key[1], 99), key[1], -key[4]))
    return pa.Table.from_pylist(
        [
            {
                "part": part, "line": line, "label": label, "patients": None if alone else found[key][0],
                "unit_cents": unit, "amount_cents": found[key][1], "basis": basis,
            }
            for key in keys
            for part, line, label, alone, unit, basis in [key]
        ],
        schema=BY_LINE,
    )  # fmt: skip


BY_LINE = pa.schema(
    [
        ("part", pa.string()), ("line", pa.string()), ("label", pa.string()), ("patients", pa.int64()),
        ("unit_cents", pa.int64()), ("amount_cents", pa.int64()), ("basis", pa.string()),
    ]
)  # fmt: skip


def printed(table: pa.Table) -> dict[str, list[str]]:
    """The table to read, with its sum in the last row."""
    rows = table.to_pylist()
    return {
        "Part": [wording.PART[row["part"]] for row in rows] + ["**Total**"],
        "Ligne": [row["label"] for row in rows] + [""],
        "Patients": ["" if row["patients"] is None else wording.number(row["patients"]) for row in rows] + [""],
        "Montant": [wording.euros(row["unit_cents"], 2) for row in rows] + [""],
        "Somme": [wording.euros(row["amount_cents"], 2) for row in rows] + [f"**{_sum(rows)}**"],
        "Source": [wording.BASIS[row["basis"]] for row in rows] + [""],
    }


def _sum(rows: list[dict[str, Any]]) -> str:
    return wording.euros(sum(row["amount_cents"] for row in rows), 2)


def exported(table: pa.Table, doctor: str, year: int, version: Version) -> pa.Table:
    """The same for a spreadsheet: euros as numbers, with whose, which year and which agreement."""
    rows = [
        {
            "Médecin": doctor, "Année": year, "Accord": version.label, "Part": wording.PART[row["part"]],
            "Ligne": row["label"], "Patients": row["patients"], "Montant (€)": row["unit_cents"] / 100,
            "Somme (€)": row["amount_cents"] / 100, "Source": wording.BASIS[row["basis"]],
        }
        for row in table.to_pylist()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def compared(lines: Mapping[str, pa.Table]) -> pa.Table:
    """Euros of each part under each agreement: version, part, rank, euros."""
    return pa.Table.from_pylist(
        [
            {"version": name, "part": wording.PART[part], "rank": PARTS.index(part), "euros": cents / 100}
            for name, table in lines.items()
            for part, cents in by_part(table).items()
        ]
    )


def side_by_side(lines: Mapping[str, pa.Table]) -> dict[str, list[str]]:
    """The same as a table to read, with the total."""
    sums = {name: by_part(table) for name, table in lines.items()}
    parts = [part for part in PARTS if any(part in one for one in sums.values())]
    columns = {wording.PART[part]: [_or_dash(one, part) for one in sums.values()] for part in parts}
    totals = [f"**{wording.euros(sum(one.values()), 2)}**" for one in sums.values()]
    return {"Accord": list(sums)} | columns | {"Total": totals}


def _or_dash(sums: dict[str, int], part: str) -> str:
    return wording.euros(sums[part], 2) if part in sums else "–"
