"""Pay lines -> the tables of the page: by part, by line, by month, side by side. Sums in cents, to the cent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from calculators import french
from calculators.forfait.compare import Across, LineChange
from calculators.forfait.instalments import Instalment
from calculators.forfait.pay import PayLine, State, lines_by_part
from calculators.forfait.sensitivity import Level, OpenReading
from calculators.forfait.terms import PARTS, Part
from calculators.forfait.version import Version
from calculators.rules import Basis
from dashboard.forfait.in_words import LEVELS, NATIONAL, STATE, TARGET, TODAY
from dashboard.words import labels, pay_lines


@dataclass(frozen=True)
class SummedLine:
    """Pay lines of one kind and one unit amount together; patients are null for a line of the doctor himself."""

    part: Part
    line: str
    label: str
    patients: int | None
    unit_cents: int
    amount_cents: int
    basis: Basis


def by_line(lines: Sequence[PayLine], version: Version, indicators: Mapping[str, str]) -> list[SummedLine]:
    """One per line and unit amount, in the order of the version file; `indicators` names the prevention lines."""
    counted = Counter(
        (one.part, one.line, indicators.get(one.line, one.label), one.patient_id is None, one.amount_cents, one.basis)
        for one in lines
    )
    order = {name: place for place, name in enumerate([*version.socle, *version.majoration])}
    keys = sorted(counted, key=lambda key: (PARTS.index(key[0]), order.get(key[1], 99), key[1], -key[4]))
    return [
        SummedLine(part, line, label, None if alone else counted[key], unit, unit * counted[key], basis)
        for key in keys
        for part, line, label, alone, unit, basis in [key]
    ]


def printed(lines: Sequence[SummedLine]) -> dict[str, list[str]]:
    """The table to read, with its sum in the last row."""
    total = french.euros(sum(one.amount_cents for one in lines), 2)
    return {
        "Part": [labels.PART[one.part] for one in lines] + ["**Total**"],
        "Ligne": [one.label for one in lines] + [""],
        "Patients": ["" if one.patients is None else french.number(one.patients) for one in lines] + [""],
        "Montant": [french.euros(one.unit_cents, 2) for one in lines] + [""],
        "Somme": [french.euros(one.amount_cents, 2) for one in lines] + [f"**{total}**"],
        "Source": [labels.BASIS[one.basis] for one in lines] + [""],
    }


def exported(lines: Sequence[SummedLine], doctor: str, year: int, version: Version, state: State) -> pa.Table:
    """The same for a spreadsheet: euros as numbers, with whose, which year, agreement and figure of the year."""
    return pa.Table.from_pylist(
        [
            {
                "Médecin": doctor, "Année": year, "Accord": version.label, "Part": labels.PART[one.part],
                "Ligne": one.label, "Patients": one.patients, "Montant (€)": one.unit_cents / 100,
                "Somme (€)": one.amount_cents / 100, "Source": labels.BASIS[one.basis], "Chiffre": STATE[state],
            }
            for one in lines
        ]
    )  # fmt: skip


def side_by_side(lines: Mapping[str, pa.Table]) -> dict[str, list[str]]:
    """The same as a table to read, with the total."""
    sums = {name: lines_by_part(table) for name, table in lines.items()}
    parts = [part for part in PARTS if any(part in one for one in sums.values())]
    columns = {labels.PART[part]: [_or_dash(one, part) for one in sums.values()] for part in parts}
    totals = [f"**{french.euros(sum(one.values()), 2)}**" for one in sums.values()]
    return {"Accord": list(sums)} | columns | {"Total": totals}


def _or_dash(sums: dict[str, int], part: str) -> str:
    return french.euros(sums[part], 2) if part in sums else "–"


def range_of(total: int, levels: Sequence[Level]) -> dict[str, int]:
    """Total of the year under each assumption on the indicators; an indicator without a published rate keeps its own."""
    today = sum(one.today_cents for one in levels)
    rest = total - today
    return {
        TODAY: total,
        NATIONAL: rest + sum(_known(one.national_cents, one) for one in levels),
        TARGET: rest + sum(_known(one.target_cents, one) for one in levels),
    }


def _known(cents: int | None, level: Level) -> int:
    return level.today_cents if cents is None else cents


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
        rows.append(_bar(labels.PART[part], height, height + cents, pay_lines.side(cents)))
        height += cents
    return pa.Table.from_pylist([*rows, _bar("Total", 0, height, pay_lines.TOTAL)])


def _bar(label: str, start: int, end: int, side: str) -> dict[str, object]:
    return {"label": label, "start": start / 100, "end": end / 100, "euros": (end - start) / 100, "side": side}


def months(instalments: Sequence[Instalment]) -> pa.Table:
    """Rows of charts.months, in order of payment."""
    return pa.Table.from_pylist(
        [
            {
                "month": french.month(one.due_on), "part": labels.PART[one.part], "part_rank": PARTS.index(one.part),
                "euros": one.amount_cents / 100,
            }
            for one in sorted(instalments, key=lambda one: (one.due_on, PARTS.index(one.part)))
        ]
    )  # fmt: skip


def moved(
    found: Sequence[Across], versions: tuple[Version, Version], indicators: Mapping[str, str]
) -> list[pay_lines.NamedLine]:
    """Lines that differ between two versions: rows of `across` over both, the earlier one first."""
    before, after = versions
    first = {(one.part, one.line): one for one in found if one.version == before.id}
    then = [one for one in found if one.version == after.id and one.difference_cents]
    changes = [
        LineChange(
            one.part, one.line, first[one.part, one.line].patients if (one.part, one.line) in first else None,
            one.patients, one.amount_cents - one.difference_cents, one.amount_cents,
        )
        for one in sorted(then, key=lambda one: pay_lines.line_place(one.part, one.line, after))
    ]  # fmt: skip
    return [pay_lines.named(one, before, after, indicators) for one in changes]


def tornado(readings: Sequence[OpenReading]) -> pa.Table:
    """Rows of charts.moves, those that move nothing left out."""
    return pa.Table.from_pylist(
        [
            {"label": one.label, "default": one.default, "alternative": one.alternative,
             "euros": one.amount_cents / 100, "side": pay_lines.side(one.amount_cents)}
            for one in readings
            if one.amount_cents
        ]
    )  # fmt: skip


def open_points(readings: Sequence[OpenReading]) -> dict[str, list[str]]:
    """Every open point: what is done, what else could be, what it moves."""
    return {
        "Point ouvert": [one.label for one in readings],
        "Retenu (hypothèse)": [one.default for one in readings],
        "Autre lecture": [one.alternative for one in readings],
        "Ce qu’elle change": [french.signed_euros(one.amount_cents, 2) for one in readings],
    }


def points(levels: Sequence[Level], names: Mapping[str, str]) -> pa.Table:
    """One row per indicator: rate of this list, and what one more point, the national rate and the target are worth."""
    return pa.Table.from_pylist(
        [
            {
                "Indicateur": names.get(one.indicator, one.indicator),
                "Patients concernés": one.eligible,
                "Déjà validés (%)": round(100 * one.validated / one.eligible, 1) if one.eligible else None,
                "Acquis (€)": one.today_cents / 100,
                "Au taux national (€)": _euros(one.national_cents),
                "À la cible (€)": _euros(one.target_cents),
                "Un point de plus (€)": one.point_cents / 100,
            }
            for one in levels
        ]
    )


def printed_points(table: pa.Table) -> dict[str, list[str]]:
    """The same as text."""
    decimals = {"Patients concernés": 0, "Déjà validés (%)": 1}
    return {
        name: [
            value if isinstance(value, str) else "–" if value is None else french.number(value, decimals.get(name, 2))
            for value in table[name].to_pylist()
        ]
        for name in table.column_names
    }


def _euros(cents: int | None) -> float | None:
    return None if cents is None else cents / 100
