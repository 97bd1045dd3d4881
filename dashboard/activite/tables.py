"""The activity as a table and as rows of its chart."""

from collections.abc import Sequence

import pyarrow as pa

from calculators.activity.expected import Standardised
from calculators.activity.measure import Beside
from dashboard.activite.charts import MINE, THEIRS
from dashboard.activite.in_words import figure, name, ratio

AGES = pa.schema([("age", pa.string()), ("whose", pa.string()), ("patients", pa.float64())])


def beside(found: Sequence[Beside]) -> dict[str, list[str]]:
    """One row per measure; the median where there are enough others."""
    columns = {
        "Mesure": [name(one.measure) for one in found],
        "Vous": [figure(one.measure, one.value) for one in found],
    }
    if any(one.doctors for one in found):
        columns["Médiane fictive"] = [figure(one.measure, one.median) for one in found]
    return columns


def expected(found: Standardised) -> dict[str, list[str]]:
    """One row per measure: done for the list, expected, one over the other, and the same of the others."""
    return {
        "Mesure": [name(one.measure) for one in found.rows],
        "Vous, pour votre liste": [figure(one.measure, one.value) for one in found.rows],
        "Attendu (fictif)": [figure(one.measure, one.expected) for one in found.rows],
        "Vous ÷ attendu": [ratio(one.ratio) for one in found.rows],
        "Cabinets fictifs": [
            "–" if one.low is None or one.high is None else f"{ratio(one.low)} à {ratio(one.high)}"
            for one in found.rows
        ],
    }


def by_age(found: Sequence[Beside]) -> pa.Table:
    """Rows of charts.by_age."""
    ages = [one for one in found if one.measure.startswith("age_")]
    rows = [
        {"age": name(one.measure).removeprefix("dont "), "whose": whose, "patients": value}
        for one in ages
        for whose, value in ((MINE, one.value), (THEIRS, one.median))
        if value is not None
    ]
    return pa.Table.from_pylist(rows, schema=AGES)
