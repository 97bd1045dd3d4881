"""The worklist in words: what a secretary reads, on screen and in a spreadsheet. Never an amount."""

from typing import Any

import pyarrow as pa

from calculators.prevention.indicator import IndicatorSet
from dashboard import wording

ORDER = (
    "Dans l’ordre des appels : d’abord les patients pour qui un seul contact règle le plus d’actes possibles aujourd’hui ; "
    "à égalité, ceux dont un acte n’a jamais été retrouvé, puis ceux dont un acte est échu depuis le plus longtemps ; "
    "à égalité encore, ceux en ALD, puis les plus âgés."
)
"""The rule of `worklist.order`, as printed on the page."""
COLUMNS = pa.schema(
    [
        *(("Patient", pa.string()), ("Âge", pa.int32()), ("Sexe", pa.string()), ("ALD", pa.string())),
        *(("En un contact", pa.string()), ("Actes à faire", pa.list_(pa.string())), ("Possible dès", pa.date32())),
        *(("Échu depuis (jours)", pa.int32()), ("Vu le", pa.date32()), ("Prochaine échéance", pa.date32())),
        *(("Inconnus", pa.list_(pa.string())), ("Refusés ou non applicables", pa.list_(pa.string()))),
    ]
)


def contact(name: str, rules: IndicatorSet) -> str:
    """« une visite de vaccination »; an indicator without a contact speaks for itself."""
    if name in wording.CONTACT:
        return wording.CONTACT[name]
    return wording.lower_first(rules.indicator(name).label)


def table(calls: pa.Table, rules: IndicatorSet) -> pa.Table:
    """One row per patient, columns of COLUMNS, in the order given."""
    labels = {indicator.id: indicator.label for indicator in rules.indicators}
    return pa.Table.from_pylist([_row(row, rules, labels) for row in calls.to_pylist()], schema=COLUMNS)


def _row(row: dict[str, Any], rules: IndicatorSet, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "Patient": row["patient_id"],
        "Âge": row["age"],
        "Sexe": row["sex"],
        "En un contact": _contact(row, rules),
        "Actes à faire": row["gaps"],
        "Possible dès": row["actionable_on"],
        "Échu depuis (jours)": row["overdue_days"],
        "Vu le": row["last_seen_on"],
        "Prochaine échéance": row["next_on"],
        "ALD": ", ".join(map(str, row["ald"])) if row["ald"] else ("" if row["ald_known"] else "non connue"),
        "Inconnus": [labels[name] for name in row["unknown_ids"]],
        "Refusés ou non applicables": [labels[name] for name in row["declined_ids"]],
    }


def _contact(row: dict[str, Any], rules: IndicatorSet) -> str:
    if row["contact"] is None:
        return ""
    more = f" ({row['together']} actes)" if row["together"] > 1 else ""
    return contact(row["contact"], rules) + more
