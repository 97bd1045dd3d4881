"""The ratio opened: how the patients differ from the reference, and where the gap to the expected spend comes from."""

from typing import Any

import pyarrow as pa

MINE, THEIRS = "Votre patientèle", "Référence"


def traits(strata: pa.Table) -> pa.Table:
    """Share of patients by trait, the doctor's then the reference's: trait, whose, share."""
    rows = strata.to_pylist()
    kinds = [(f"{age.replace('-', ' à ')} ans" if "-" in age else f"{age.rstrip('+')} ans et plus", "age_class", age)
             for age in dict.fromkeys(row["age_class"] for row in rows)]  # fmt: skip
    kinds += [("Femmes", "sex", "F"), ("En ALD", "ald", True), ("C2S", "c2s", True)]
    return pa.Table.from_pylist(
        [
            {"trait": name, "whose": whose, "share": _share(rows, column, value, patients)}
            for name, column, value in kinds
            for whose, patients in ((MINE, "patients"), (THEIRS, "reference_patients"))
        ]
    )


def _share(rows: list[dict[str, Any]], column: str, value: Any, patients: str) -> float:
    everyone = sum(row[patients] for row in rows)
    return sum(row[patients] for row in rows if row[column] == value) / everyone if everyone else 0.0


def gaps_to_expected(strata: pa.Table) -> pa.Table:
    """Strata with patients, largest gap first: label, patients, observed, expected, euros (the gap), side."""
    rows = []
    for row in strata.to_pylist():
        gap = (row["observed_cents"] - row["expected_cents"]) / 100
        if row["patients"]:
            rows.append(
                {
                    "label": row["label"], "patients": row["patients"], "observed": row["observed_cents"] / 100,
                    "expected": row["expected_cents"] / 100, "euros": gap,
                    "side": "au-dessus de l’attendu" if gap > 0 else "en dessous de l’attendu",
                }
            )  # fmt: skip
    return pa.Table.from_pylist(sorted(rows, key=lambda row: (-abs(row["euros"]), row["label"])))
