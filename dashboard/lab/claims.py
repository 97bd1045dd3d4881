"""Verdicts on what was said of the change: words, figures and tables. The same rows as the calculators give."""

from collections.abc import Callable, Mapping

import pyarrow as pa

from calculators import french
from calculators.forfait.claims import Tested
from calculators.forfait.version import Version
from dashboard.words import labels

VERDICT = {
    "holds": (":material/check:", "Confirmé par ce calcul"),
    "partly": (":material/rule:", "Confirmé en partie"),
    "fails": (":material/close:", "Non confirmé par ce calcul"),
}


RIGHTS = {"ald": "ALD", "c2s": "C2S"}


def figures(tested: Tested, version: Version, old: Version) -> str:
    """The figures a verdict rests on, in sentences."""
    words: Mapping[str, Callable[[Tested, Version, Version], str]] = {
        "complex_pays_more": _complex, "no_saving": _saving, "average_rise": _rise, "mean_rate": _rate,
    }  # fmt: skip
    return words[tested.claim.test](tested, version, old)


def _complex(tested: Tested, version: Version, old: Version) -> str:
    one = tested.figures
    compared = french.count(int(one["pairs_seen"]), "comparaison")
    seen = (
        f"Patients vus : sur {compared}, le patient avec ALD ou C2S rapporte toujours plus, au moins "
        f"{french.euros(one['least_gap_seen_cents'], 2)} de plus par an."
        if not one["below_seen"]
        else f"Patients vus : dans {int(one['below_seen'])} cas sur {compared}, il rapporte moins "
        f"(jusqu’à {french.euros(one['least_gap_seen_cents'], 2)})."
    )
    if not one["pairs_unseen"]:
        return seen
    unseen = (
        f" Patients non vus : dans {int(one['not_above_unseen'])} cas sur {int(one['pairs_unseen'])}, il ne rapporte pas "
        "plus : la ligne est la même pour tous."
        if one["not_above_unseen"]
        else " Patients non vus : il rapporte plus dans tous les cas."
    )
    return seen + unseen


def _saving(tested: Tested, version: Version, old: Version) -> str:
    one = tested.figures
    return (
        "Sans forfait structure ni DONUM : "
        + _against(one["new_cents"], one["old_without_structure_cents"])
        + " Avec le forfait structure d’un côté, et ce que l’accord verse à sa place de l’autre : "
        + _against(one["new_with_structure_cents"], one["old_with_structure_cents"])
    )


def _against(new: float, before: float) -> str:
    gap, side = abs(new - before), "de plus" if new >= before else "de moins"
    return (
        f"**{french.millions(new)}** contre {french.millions(before)}, soit {french.millions(gap)} {side} "
        f"({french.percent(gap / before if before else 0, 1)})."
    )


def _rise(tested: Tested, version: Version, old: Version) -> str:
    one = tested.figures
    return (
        f"Part fixe moyenne : {french.euros(one['before_mean_cents'])} avec « {old.label} », "
        f"{french.euros(one['after_mean_cents'])} avec « {version.label} ». Hausse du total : "
        f"**{french.signed_percent(one['total_rise'])}** ; moyenne des hausses de chaque médecin : "
        f"**{french.signed_percent(one['mean_of_rises'])}**."
    )


def _rate(tested: Tested, version: Version, old: Version) -> str:
    one = tested.figures
    return (
        f"Moyenne simple des taux publiés : **{french.percent(one['plain'], 1)}**. Pondérée par les patients concernés "
        f"dans la population : **{french.percent(one['weighted'], 1)}** (annoncé : "
        f"{french.percent(tested.claim.weighted)}). Taux que la population atteint elle-même : "
        f"{french.percent(one['observed'], 1)}."
    )


def table(tested: Tested) -> pa.Table:
    """The rows behind a verdict, for a reader and a spreadsheet."""
    rows = {
        "complex_pays_more": _complex_rows, "no_saving": _saving_rows, "average_rise": _rise_rows, "mean_rate": _rate_rows,
    }[tested.claim.test](tested.table)  # fmt: skip
    return pa.Table.from_pylist(rows)


def _complex_rows(rows: pa.Table) -> list[dict[str, object]]:
    return [
        {
            "Patients": "vus" if row["seen"] else "non vus", "Âge": french.ages(row["from_age"], row["to_age"]),
            "Avec ou sans": RIGHTS[row["right"]],
            "Autre droit": _other(row), "Avec (€)": round(row["with_cents"]) / 100,
            "Sans (€)": round(row["without_cents"]) / 100, "Écart (€)": round(row["gap_cents"]) / 100,
        }
        for row in rows.to_pylist()
    ]  # fmt: skip


def _other(row: Mapping[str, object]) -> str:
    other = RIGHTS["c2s" if row["right"] == "ald" else "ald"]
    return f"{'avec' if row['other'] else 'sans'} {other}"


def _saving_rows(rows: pa.Table) -> list[dict[str, object]]:
    return [
        {"Part": labels.PART[row["part"]], "Avant (M€)": round(row["before_cents"] / 1e8, 1),
         "Après (M€)": round(row["after_cents"] / 1e8, 1)}
        for row in rows.to_pylist()
    ]  # fmt: skip


def _rise_rows(rows: pa.Table) -> list[dict[str, object]]:
    """Doctors by class of ten points of rise."""
    classes: dict[int, int] = {}
    for row in rows.to_pylist():
        if row["before_cents"]:
            place = (100 * (row["after_cents"] - row["before_cents"]) // row["before_cents"]) // 10 * 10
            classes[place] = classes.get(place, 0) + row["doctors"]
    return [{"Hausse de (%)": low, "à moins de (%)": low + 10, "Médecins": classes[low]} for low in sorted(classes)]


def _rate_rows(rows: pa.Table) -> list[dict[str, object]]:
    return [
        {"Indicateur": row["indicator"], "Taux publié (%)": round(100 * row["national"]),
         "Patients concernés": row["eligible"], "Validés": row["validated"]}
        for row in rows.to_pylist()
    ]  # fmt: skip
