"""The year's pay as pictures and sentences: range, waterfall, months, what moved, what each point is worth. Whole cents."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from calculators.forfait.compare import across
from calculators.forfait.pay import payment_calendar
from calculators.forfait.version import PARTS, Version
from dashboard import pay, scenarios, wording
from dashboard.charts import SHORT_MONTHS

LEVELS = {
    "today_cents": "vos taux d’aujourd’hui",
    "national_cents": "taux nationaux",
    "target_cents": "cibles",
}
"""Assumptions on the indicators: what they are called."""


def range_of(total: int, levels: pa.Table) -> dict[str, int]:
    """Total of the year under each assumption on the indicators; an indicator without a published rate keeps its own."""
    rows = levels.to_pylist()
    today = sum(row["today_cents"] for row in rows)
    return {
        name: total - today + sum(row["today_cents"] if row[name] is None else row[name] for row in rows)
        for name in LEVELS
    }


def range_in_words(totals: Mapping[str, int]) -> str:
    """« De … (taux nationaux) à … (cibles) », lowest first."""
    low, high = min(totals, key=lambda name: totals[name]), max(totals, key=lambda name: totals[name])
    return (
        f"Selon les indicateurs : de **{wording.euros(totals[low])}** ({LEVELS[low]}) à "
        f"**{wording.euros(totals[high])}** ({LEVELS[high]})."
    )


def range_table(totals: Mapping[str, int], prevention: Mapping[str, int]) -> dict[str, list[str]]:
    """The three assumptions: what prevention and the whole year are worth."""
    return {
        "Hypothèse": [LEVELS[name].capitalize() for name in totals],
        "Prévention": [wording.euros(prevention[name]) for name in totals],
        "Total de l’année": [wording.euros(cents) for cents in totals.values()],
    }


def waterfall(parts: Mapping[str, int]) -> pa.Table:
    """Rows of charts_forfait.waterfall: each part on top of those before, then the total."""
    rows, height = [], 0
    for part, cents in parts.items():
        side = "s’ajoute" if cents >= 0 else "se retire"
        rows.append(_bar(wording.PART[part], height, height + cents, side))
        height += cents
    return pa.Table.from_pylist([*rows, _bar("Total", 0, height, "total")])


def _bar(label: str, start: int, end: int, side: str) -> dict[str, Any]:
    return {"label": label, "start": start / 100, "end": end / 100, "euros": (end - start) / 100, "side": side}


def months(lines: pa.Table, version: Version) -> pa.Table:
    """Rows of charts_forfait.months, in order of payment."""
    found = payment_calendar(lines, version).to_pylist()
    return pa.Table.from_pylist(
        [
            {
                "month": month_name(row["due_on"]), "part": wording.PART[row["part"]],
                "part_rank": PARTS.index(row["part"]), "euros": row["amount_cents"] / 100,
            }
            for row in sorted(found, key=lambda row: (row["due_on"], PARTS.index(row["part"])))
        ]
    )  # fmt: skip


def month_name(when: date) -> str:
    """« avr. 2026 », « oct. 2026 »."""
    return f"{SHORT_MONTHS[when.month - 1]} {when.year}"


def months_in_words(rows: pa.Table) -> str:
    """First month, largest month."""
    sums: dict[str, float] = {}
    for row in rows.to_pylist():
        sums[row["month"]] = sums.get(row["month"], 0) + row["euros"]
    if not sums:
        return "Rien n’est payé."
    largest = max(sums, key=lambda month: sums[month])
    return (
        f"Payé en {wording.count(len(sums), 'fois', 'fois')}, à partir de {next(iter(sums))} ; le plus en {largest} "
        f"({wording.euros(round(100 * sums[largest]))})."
    )


def moved(before: pa.Table, after: pa.Table, versions: tuple[Version, Version], names: Mapping[str, str]) -> pa.Table:
    """Lines that differ between two sets of pay lines of one doctor, in words and euros, sums to the cent."""
    found = across({"before": before, "after": after}).to_pylist()
    then = [row for row in found if row["version"] == "after" and row["difference_cents"]]
    then.sort(key=lambda row: scenarios.line_place(row["part"], row["line"], versions[1]))
    first = {(row["part"], row["line"]): row for row in found if row["version"] == "before"}
    rows = [
        scenarios.line_in_words(
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
    """Rows of charts_forfait.moves, those that move nothing left out."""
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
        "Ce qu’elle change": [scenarios.signed(row["amount_cents"]) for row in found],
    }


def tornado_in_words(rows: pa.Table) -> str:
    """The reading that moves the result most."""
    found = rows.to_pylist()
    if not found or not found[0]["amount_cents"]:
        return "Aucune autre lecture ne change le total de cette liste."
    first = found[0]
    return (
        f"Ce qui pèse le plus : **{wording.lower_first(first['label'])}** "
        f"({wording.signed_euros(first['amount_cents'])} si : {wording.lower_first(first['alternative'])})."
    )


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
        name: wording.number if name == "Patients concernés" else _decimals(name) for name in table.column_names[1:]
    }
    return {"Indicateur": [row["Indicateur"] for row in rows]} | {
        name: ["–" if row[name] is None else say(row[name]) for row in rows] for name, say in kinds.items()
    }


def _decimals(name: str) -> Callable[[float], str]:
    return lambda value: wording.number(value, 1 if "(%)" in name else 2)


def points_in_words(levels: pa.Table, labels: Mapping[str, str]) -> str:
    """The indicator of which one more point is worth most here."""
    rows: Sequence[Mapping[str, Any]] = [row for row in levels.to_pylist() if row["eligible"]]
    if not rows:
        return "Aucun patient de cette liste n’est concerné par un indicateur."
    most = max(rows, key=lambda row: row["point_cents"])
    return (
        f"Un point de plus (1{wording.THIN}% des patients concernés) vaut le plus pour "
        f"**{wording.lower_first(labels.get(most['indicator'], most['indicator']))}** : "
        f"{wording.euros(most['point_cents'], 2)} par an."
    )


def unseen_in_words(rows: pa.Table | None) -> str:
    """Patients soon no longer counted as seen, how many before the next list, what they are worth."""
    if rows is None:
        return "Les données ne disent pas qui n’a pas été vu depuis 20 mois : les actes ne couvrent pas la période."
    found = rows.to_pylist()
    patients, cents = sum(row["patients"] for row in found), sum(row["amount_cents"] for row in found if row["paid"])
    if not patients:
        return "Aucun patient de la liste n’est sans contact depuis 20 à 24 mois."
    when = ", ".join(f"{month_name(row['falls_on'])} : {row['patients']}" for row in found)
    worth = f"S’ils ne reviennent pas avant la prochaine liste, l’année suivante perd {wording.euros(cents)}" if cents else (
        "Cet accord paie autant un patient non vu : rien n’en dépend"
    )  # fmt: skip
    return (
        f"**{wording.count(patients, 'patient')}** sans contact depuis 20 à 24 mois ; passeront en « non vu » : {when}. "
        f"{worth} (hors majorations et prévention). Leur liste est sur la page Prévention : montrez tous les patients, "
        "puis, dans « Autres filtres », ceux que vous n’avez pas vus depuis 20 à 24 mois."
    )


def _euros(cents: int | None) -> float | None:
    return None if cents is None else cents / 100


def totals_in_words(lines: Mapping[str, pa.Table], mine: str) -> str:
    """Where the agreement chosen stands among the others."""
    totals = {name: pay.total(table) for name, table in lines.items()}
    low, high = min(totals, key=lambda name: totals[name]), max(totals, key=lambda name: totals[name])
    return (
        f"**{mine}** : {wording.euros(totals[mine])}. De {wording.euros(totals[low])} ({low}) à "
        f"{wording.euros(totals[high])} ({high}), tout compris."
    )
