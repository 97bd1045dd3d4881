"""Verdicts on what was said of the change: words and tables, with every reading they rest on."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

import pyarrow as pa

from calculators import french
from calculators.forfait.claims import DoctorPay, IndicatorRate, Pair, PartCost, Read, Row, Test, Tested, Unit, Verdict
from dashboard.words import labels

VERDICT: dict[Verdict, tuple[str, str]] = {
    "holds": (":material/check:", "Confirmé par ce calcul"),
    "depends": (":material/rule:", "Dépend de la lecture"),
    "fails": (":material/close:", "Non confirmé par ce calcul"),
    "untested": (":material/block:", "Rien à calculer ici"),
}
SIDE = {"within": "conforme", "above": "au-dessus", "below": "en dessous"}
RIGHTS = {"ald": "ALD", "c2s": "C2S"}


def range_in_words(tested: Tested) -> str:
    """From the lowest to the highest reading, what was announced, and on which side of it they fall."""
    if not tested.readings:
        return f"Aucune lecture ne peut être calculée ici ; annoncé : {tested.claim.announced}."
    low, high = (_figure(value, tested.claim.unit) for value in (tested.low, tested.high))
    said = f"**{low}**" if low == high else f"de **{low}** à **{high}** selon la lecture"
    return f"{tested.claim.measure} : {said} ; annoncé : {tested.claim.announced}. {_sides(tested.readings)}"


def _sides(reads: Sequence[Read]) -> str:
    held = {side: sum(read.side == side for read in reads) for side in SIDE}
    words = {"within": "conforme à l’annonce", "above": "au-dessus de l’annonce", "below": "en dessous de l’annonce"}
    said = [f"{words[side]} pour {_of(many, len(reads))}" for side, many in held.items() if many]
    text = french.listed(said)
    return f"{text[:1].upper()}{text[1:]}."


def _of(many: int, every: int) -> str:
    if many == every:
        return "la seule lecture" if every == 1 else f"les {every} lectures"
    return f"{french.count(many, 'lecture')} sur {every}"


def left_out_in_words(tested: Tested) -> str:
    """Readings that could not be computed; empty when all could."""
    if not tested.left_out:
        return ""
    return f"Non calculé pour cet accord ou cette population : {french.listed(tested.left_out)}."


def _figure(value: float, unit: Unit) -> str:
    """A mean of the country to two significant figures, no more than simulated doctors tell; small sums to the cent."""
    if unit == "change":
        return french.signed_percent(value, 1)
    if unit == "percent":
        return french.percent(value, 1)
    if abs(value) >= 10_000_00:
        return french.about_euros(value)
    return french.euros(value, 2 if abs(value) < 100_00 else 0)


def readings(tested: Tested) -> pa.Table:
    """Every reading, its figure and its side of the announcement; with a share, what it stands on."""
    return pa.Table.from_pylist([_reading(read, tested.claim.unit) for read in tested.readings])


def _reading(read: Read, unit: Unit) -> dict[str, object]:
    row: dict[str, object] = {"Lecture": read.reading.label, "Résultat": _figure(read.value, unit)}
    if (one := read.share) and one.low is not None and one.high is not None:
        row["Intervalle à 95 %"] = f"{french.percent(one.low, 1)} à {french.percent(one.high, 1)}"
        row["Médecins simulés"] = one.simulated
    return {**row, "Face à l’annonce": SIDE[read.side]}


INDICATOR = "Indicateur"


def table(tested: Tested, names: Mapping[str, str]) -> pa.Table:
    """The rows behind the first reading, for a reader and a spreadsheet; empty when there are none. `names`: labels of the
    indicators."""
    rows = ROWS[tested.claim.test](tested.rows) if tested.rows else []
    named = [
        row | ({INDICATOR: names.get(str(row[INDICATOR]), row[INDICATOR])} if INDICATOR in row else {}) for row in rows
    ]
    return pa.Table.from_pylist(named)


def _pairs(rows: Sequence[Row]) -> list[dict[str, object]]:
    return [
        {
            "Patients": "vus" if row.seen else "non vus", "Âge": french.ages(row.from_age, row.to_age),
            "Avec ou sans": RIGHTS[row.right], "Autre droit": _other(row), "Avec (€)": french.whole(row.with_cents) / 100,
            "Sans (€)": french.whole(row.without_cents) / 100, "Écart (€)": french.whole(row.gap_cents) / 100,
        }
        for row in cast(Sequence[Pair], rows)
    ]  # fmt: skip


def _other(row: Pair) -> str:
    return f"{'avec' if row.other else 'sans'} {RIGHTS['c2s' if row.right == 'ald' else 'ald']}"


def _parts(rows: Sequence[Row]) -> list[dict[str, object]]:
    return [
        {"Part": labels.PART[row.part], "Avant (M€)": french.two_figures(row.before_cents / 1e8),
         "Après (M€)": french.two_figures(row.after_cents / 1e8)}
        for row in cast(Sequence[PartCost], rows)
    ]  # fmt: skip


def _rises(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Doctors by class of ten points of rise."""
    return _classes(rows, lambda one: one.before_cents and 100 * one.gap_cents // one.before_cents, 10, "Hausse", "%")


def _gaps(rows: Sequence[Row]) -> list[dict[str, object]]:
    return _classes(rows, lambda one: one.gap_cents // 100, 1_000, "Écart", "€")


def _pay(rows: Sequence[Row]) -> list[dict[str, object]]:
    return _classes(rows, lambda one: one.after_cents // 100, 5_000, "Payé", "€")


def _classes(
    rows: Sequence[Row], value: Callable[[DoctorPay], int], width: int, what: str, unit: str
) -> list[dict[str, object]]:
    """Doctors by class of a whole value, each with its weight."""
    held: dict[int, int] = {}
    for row in cast(Sequence[DoctorPay], rows):
        low = value(row) // width * width
        held[low] = held.get(low, 0) + row.doctors
    return [
        {f"{what} de ({unit})": low, f"à moins de ({unit})": low + width, "Médecins": held[low]} for low in sorted(held)
    ]


def _rates(rows: Sequence[Row]) -> list[dict[str, object]]:
    return [
        {INDICATOR: row.indicator, "Taux publié (%)": french.whole(100 * row.national),
         "Patients concernés": row.eligible, "Validés": row.validated}
        for row in cast(Sequence[IndicatorRate], rows)
    ]  # fmt: skip


ROWS: dict[Test, Callable[[Sequence[Row]], list[dict[str, object]]]] = {
    "complex_pays_more": _pairs, "no_saving": _parts, "average_rise": _rises, "mean_rate": _rates,
    "nobody_loses": _gaps, "mean_pay": _pay, "envelope_moved": _parts, "structure_lost": lambda rows: [],
}  # fmt: skip
