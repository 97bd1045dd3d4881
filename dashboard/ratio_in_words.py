"""The ratio among peers, over time, for the bonus and under a change: tables for the charts, and their sentences.

Each sentence is made from the rows that are drawn, so that they cannot contradict each other. No moral words, no verdict
beyond the three of the definition, and two decimals: the data carry no more.
"""

from typing import Any

import numpy as np
import pyarrow as pa

from calculators.sobriety.definition import Definition
from calculators.sobriety.ratio import ABOVE, BELOW
from dashboard.charts_sobriety import CHANCE, LIMITS, PEERS, POINTS, YOU
from dashboard.wording import BASIS, NBSP, count, euros, number, percent, signed_euros

POLARITY = "Ni un ratio haut ni un ratio bas n’est un but : le ratio compare une dépense, il ne dit rien de la qualité."
ORDINARY = (
    "Ces limites valent pour des patients ordinaires ; la conclusion donnée en haut de page tient compte des vôtres, c’est "
    "elle qui compte."
)
CASES = {"now": "Aujourd’hui", "changed": "Avec le changement"}
GROUPS = {"list": "Listes de taille voisine", "department": "Même département"}
FUNNEL = pa.schema([("kind", pa.string()), ("level", pa.string()), ("expected", pa.float64()), ("ratio", pa.float64())])


def funnel_rows(limits: pa.Table, points: pa.Table, row: dict[str, Any]) -> pa.Table:
    """Limits, unnamed doctors and oneself as rows of one chart: kind, level, expected (euros), ratio."""
    euro = limits["expected_cents"].to_numpy() / 100
    parts = [
        _rows(kind, name, euro, limits[name + suffix].to_numpy())
        for kind, suffix in ((CHANCE, ""), (PEERS, "_peers"))
        for name in LIMITS
    ]
    shown = points.filter(pa.compute.is_valid(points["ratio"]))
    parts.append(_rows(POINTS, "", shown["expected_cents"].to_numpy() / 100, shown["ratio"].to_numpy()))
    parts.append(_rows(YOU, "", np.array([row["expected_cents"] / 100]), np.array([row["ratio"]])))
    return pa.concat_tables(parts)


def _rows(kind: str, level: str, expected: Any, ratio: Any) -> pa.Table:
    return pa.table({"kind": [kind] * len(expected), "level": [level] * len(expected),
                     "expected": expected, "ratio": ratio}, schema=FUNNEL)  # fmt: skip


def funnel(rows: pa.Table, verdict: str) -> str:
    """Where the diamond lies, read off the very lines that are drawn. They are those of ordinary patients: where they and
    the verdict, made from the doctor's own, point to different things, the sentence says which one counts."""
    [you] = [row for row in rows.to_pylist() if row["kind"] == YOU]
    chance, peers = ([limit_at(rows, kind, name, you["expected"]) for name in LIMITS[2:]] for kind in (CHANCE, PEERS))
    outside = not chance[0] <= you["ratio"] <= chance[1]
    usual = "comme chez la plupart d’entre eux" if peers[0] <= you["ratio"] <= peers[1] else "inhabituel parmi eux"
    where = "hors des limites du hasard" if outside else "dans les limites du hasard"
    said = (
        f"Pour cette dépense attendue, le hasard des patients laisse le ratio entre {number(chance[0], 2)} et "
        f"{number(chance[1], 2)}, la variété habituelle des confrères entre {number(peers[0], 2)} et {number(peers[1], 2)} "
        f"(99,8{NBSP}%). Un ratio de {number(you['ratio'], 2)} est {where} et, parmi les confrères, {usual}."
    )
    return said if outside == (verdict in (ABOVE, BELOW)) else f"{said} {ORDINARY}"


def limit_at(rows: pa.Table, kind: str, level: str, expected: float) -> float:
    """A line of the funnel at an expected spend, along the drawn line."""
    line = [row for row in rows.to_pylist() if (row["kind"], row["level"]) == (kind, level)]
    found = np.interp(np.log(expected), np.log([row["expected"] for row in line]), [row["ratio"] for row in line])
    return float(found)


def cautious(row: dict[str, Any]) -> str:
    """The shrunk ratio, on demand: what is left once chance is allowed for."""
    if row["shrunk_ratio"] is None:
        return ""
    return (
        f"Valeur prudente, rapprochée de 1 selon la fiabilité ({number(row['reliability'], 2)}) : "
        f"{number(row['shrunk_ratio'], 2)}."
    )


def peers_table(rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Quartiles of each group of peers, never a name, and nothing of a group that is too small."""
    return {
        "Groupe": [f"{GROUPS[row['group']]} ({row['label']})" for row in rows],
        "Confrères": ["" if row["peers"] is None else number(row["peers"]) for row in rows],
        "Un quart sous": [_ratio(row["p25"]) for row in rows],
        "La moitié sous": [_ratio(row["median"]) for row in rows],
        "Trois quarts sous": [_ratio(row["p75"]) for row in rows],
        "Part sous le vôtre": ["–" if row["lower_share"] is None else percent(row["lower_share"]) for row in rows],
        "Remarque": [row["reason"] for row in rows],
    }


def among(row: dict[str, Any], department: str) -> str:
    """The ratio against the means of the department's doctors alone, himself left out; empty when they are too few."""
    if row["reason"] or row["ratio"] is None:
        return ""
    return (
        f"Attendu recalculé sur les seuls {number(row['peers'])} autres médecins du département {department}, sans vous : "
        f"ratio de {number(row['ratio'], 2)}. Le ratio officiel se compare à toute la référence."
    )


def _ratio(value: float | None) -> str:
    return "–" if value is None else number(value, 2)


def change(row: dict[str, Any]) -> str:
    """From one year to the next, with what can be concluded."""
    if row["reason"]:
        return row["reason"]
    before, now = number(row["ratio_before"], 2), number(row["ratio"], 2)
    moved = f"De {row['year_before']} à {row['year']}, le ratio passe de {before} à {now}"
    sure = row["low_95"] > 0 or row["high_95"] < 0
    said = "plus que le hasard n’explique d’ordinaire" if sure else "ce qui reste dans ce que le hasard explique"
    return (
        f"{moved} ({signed_percent(row['change'])}), {said} : intervalle à 95{NBSP}% de "
        f"{signed_percent(row['low_95'])} à {signed_percent(row['high_95'])}, sur "
        f"{count(row['patients_both'], 'patient suivi', 'patients suivis')} les deux années."
    )


def signed_percent(share: float) -> str:
    return ("+" if share > 0 else "") + percent(share)


def bonus(rows: list[dict[str, Any]], definition: Definition) -> str:
    """Each route with its parameter, its basis, and a probability."""
    known = definition.bonus
    wanted = {
        "ratio_le_plus_faible": f"les {number(known.lowest_percent)}{NBSP}% de ratios les plus faibles",
        "baisse": f"une baisse de plus de {number(known.fall_over_percent)}{NBSP}%",
    }
    lines = []
    for row in rows:
        sure = f"probabilité {chance(row['probability'])}" if row["probability"] is not None else row["reason"]
        mean = f", soit {euros(100 * row['amount_euros'])} en moyenne" if row["amount_euros"] is not None else ""
        lines.append(f"* {wanted[row['route']].capitalize()} ({_basis(row)}) : {sure}{mean}")
    return "\n".join(lines)


def chance(probability: float | None) -> str:
    """Never a yes or no: « moins de 1 % », « plus de 99 % »."""
    if probability is None:
        return "inconnue"
    if probability < 0.01 or probability > 0.99:
        return f"{'moins de 1' if probability < 0.5 else 'plus de 99'}{NBSP}%"
    return percent(probability)


def _basis(row: dict[str, Any]) -> str:
    seuil = (
        ""
        if row["threshold"] is None or row["threshold"] < 0
        else f", seuil {number(row['threshold'], 2)} dans la référence"
    )
    return f"hypothèse, source : {BASIS[row['basis']]}{seuil}"


def changed_rows(rows: list[dict[str, Any]]) -> pa.Table:
    """The ratio now and after the change, for the chart."""
    names = ("ratio", "low_95", "high_95")
    return pa.Table.from_pylist(
        [{"label": CASES[row["case"]], "expected": 1.0} | {name: row[name] for name in names} for row in rows]
    )


def changed(rows: list[dict[str, Any]], chances: list[float | None]) -> str:
    """What the change would do to the ratio, its interval, its distance to 1 and the probability of the first route."""
    now, then = rows
    if then["ratio"] is None:
        return "Il ne resterait aucun patient : pas de ratio."
    said = [f"Le ratio passerait de **{number(now['ratio'], 2)}** à **{number(then['ratio'], 2)}**"]
    if then["low_95"] is not None:
        said[0] += f" (intervalle à 95{NBSP}% : {number(then['low_95'], 2)} à {number(then['high_95'], 2)})"
    said.append(f"{signed_euros(then['observed_cents'] - now['observed_cents'])} de dépense")
    if then["gap_share"] is not None:
        said.append(_share_of_gap(then["gap_share"]))
    if None not in chances:
        said.append(f"probabilité d’être parmi les plus faibles : {chance(chances[0])}, puis {chance(chances[1])}")
    return " ; ".join(said) + "."


def _share_of_gap(share: float) -> str:
    if share > 1:
        return "l’écart à 1 serait plus que comblé"
    return f"{percent(share)} de l’écart à 1" if share >= 0 else f"l’écart à 1 s’élargirait de {percent(-share)}"


def boxes(row: dict[str, Any], definition: Definition) -> str:
    """The same ratio counted in boxes, and why it is not carbon either."""
    if row["boxes_ratio"] is None:
        return "Le nombre de boîtes n’est pas connu."
    carbon, delivered = definition.carbon, count(row["boxes"], "boîte délivrée", "boîtes délivrées")
    return (
        f"En boîtes, le ratio est de **{number(row['boxes_ratio'], 2)}** : {delivered} "
        f"pour {number(row['expected_boxes'])} attendues. Une dépense n’est pas une empreinte carbone, et une boîte non "
        f"plus : l’ordre de grandeur cité est de {number(carbon.megatonnes, 1)} millions de tonnes de CO2 pour les "
        f"médicaments ({carbon.reference.title}) ; {carbon.limits}"
    )


def other_year(row: dict[str, Any], definition: Definition) -> str:
    """The label of a ratio on the reference of another year, and what the growth of spending makes of it."""
    years = row["year"] - row["reference_year"]
    if not years or row["ratio"] is None:
        return ""
    growth = (1 + definition.drift.percent_per_year / 100) ** years
    return (
        f"Référence de {row['reference_year']} pour des prescriptions de {row['year']} : la dépense ayant crû d’environ "
        f"{number(definition.drift.percent_per_year)}{NBSP}% par an (hypothèse), le ratio corrigé serait de "
        f"**{number(row['ratio'] / growth, 2)}**. Aucune conclusion n’en est tirée."
    )
