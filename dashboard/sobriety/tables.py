"""The openings of the ratio in words, ready for the charts: the mix, where the gap comes from, the funnel."""

from typing import Any

import numpy as np
import pyarrow as pa

from dashboard.sobriety.charts import CHANCE, LIMITS, PEERS, POINTS, YOU
from dashboard.sobriety.in_words import CASES

FUNNEL = pa.schema([("kind", pa.string()), ("level", pa.string()), ("expected", pa.float64()), ("ratio", pa.float64())])


def funnel_rows(limits: pa.Table, points: pa.Table, row: dict[str, Any]) -> pa.Table:
    """Limits, unnamed doctors and oneself as rows of one chart: kind, level, expected (euros), ratio."""
    euro = limits["expected_cents"].to_numpy() / 100
    parts = [
        _funnel_part(kind, name, euro, limits[name + suffix].to_numpy())
        for kind, suffix in ((CHANCE, ""), (PEERS, "_peers"))
        for name in LIMITS
    ]
    shown = points.filter(pa.compute.is_valid(points["ratio"]))
    parts.append(_funnel_part(POINTS, "", shown["expected_cents"].to_numpy() / 100, shown["ratio"].to_numpy()))
    parts.append(_funnel_part(YOU, "", np.array([row["expected_cents"] / 100]), np.array([row["ratio"]])))
    return pa.concat_tables(parts)


def _funnel_part(kind: str, level: str, expected: Any, ratio: Any) -> pa.Table:
    return pa.table({"kind": [kind] * len(expected), "level": [level] * len(expected),
                     "expected": expected, "ratio": ratio}, schema=FUNNEL)  # fmt: skip


def changed_rows(rows: list[dict[str, Any]]) -> pa.Table:
    """The ratio now and after the change, for the chart."""
    names = ("ratio", "low_95", "high_95")
    return pa.Table.from_pylist(
        [{"label": CASES[row["case"]], "expected": 1.0} | {name: row[name] for name in names} for row in rows]
    )


MINE, THEIRS = "Votre patientèle", "Référence"


ABOVE, BELOW = "au-dessus de l’attendu", "en dessous de l’attendu"


SEXES = {"F": "femmes", "M": "hommes"}


GAPS = pa.schema(
    [
        ("label", pa.string()), ("patients", pa.int64()), ("observed", pa.float64()), ("expected", pa.float64()),
        ("euros", pa.float64()), ("side", pa.string()),
    ]
)  # fmt: skip


def traits(mix: pa.Table) -> pa.Table:
    """Share of patients by trait, the doctor's then the reference's: trait, whose, share. One of two opposite traits."""
    rows = [row for row in mix.to_pylist() if (row["characteristic"], row["value"]) not in OPPOSITES]
    return pa.Table.from_pylist(
        [
            {"trait": _trait(row["characteristic"], row["value"]), "whose": whose, "share": row[share]}
            for row in rows
            for whose, share in ((MINE, "share"), (THEIRS, "reference_share"))
        ]
    )


OPPOSITES = (("sex", "M"), ("ald", "false"), ("c2s", "false"))


def _trait(characteristic: str, value: str) -> str:
    if characteristic == "age_class":
        return ages(value)
    return {"sex": "Femmes", "ald": "En ALD", "c2s": "C2S"}[characteristic]


def ages(age_class: str) -> str:
    """« 17 à 39 ans », « 75 ans et plus »."""
    low, _, high = age_class.partition("-")
    return f"{low} à {high} ans" if high else f"{low.rstrip('+')} ans et plus"


def by_stratum(table: pa.Table) -> pa.Table:
    """Strata with patients, largest gap first: columns of GAPS, in euros."""
    rows = [_gap(row, _stratum(row)) for row in table.to_pylist() if row["patients"]]
    return pa.Table.from_pylist(sorted(rows, key=lambda row: (-abs(row["euros"]), row["label"])), schema=GAPS)


def by_class(table: pa.Table) -> pa.Table:
    """ATC classes, largest gap first: columns of GAPS, in euros."""
    return pa.Table.from_pylist([_gap(row, f"classe {row['atc']}") for row in table.to_pylist()], schema=GAPS)


def by_patient(table: pa.Table) -> pa.Table:
    """Patients, largest gap first: columns of GAPS, in euros."""
    rows = [_gap(row | {"patients": 1}, f"patient {row['patient_id']}") for row in table.to_pylist()]
    return pa.Table.from_pylist(sorted(rows, key=lambda row: (-abs(row["euros"]), row["label"])), schema=GAPS)


def _stratum(row: dict[str, Any]) -> str:
    rights = [name for name, has in (("ALD", row["ald"]), ("C2S", row["c2s"])) if has]
    return f"{SEXES[row['sex']]}, {ages(row['age_class'])}, {' et '.join(rights) or 'sans ALD ni C2S'}"


def _gap(row: dict[str, Any], label: str) -> dict[str, Any]:
    return {
        "label": label, "patients": row["patients"], "observed": row["observed_cents"] / 100,
        "expected": row["expected_cents"] / 100, "euros": row["gap_cents"] / 100,
        "side": ABOVE if row["gap_cents"] > 0 else BELOW,
    }  # fmt: skip
