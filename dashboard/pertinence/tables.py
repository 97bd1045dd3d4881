"""The measures as they may leave for a group of peers."""

from collections.abc import Sequence

import pyarrow as pa

from calculators.masking import masked_list
from calculators.pertinence.measure import Measure
from calculators.pertinence.rates import MeasureRow

GROUP = pa.schema(
    [
        *((name, pa.string()) for name in ("Mesure", "Unité")),
        *((name, pa.int64()) for name in ("Patients", "Patients comptés")),
        *((name, pa.float64()) for name in ("Dénominateur", "Numérateur", "Taux", "Ratio")),
    ]
)
CENTS = 100


def for_the_group(found: Sequence[tuple[MeasureRow, Measure]]) -> pa.Table:
    """Columns of GROUP (amounts in euros), of the measures that have a figure, without a number of 1 to 10 patients nor one
    that lets it be found: null. What is counted of so few patients, or of all but so few, goes with them."""
    rows = [_row(row, measure) for row, measure in found if row.rate is not None]
    return pa.Table.from_pylist(rows, schema=GROUP)


def _row(row: MeasureRow, measure: Measure) -> dict[str, object]:
    patients, counted = row.patients or 0, row.patients_counted or 0
    (told, _), everybody = masked_list([counted, patients - counted])
    is_told = told is not None and everybody is not None
    of = measure.denominator.counted
    return {
        "Mesure": measure.label, "Unité": measure.unit, "Patients": everybody, "Patients comptés": told,
        "Dénominateur": _amount(row.denominator, of is not None and of.in_cents) if everybody is not None else None,
        "Numérateur": _amount(row.numerator, measure.numerator.in_cents) if is_told else None,
        "Taux": row.rate if is_told else None, "Ratio": row.ratio if is_told else None,
    }  # fmt: skip


def _amount(value: int | None, in_cents: bool) -> float | None:
    return None if value is None else value / CENTS if in_cents else float(value)
