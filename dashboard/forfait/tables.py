"""Pay lines -> the tables of the page: by part, by line, by month, side by side. Sums in cents, to the cent."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from calculators import french
from calculators.forfait.compare import across
from calculators.forfait.pay import lines_by_part, payment_calendar
from calculators.forfait.version import PARTS, Version
from dashboard.forfait.in_words import LEVELS
from dashboard.words import labels, pay_lines


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
        "Part": [labels.PART[row["part"]] for row in rows] + ["**Total**"],
        "Ligne": [row["label"] for row in rows] + [""],
        "Patients": ["" if row["patients"] is None else french.number(row["patients"]) for row in rows] + [""],
        "Montant": [french.euros(row["unit_cents"], 2) for row in rows] + [""],
        "Somme": [french.euros(row["amount_cents"], 2) for row in rows] + [f"**{_sum(rows)}**"],
        "Source": [labels.BASIS[row["basis"]] for row in rows] + [""],
    }


def _sum(rows: list[dict[str, Any]]) -> str:
    return french.euros(sum(row["amount_cents"] for row in rows), 2)


def exported(table: pa.Table, doctor: str, year: int, version: Version) -> pa.Table:
    """The same for a spreadsheet: euros as numbers, with whose, which year and which agreement."""
    rows = [
        {
            "Médecin": doctor, "Année": year, "Accord": version.label, "Part": labels.PART[row["part"]],
            "Ligne": row["label"], "Patients": row["patients"], "Montant (€)": row["unit_cents"] / 100,
            "Somme (€)": row["amount_cents"] / 100, "Source": labels.BASIS[row["basis"]],
        }
        for row in table.to_pylist()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def side_by_side(lines: Mapping[str, pa.Table]) -> dict[str, list[str]]:
    """The same as a table to read, with the total."""
    sums = {name: lines_by_part(table) for name, table in lines.items()}
    parts = [part for part in PARTS if any(part in one for one in sums.values())]
    columns = {labels.PART[part]: [_or_dash(one, part) for one in sums.values()] for part in parts}
    totals = [f"**{french.euros(sum(one.values()), 2)}**" for one in sums.values()]
    return {"Accord": list(sums)} | columns | {"Total": totals}


def _or_dash(sums: dict[str, int], part: str) -> str:
    return french.euros(sums[part], 2) if part in sums else "–"


def range_of(total: int, levels: pa.Table) -> dict[str, int]:
    """Total of the year under each assumption on the indicators; an indicator without a published rate keeps its own."""
    rows = levels.to_pylist()
    today = sum(row["today_cents"] for row in rows)
    return {
        name: total - today + sum(row["today_cents"] if row[name] is None else row[name] for row in rows)
        for name in LEVELS
    }


def range_table(totals: Mapping[str, int], prevention: Mapping[str, int]) -> dict[str, list[str]]:
    """The three assumptions: what prevention and the whole year are worth."""
    return {
        "Hypothèse": [LEVELS[name].capitalize() for name in totals],
        "Prévention": [french.euros(prevention[name]) for name in totals],
        "Total de l’année": [french.euros(cents) for cents in totals.values()],
    }


def waterfall(parts: Mapping[str, int]) -> pa.Table:
    """Rows of charts.waterfall: each part on top of those before, then the total."""
    rows, height = [], 0
    for part, cents in parts.items():
        side = "s’ajoute" if cents >= 0 else "se retire"
        rows.append(_bar(labels.PART[part], height, height + cents, side))
        height += cents
    return pa.Table.from_pylist([*rows, _bar("Total", 0, height, "total")])


def _bar(label: str, start: int, end: int, side: str) -> dict[str, Any]:
    return {"label": label, "start": start / 100, "end": end / 100, "euros": (end - start) / 100, "side": side}


def months(lines: pa.Table, version: Version) -> pa.Table:
    """Rows of charts.months, in order of payment."""
    found = payment_calendar(lines, version).to_pylist()
    return pa.Table.from_pylist(
        [
            {
                "month": french.month(row["due_on"]), "part": labels.PART[row["part"]],
                "part_rank": PARTS.index(row["part"]), "euros": row["amount_cents"] / 100,
            }
            for row in sorted(found, key=lambda row: (row["due_on"], PARTS.index(row["part"])))
        ]
    )  # fmt: skip


def moved(before: pa.Table, after: pa.Table, versions: tuple[Version, Version], names: Mapping[str, str]) -> pa.Table:
    """Lines that differ between two sets of pay lines of one doctor, in words and euros, sums to the cent."""
    found = across({"before": before, "after": after}).to_pylist()
    then = [row for row in found if row["version"] == "after" and row["difference_cents"]]
    then.sort(key=lambda row: pay_lines.line_place(row["part"], row["line"], versions[1]))
    first = {(row["part"], row["line"]): row for row in found if row["version"] == "before"}
    rows = [
        pay_lines.line_in_words(
            {
                "part": row["part"],
                "line": row["line"],
                "patients_before": first.get((row["part"], row["line"]), {}).get("patients"),
                "patients_after": row["patients"],
                "before_cents": row["amount_cents"] - row["difference_cents"],
                "after_cents": row["amount_cents"],
            },
            *versions,
            names,
        )
        for row in then
    ]
    return pa.Table.from_pylist(rows)


def tornado(rows: pa.Table) -> pa.Table:
    """Rows of charts.moves, those that move nothing left out."""
    return pa.Table.from_pylist(
        [
            {"label": row["label"], "default": row["default"], "alternative": row["alternative"],
             "euros": row["amount_cents"] / 100, "side": "s’ajoute" if row["amount_cents"] > 0 else "se retire"}
            for row in rows.to_pylist()
            if row["amount_cents"]
        ]
    )  # fmt: skip


def open_points(rows: pa.Table) -> dict[str, list[str]]:
    """Every open point: what is done, what else could be, what it moves."""
    found = rows.to_pylist()
    return {
        "Point ouvert": [row["label"] for row in found],
        "Retenu (hypothèse)": [row["default"] for row in found],
        "Autre lecture": [row["alternative"] for row in found],
        "Ce qu’elle change": [french.signed_euros(row["amount_cents"], 2) for row in found],
    }


def points(levels: pa.Table, labels: Mapping[str, str]) -> pa.Table:
    """One row per indicator: rate of this list, and what one more point, the national rate and the target are worth."""
    return pa.Table.from_pylist(
        [
            {
                "Indicateur": labels.get(row["indicator"], row["indicator"]),
                "Patients concernés": row["eligible"],
                "Taux de cette liste (%)": round(100 * row["validated"] / row["eligible"], 1)
                if row["eligible"]
                else None,
                "Aujourd’hui (€)": row["today_cents"] / 100,
                "Au taux national (€)": _euros(row["national_cents"]),
                "À la cible (€)": _euros(row["target_cents"]),
                "Un point de plus (€)": row["point_cents"] / 100,
            }
            for row in levels.to_pylist()
        ]
    )


def printed_points(table: pa.Table) -> dict[str, list[str]]:
    """The same as text."""
    rows = table.to_pylist()
    kinds = {
        name: french.number if name == "Patients concernés" else _decimals(name) for name in table.column_names[1:]
    }
    return {"Indicateur": [row["Indicateur"] for row in rows]} | {
        name: ["–" if row[name] is None else say(row[name]) for row in rows] for name, say in kinds.items()
    }


def _decimals(name: str) -> Callable[[float], str]:
    return lambda value: french.number(value, 1 if "(%)" in name else 2)


def _euros(cents: int | None) -> float | None:
    return None if cents is None else cents / 100
