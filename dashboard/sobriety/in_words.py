"""The ratio in sentences: itself, among peers, over time, for the bonus and under a change.

Each sentence is made from the rows that are drawn, so that they cannot contradict each other. No moral words, no verdict
beyond the three of the definition, and two decimals: the data carry no more.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from calculators.french import (
    NBSP,
    THIN,
    about_euros,
    count,
    day,
    euros,
    listed,
    lower_first,
    number,
    percent,
    signed_euros,
    signed_percent,
    whole,
)
from calculators.records import prices
from calculators.sobriety import ratio as ratio_of_doctor
from calculators.sobriety.bonus import FALL, LOWEST, Route
from calculators.sobriety.change import RatioChange
from calculators.sobriety.definition import Definition
from calculators.sobriety.openings import Capped, Pooled, Spent
from calculators.sobriety.peers import Among, Position
from calculators.sobriety.ratio import ABOVE, BELOW, COMPATIBLE, Ratio, read_limits, without_self_first
from calculators.sobriety.reference_files import ASSUMED, Reference, Spread
from calculators.sobriety.what_if import Case
from dashboard.sobriety.charts import CHANCE, LIMITS, PEERS, YOU
from dashboard.sobriety.tables import Gap, Trait
from dashboard.words import plain, recorded
from dashboard.words.labels import BASIS

UNDER_TREATMENT = (
    "Un ratio bas peut aussi traduire un sous-traitement : voyez les actes de prévention à faire chez ces patients."
)
POLARITY = "Ni un ratio haut ni un ratio bas n’est un but : le ratio compare une dépense, il ne dit rien de la qualité."
ORDINARY = (
    "Ces limites valent pour des patients ordinaires ; la conclusion donnée en haut de page tient compte des vôtres, c’est "
    "elle qui compte."
)
GROUPS = {"everyone": "Toute la référence", "list": "Listes de taille voisine", "department": "Même département"}
NEEDED = (
    "Le ratio demande, pour une année entière : la liste des patients, leurs ALD et leur C2S, les délivrances avec leur "
    "base de remboursement et leur prescripteur, et plus de cent patients fidèles vus."
)
ONE_PATIENT = (
    "Ce dossier est l’historique d’un seul patient : il n’a ni liste ni, d’ordinaire, de montants, et aucun ratio n’aurait "
    "de sens. Ses pages Prévention et Patient restent complètes."
)
LARGER = (
    "Il faudrait une référence plus large, celle d’un département ou d’une région par exemple : indiquez son dossier sous "
    "« Référence »."
)
PRICING = (
    "Pour chiffrer des délivrances sans montant : ajoutez au dossier une table `drugs` (cip13, atc, label, price_cents) "
    "tirée de la base de données publique des médicaments (base-donnees-publique.medicaments.gouv.fr) ; chaque "
    "délivrance vaut alors son nombre de boîtes fois le prix."
)
VERDICTS = {
    ABOVE: "au-dessus de l’attendu, au-delà de ce que le hasard explique",
    COMPATIBLE: "compatible avec l’attendu, compte tenu du hasard",
    BELOW: "en dessous de l’attendu, au-delà de ce que le hasard explique",
}
OFFICIAL = "Ce détail est celui du ratio officiel, vous compris dans la référence."


def moved(without: float | None, ratio: float | None) -> str:
    """The ratio without something; said to be the same where the two decimals of a ratio do not tell them apart."""
    if without is None:
        return "–"
    said = number(without, 2)
    return f"{said} (inchangé)" if ratio is not None and said == number(ratio, 2) else said


def capped(found: Capped, definition: Definition) -> str:
    """The ratio with each patient capped beside the official one; empty where there is none."""
    if found.ratio is None or found.capped_ratio is None or found.capped_patients is None:
        return ""
    told, official = number(found.capped_ratio, 2), number(found.ratio, 2)
    would_be = f"resterait de {told}" if told == official else f"serait de {told} au lieu de {official}"
    share = number(definition.cap.per_mille / 10, 1)
    cut = count(found.capped_patients, "patient plafonné", "patients plafonnés")
    return (
        f"En plafonnant chaque patient au {share}e centile de son groupe, le ratio {would_be} ; le ratio officiel ne "
        f"plafonne pas ({cut})."
    )


def ratio(row: Ratio, definition: Definition) -> str:
    """The ratio in one sentence; the verdict word only as the table says. Who weighs much in the reference reads his ratio
    without himself first."""
    if row.ratio is None:
        return f"{row.year} : {lower_first(row.reason)}"
    limits = read_limits(row, definition)
    if limits is None or not without_self_first(row, definition):
        said = f"En {row.year}, un ratio de **{number(row.ratio, 2)}** : " + _against_expected(row.ratio)
        return f"{said} {verdict(row)}"
    said = f"En {row.year}, sans vous dans la référence, un ratio de **{number(limits.ratio, 2)}** : "
    official = f"Ratio officiel, vous compris : {number(row.ratio, 2)}."
    return f"{said}{_against_expected(limits.ratio)} {verdict(row)} {official}"


def for_the_group(row: Ratio, definition: Definition) -> str:
    """The same for a page that says of nobody whose it is."""
    if row.ratio is None:
        return NO_RATIO
    limits = read_limits(row, definition)
    shown = limits.ratio if limits else row.ratio
    within = f" (à 95{NBSP}%, {number(limits.low_95, 2)} à {number(limits.high_95, 2)})" if limits else ""
    return (
        f"Dépense prescrite en {row.year}, observée sur attendue : **{number(shown, 2)}**{within}, soit "
        f"{_against_expected(shown)} {verdict(row)}"
    )


NO_RATIO = "Pas de ratio à montrer."
TO_TALK_ABOUT = "**Ratio** : quelles classes de médicaments l’expliquent chez chacun ?"


def _against_expected(ratio: float) -> str:
    gap = whole(100 * (ratio - 1))
    if gap == 0:
        return "la dépense prescrite est celle attendue pour ces patients."
    side = "de plus" if gap > 0 else "de moins"
    return f"{abs(gap)}{NBSP}% {side} que la dépense attendue pour ces patients."


def verdict(row: Ratio) -> str:
    """What can be concluded; the reason when nothing can."""
    return f"C’est **{VERDICTS[row.verdict]}**." if row.verdict else row.reason


def interval(row: Ratio, definition: Definition) -> str:
    """The two intervals in words, and how much chance weighs."""
    found = read_limits(row, definition)
    if not found or row.reliability is None:
        return ""
    return (
        f"Intervalle à 95{NBSP}% : {number(found.low_95, 2)} à {number(found.high_95, 2)} ; "
        f"à 99,8{NBSP}% : {number(found.low_998, 2)} à {number(found.high_998, 2)}. "
        f"Fiabilité {number(row.reliability, 2)} (1 = le hasard ne compte pas)."
    )


def hangs_on_tau(row: Ratio, definition: Definition) -> str:
    """Says that the conclusion would be another one within the limits of tau; empty when it would not."""
    if not ratio_of_doctor.hangs_on_tau(row, definition) or row.tau_low is None or row.tau_high is None:
        return ""
    floor = number(definition.verdict.reliability_floor, 2)
    known = f"l’écart-type entre médecins, connu entre {number(row.tau_low, 2)} et {number(row.tau_high, 2)}"
    if row.verdict:
        return (
            f"Cette conclusion dépend de {known} : s’il est de {number(row.tau_low, 2)}, la fiabilité passe sous {floor} et "
            "rien ne peut être conclu."
        )
    limits = read_limits(row, definition)
    assert limits is not None
    word = VERDICTS[ratio_of_doctor.verdict(limits.low_998, limits.high_998)]
    return (
        f"L’absence de conclusion dépend de {known} : s’il est de {number(row.tau_high, 2)}, la fiabilité atteint {floor} "
        f"et le ratio est {word}."
    )


def in_use(reference: Reference, definition: Definition) -> str:
    """The reference: who made it, of what, and how far it may be from the country."""
    spread = reference.spread(definition)
    kind = "données fictives" if reference.synthetic else "données réelles"
    copy = ", copie publiée" if reference.published else ""
    return (
        f"Référence {reference.year} ({kind}{copy}). {_maker(reference)}Faite à partir de : {reference.source}. "
        f"{count(reference.size, 'médecin')}, {count(reference.by_stratum.patients, 'patient')} ; construite le "
        f"{day(reference.built_on)}. Elle tient compte de l’âge, du sexe, de l’ALD et de la C2S, de rien d’autre. "
        f"{_from_the_country(reference.size, spread.tau)}"
    )


def compared_with(reference: Reference) -> str:
    """The reference in one sentence, where there is no room for more."""
    whose = reference.maker or reference.source
    return f"Comparé à : {whose}, {count(reference.size, 'médecin')}, année {reference.year}."


def _maker(reference: Reference) -> str:
    return f"Auteur : {reference.maker}. " if reference.maker else ""


def _from_the_country(doctors: int, tau: float) -> str:
    """tau / sqrt(doctors), in words."""
    apart = tau / doctors**0.5
    who = "de ce seul médecin" if doctors == 1 else f"de ces {count(doctors, 'médecin')}"
    return (
        f"La moyenne {who} peut s’écarter de celle du pays d’environ {percent(apart, 0 if apart > 0.01 else 1)} "
        f"(écart-type entre médecins, {number(tau, 2)}, divisé par la racine de leur nombre)."
    )


def own_weight(row: Ratio, definition: Definition) -> str:
    """How much of what he is compared with is he."""
    if row.own_weight is None:
        return recorded.NOT_TOLD
    if row.own_weight == 0:
        return "Vous n’êtes pas dans cette référence."
    share = percent(row.own_weight, 0 if row.own_weight > 0.01 else 1)
    said = f"Vous êtes dans cette référence : {share} des patients auxquels les vôtres sont comparés sont les vôtres."
    if row.ratio is None or row.ratio_without_self is None:
        return said
    if without_self_first(row, definition):
        return f"{said} C’est pourquoi le ratio se lit d’abord sans vous ; la conclusion en vient."
    return f"{said} Sans vous, le ratio serait de {number(row.ratio_without_self, 2)}."


def smallest_stratum(row: Ratio, definition: Definition) -> str:
    """Warns of a group of patients that the reference hardly knows; empty when there is none."""
    if row.smallest_stratum is None or not 0 < row.smallest_stratum < definition.expected.own_variance_from:
        return ""
    patients = count(row.smallest_stratum, "patient")
    return f"Le groupe le moins fourni où vous avez des patients ne compte que {patients} dans la référence."


def nearest_year(year: int | None) -> str:
    """Where to go from a year that the data do not hold."""
    if year is None:
        return "Aucune année n’est complète dans ces données."
    return f"L’année complète la plus proche dans ces données est {year}."


def pooled(found: Pooled) -> str:
    """The ratio over pooled age classes, flagged as what it is."""
    if found.ratio is None or found.low_95 is None or found.high_95 is None:
        return (
            "Même en regroupant les classes d’âge, la référence n’attend aucune dépense : pas de ratio, même indicatif."
        )
    return (
        f"À titre indicatif, si ces patients coûtaient autant que ceux de tous âges de même sexe, ALD et C2S : ratio de "
        f"**{number(found.ratio, 2)}** (intervalle à 95{NBSP}% : {number(found.low_95, 2)} à {number(found.high_95, 2)}). "
        f"Cela concerne {count(found.patients, 'patient')}, {_rounded_share(found.share)} des vôtres. Ce n’est pas le ratio "
        "officiel, et il n’y a pas de conclusion."
    )


def _rounded_share(share: float) -> str:
    """Never 0 % of something nor 100 % of not all."""
    if 0 < share < 0.005:
        return f"moins de 1{THIN}%"
    return f"plus de 99{THIN}%" if 0.995 <= share < 1 else percent(share)


def priced(row: Ratio) -> str:
    """What stands beside his euros: how many lines have an amount, and from which prices; nothing of the source's own."""
    return prices.in_words(row.priced_share, row.reference_price_share, row.prices_from, row.prices_to)


def spending(row: Ratio, definition: Definition) -> str:
    """Observed, and how far from expected, in euros and per patient. The expected amount itself, cut to two figures, would
    not give the ratio back when divided."""
    assert row.observed_cents is not None
    assert row.expected_cents is not None
    limits, expected = row.limits_without_self, row.expected_cents
    if limits and without_self_first(row, definition):
        expected = row.observed_cents / limits.ratio
    patients, gap = max(row.patients, 1), row.observed_cents - expected
    side, each = "de plus" if gap > 0 else "de moins", abs(gap) / patients
    apart = "autant que l’attendu"
    if round(gap / 100):
        by_patient = f"environ {about_euros(each)}" if round(each / 100) else "moins d’un euro"
        apart = f"environ {about_euros(abs(gap))} {side} que l’attendu, soit {by_patient} par patient"
    return (
        f"Observé : {euros(row.observed_cents)}, soit {euros(row.observed_cents / patients)} par patient ; {apart}. "
        f"{count(row.patients, 'patient fidèle', 'patients fidèles')}."
    )


def mix(traits: Sequence[Trait], patients: int, definition: Definition) -> str:
    """The traits that set these patients apart from the reference, most apart first; that there is none, when none does.

    Apart: by the distance h of two shares, which grows for rare traits, when it is more than a list of this size shows by
    chance."""
    least = max(definition.mix.apart_from, definition.interval.z_95 / max(patients, 1) ** 0.5)
    apart = sorted((one for one in traits if one.distance >= least), key=lambda one: -one.distance)[:2]
    if not apart:
        return "Vos patients ressemblent à ceux de la référence : aucun groupe n’y prend une part nettement différente."
    said = [f"{lower_first(one.label)} ({percent(one.mine)}, référence {percent(one.theirs)})" for one in apart]
    return f"Ce qui distingue le plus vos patients : {listed(said)}. L’attendu en tient compte, groupe par groupe."


def contributions(rows: Sequence[Gap], shown: int) -> str:
    """Where the gap comes from, largest first; the rows sum to the whole gap."""
    if not rows:
        return "Aucune dépense suivie cette année-là."
    total, first = sum(row.euros for row in rows), rows[0]
    side = "de plus que" if total > 0 else "de moins que"
    apart = f"environ {about_euros(abs(total) * 100)} {side}" if round(total) else "autant que"
    about = ", ".join([*([first.family] if first.family else []), count(first.patients, "patient")])
    return (
        f"Au total, {apart} l’attendu. Ce qui pèse le plus : {first.label} "
        f"({about}, {signed_euros(first.euros * 100)}). "
        f"Le graphique montre les {min(shown, len(rows))} plus grands écarts ; la somme des {len(rows)} fait le total."
    )


def opened_patients(gap: Gap, found: Sequence[Spent], year: int) -> str:
    """A group or a class, opened: the amounts of its bar."""
    return f"**{_capital(gap.label)}**, {year} : {count(len(found), 'patient')}, {_amounts(gap, found)}."


def opened_patient(gap: Gap, found: Sequence[Spent], year: int) -> str:
    """A patient, opened: what counts of his prescriptions, and what was expected of a patient of his group."""
    if not found:
        about = about_euros(gap.expected * 100)
        return (
            f"**{_capital(gap.label)}**, {year} : aucune de vos prescriptions ne compte, pour environ {about} attendus."
        )
    return f"**{_capital(gap.label)}**, {year}, de vos seules prescriptions : {_amounts(gap, found)}."


def spent(one: Spent) -> str:
    """An amount to the cent, so that the lines add up to the bar, and its boxes."""
    return f"{euros(one.cents, 2)}, {count(one.boxes, 'boîte')}"


def others(rest: Sequence[Spent]) -> str:
    """Those who are not shown one by one."""
    whole = Spent("", sum(one.cents for one in rest), sum(one.boxes for one in rest))
    return f"{count(len(rest), 'autre patient', 'autres patients')} : {spent(whole)}."


def _amounts(gap: Gap, found: Sequence[Spent]) -> str:
    return (
        f"{euros(sum(one.cents for one in found), 2)} observés, pour environ {about_euros(gap.expected * 100)} attendus"
    )


def _capital(label: str) -> str:
    return plain.text(label[:1].upper() + label[1:])


def funnel(rows: pa.Table, row: Ratio, everyone: Position) -> str:
    """Where the diamond lies, read off the very lines that are drawn, and how many lie below. The lines are those of
    ordinary patients: where they and the verdict, made from the doctor's own, point to different things, the sentence says
    which one counts."""
    [you] = [point for point in rows.to_pylist() if point["kind"] == YOU]
    chance, peers = ([limit_at(rows, kind, name, you["expected"]) for name in LIMITS[2:]] for kind in (CHANCE, PEERS))
    outside = not chance[0] <= you["ratio"] <= chance[1]
    unusual = not peers[0] <= you["ratio"] <= peers[1]
    where = "hors des limites du hasard" if outside else "dans les limites du hasard"
    if outside:
        where += ", et au-delà de cette variété" if unusual else ", mais dans cette variété"
    said = (
        f"Pour cette dépense attendue, le hasard des patients laisse le ratio entre {number(chance[0], 2)} et "
        f"{number(chance[1], 2)}, la variété habituelle des confrères entre {number(peers[0], 2)} et {number(peers[1], 2)} "
        f"(99,8{NBSP}%). Un ratio de {number(you['ratio'], 2)} est {where}. {below(everyone)}".rstrip()
    )
    return said if outside == (row.verdict in (ABOVE, BELOW)) else f"{said} {ORDINARY}"


def below(everyone: Position) -> str:
    """How many colleagues have a lower ratio; nothing when they are too few to say."""
    if everyone.peers is None or everyone.lower_from is None or everyone.lower_to is None:
        return ""
    them = f"des {count(everyone.peers, 'confrère')} de la référence"
    if everyone.lower_share is None:
        low, high = (percent(share) for share in (everyone.lower_from, everyone.lower_to))
        return f"De {low} à {high} {them} ont un ratio plus bas."
    if everyone.lower_share == 0:
        return f"Aucun {them} n’a un ratio plus bas."
    if everyone.lower_share == 1:
        return f"La totalité {them} a un ratio plus bas."
    return f"{_rounded_share(everyone.lower_share).capitalize()} {them} ont un ratio plus bas."


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
        "Groupe": [f"{GROUPS[row.group]} ({row.label})" if row.label else GROUPS[row.group] for row in rows],
        "Confrères": ["" if row.peers is None else number(row.peers) for row in rows],
        "Un quart sous": [_ratio(row.p25) for row in rows],
        "La moitié sous": [_ratio(row.median) for row in rows],
        "Trois quarts sous": [_ratio(row.p75) for row in rows],
        "Part sous le vôtre": [_lower(row) for row in rows],
        "Remarque": [row.reason for row in rows],
    }


def _lower(row: Position) -> str:
    if row.lower_from is None or row.lower_to is None:
        return "–"
    if row.lower_share is None:
        return f"{percent(row.lower_from)} à {percent(row.lower_to)}"
    return _rounded_share(row.lower_share)


def spread(found: Spread, doctors: int, definition: Definition) -> str:
    """How the usual variation between doctors is known."""
    if found.basis == ASSUMED:
        few = doctors < definition.spread.minimum_doctors
        nothing = "l’estimation est nulle, ce que si peu de médecins n’établissent pas"
        why = "trop peu de médecins pour la mesurer" if few else nothing
        known = f"supposée ({why})"
    else:
        known = "mesurée sur la référence"
    limits = ""
    if found.low is not None and found.high is not None:
        limits = f", de {number(found.low, 2)} à {number(found.high, 2)} d’après elle (95{NBSP}%)"
    return f"{known} : écart-type {number(found.tau, 2)}{limits}"


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
