"""The ratio in sentences: itself, among peers, over time, for the bonus and under a change.

Each sentence is made from the rows that are drawn, so that they cannot contradict each other. No moral words, no verdict
beyond the three of the definition, and two decimals: the data carry no more.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from calculators.french import (
    NBSP,
    about_euros,
    count,
    euros,
    listed,
    lower_first,
    number,
    percent,
    signed_euros,
    signed_percent,
)
from calculators.sobriety.bonus import FALL, LOWEST, Route
from calculators.sobriety.change import RatioChange
from calculators.sobriety.definition import Definition
from calculators.sobriety.peers import Among, Position
from calculators.sobriety.ratio import ABOVE, BELOW, COMPATIBLE, Ratio
from calculators.sobriety.what_if import Case
from dashboard.sobriety.charts import CHANCE, LIMITS, PEERS, YOU
from dashboard.sobriety.tables import Gap, Trait
from dashboard.words.labels import BASIS

UNDER_TREATMENT = (
    "Un ratio bas peut aussi traduire un sous-traitement : voyez les actes de prévention à faire chez ces patients."
)
POLARITY = "Ni un ratio haut ni un ratio bas n’est un but : le ratio compare une dépense, il ne dit rien de la qualité."
ORDINARY = (
    "Ces limites valent pour des patients ordinaires ; la conclusion donnée en haut de page tient compte des vôtres, c’est "
    "elle qui compte."
)
GROUPS = {"list": "Listes de taille voisine", "department": "Même département"}


def ratio(row: Ratio) -> str:
    """The ratio in one sentence; the verdict word only as the table says."""
    if row.ratio is None:
        return f"{row.year} : {lower_first(row.reason)}"
    said = f"En {row.year}, un ratio de **{number(row.ratio, 2)}** : " + _against_expected(row.ratio)
    return f"{said} {verdict(row)}"


def _against_expected(ratio: float) -> str:
    gap = round(100 * (ratio - 1))
    if gap == 0:
        return "la dépense prescrite est celle attendue pour ces patients."
    side = "de plus" if gap > 0 else "de moins"
    return f"{abs(gap)}{NBSP}% {side} que la dépense attendue pour ces patients."


def verdict(row: Ratio) -> str:
    """What can be concluded; the reason when nothing can."""
    if not row.verdict:
        return row.reason
    words = {
        ABOVE: "au-dessus de l’attendu, au-delà de ce que le hasard explique",
        COMPATIBLE: "compatible avec l’attendu, compte tenu du hasard",
        BELOW: "en dessous de l’attendu, au-delà de ce que le hasard explique",
    }
    return f"C’est **{words[row.verdict]}**."


def interval(row: Ratio) -> str:
    """The two intervals in words."""
    if not (found := row.limits):
        return ""
    return (
        f"Intervalle à 95{NBSP}% : {number(found.low_95, 2)} à {number(found.high_95, 2)} ; "
        f"à 99,8{NBSP}% : {number(found.low_998, 2)} à {number(found.high_998, 2)}. "
        f"Fiabilité {number(found.reliability, 2)} (1 = le hasard ne compte pas)."
    )


def spending(row: Ratio) -> str:
    """Observed, and how far from expected, in euros and per patient. The expected amount itself, cut to two figures, would
    not give the ratio back when divided."""
    assert row.observed_cents is not None
    assert row.expected_cents is not None
    patients, gap = max(row.patients, 1), row.observed_cents - row.expected_cents
    side, each = "de plus" if gap > 0 else "de moins", abs(gap) / patients
    apart = "autant que l’attendu"
    if round(gap / 100):
        by_patient = f"environ {about_euros(each)}" if round(each / 100) else "moins d’un euro"
        apart = f"environ {about_euros(abs(gap))} {side} que l’attendu, soit {by_patient} par patient"
    return (
        f"Observé : {euros(row.observed_cents)}, soit {euros(row.observed_cents / patients)} par patient ; {apart}. "
        f"{count(row.patients, 'patient fidèle', 'patients fidèles')}."
    )


def mix(traits: Sequence[Trait]) -> str:
    """The two traits that set these patients most apart from the reference."""
    apart = sorted(traits, key=lambda one: -abs(one.mine - one.theirs))[:2]
    said = [f"{lower_first(one.label)} ({percent(one.mine)}, référence {percent(one.theirs)})" for one in apart]
    return f"Ce qui distingue le plus vos patients : {listed(said)}. L’attendu en tient compte, groupe par groupe."


def contributions(rows: Sequence[Gap], shown: int) -> str:
    """Where the gap comes from, largest first; the rows sum to the whole gap."""
    if not rows:
        return "Aucune dépense suivie cette année-là."
    total, first = sum(row.euros for row in rows), rows[0]
    side = "de plus que" if total > 0 else "de moins que"
    return (
        f"Au total, environ {about_euros(abs(total) * 100)} {side} l’attendu. Ce qui pèse le plus : {first.label} "
        f"({count(first.patients, 'patient')}, {signed_euros(first.euros * 100)}). "
        f"Le graphique montre les {min(shown, len(rows))} plus grands écarts ; la somme des {len(rows)} fait le total."
    )


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


def cautious(row: Ratio) -> str:
    """The shrunk ratio, on demand: what is left once chance is allowed for."""
    if row.shrunk_ratio is None or row.reliability is None:
        return ""
    return (
        f"Valeur prudente, rapprochée de 1 selon la fiabilité ({number(row.reliability, 2)}) : "
        f"{number(row.shrunk_ratio, 2)}."
    )


def peers_table(rows: Sequence[Position]) -> dict[str, list[str]]:
    """Quartiles of each group of peers, never a name, and nothing of a group that is too small."""
    return {
        "Groupe": [f"{GROUPS[row.group]} ({row.label})" for row in rows],
        "Confrères": ["" if row.peers is None else number(row.peers) for row in rows],
        "Un quart sous": [_ratio(row.p25) for row in rows],
        "La moitié sous": [_ratio(row.median) for row in rows],
        "Trois quarts sous": [_ratio(row.p75) for row in rows],
        "Part sous le vôtre": ["–" if row.lower_share is None else percent(row.lower_share) for row in rows],
        "Remarque": [row.reason for row in rows],
    }


def among(row: Among, department: str) -> str:
    """The ratio against the means of the department's doctors alone, himself left out; empty when they are too few."""
    if row.peers is None or row.ratio is None:
        return ""
    return (
        f"Attendu recalculé sur les seuls {number(row.peers)} autres médecins du département {department}, sans vous : "
        f"ratio de {number(row.ratio, 2)}. Le ratio officiel se compare à toute la référence."
    )


def _ratio(value: float | None) -> str:
    return "–" if value is None else number(value, 2)


def change(row: RatioChange) -> str:
    """From one year to the next, with what can be concluded."""
    if row.ratio_before is None or row.ratio is None:
        return row.reason
    assert row.change is not None
    assert row.low_95 is not None
    assert row.high_95 is not None
    before, now = number(row.ratio_before, 2), number(row.ratio, 2)
    moved = f"De {row.year_before} à {row.year}, le ratio passe de {before} à {now}"
    sure = row.low_95 > 0 or row.high_95 < 0
    said = "plus que le hasard n’explique d’ordinaire" if sure else "ce qui reste dans ce que le hasard explique"
    return (
        f"{moved} ({signed_percent(row.change)}), {said} : intervalle à 95{NBSP}% de "
        f"{signed_percent(row.low_95)} à {signed_percent(row.high_95)}, sur "
        f"{count(row.patients_both, 'patient suivi', 'patients suivis')} les deux années."
    )


def bonus(rows: Sequence[Route], definition: Definition) -> str:
    """Each route with its parameter, its basis, and a probability."""
    known = definition.bonus
    wanted = {
        LOWEST: f"les {number(known.lowest_percent)}{NBSP}% de ratios les plus faibles",
        FALL: f"une baisse de plus de {number(known.fall_over_percent)}{NBSP}%",
    }
    lines = []
    for row in rows:
        sure = f"probabilité {chance(row.probability)}" if row.probability is not None else row.reason
        mean = f", soit {euros(100 * row.amount_euros)} en moyenne" if row.amount_euros is not None else ""
        lines.append(f"* {wanted[row.route].capitalize()} ({_basis(row)}) : {sure}{mean}")
    return "\n".join(lines)


def chance(probability: float | None) -> str:
    """Never a yes or no: « moins de 1 % », « plus de 99 % »."""
    if probability is None:
        return "inconnue"
    if probability < 0.01 or probability > 0.99:
        return f"{'moins de 1' if probability < 0.5 else 'plus de 99'}{NBSP}%"
    return percent(probability)


def _basis(row: Route) -> str:
    seuil = (
        "" if row.threshold is None or row.threshold < 0 else f", seuil {number(row.threshold, 2)} dans la référence"
    )
    return f"hypothèse, source : {BASIS[row.basis]}{seuil}"


def changed(rows: Sequence[Case], chances: list[float | None]) -> str:
    """What the change would do to the ratio, its interval, its distance to 1 and the probability of the first route."""
    now, then = rows
    if now.ratio is None or then.ratio is None:
        return "Il ne resterait aucun patient : pas de ratio."
    said = [f"Le ratio passerait de **{number(now.ratio, 2)}** à **{number(then.ratio, 2)}**"]
    if then.low_95 is not None and then.high_95 is not None:
        said[0] += f" (intervalle à 95{NBSP}% : {number(then.low_95, 2)} à {number(then.high_95, 2)})"
    said.append(f"{signed_euros(then.observed_cents - now.observed_cents)} de dépense")
    if then.gap_share is not None:
        said.append(_share_of_gap(then.gap_share))
    if None not in chances:
        said.append(f"probabilité d’être parmi les plus faibles : {chance(chances[0])}, puis {chance(chances[1])}")
    return " ; ".join(said) + "."


def _share_of_gap(share: float) -> str:
    if share > 1:
        return "l’écart à 1 serait plus que comblé"
    return f"{percent(share)} de l’écart à 1" if share >= 0 else f"l’écart à 1 s’élargirait de {percent(-share)}"


def boxes(row: Ratio, definition: Definition) -> str:
    """The same ratio counted in boxes, and why it is not carbon either."""
    if row.boxes_ratio is None or row.boxes is None or row.expected_boxes is None:
        return "Le nombre de boîtes n’est pas connu."
    carbon, delivered = definition.carbon, count(row.boxes, "boîte délivrée", "boîtes délivrées")
    return (
        f"En boîtes, le ratio est de **{number(row.boxes_ratio, 2)}** : {delivered} "
        f"pour {number(row.expected_boxes)} attendues. Une dépense n’est pas une empreinte carbone, et une boîte non "
        f"plus : l’ordre de grandeur cité est de {number(carbon.megatonnes, 1)} millions de tonnes de CO2 pour les "
        f"médicaments ({carbon.reference.title}) ; {carbon.limits}"
    )


def other_year(row: Ratio, definition: Definition) -> str:
    """The label of a ratio on the reference of another year, and what the growth of spending makes of it."""
    years = row.year - row.reference_year
    if not years or row.ratio is None:
        return ""
    growth = (1 + definition.drift.percent_per_year / 100) ** years
    return (
        f"Référence de {row.reference_year} pour des prescriptions de {row.year} : la dépense ayant crû d’environ "
        f"{number(definition.drift.percent_per_year)}{NBSP}% par an (hypothèse), le ratio corrigé serait de "
        f"**{number(row.ratio / growth, 2)}**. Aucune conclusion n’en est tirée."
    )
