"""Sentences that say what a chart or a table shows, made from the same rows. No moral words."""

from datetime import date
from typing import Any

from calculators.prevention.worklist import Action
from dashboard.wording import (
    NBSP,
    PART,
    about_euros,
    count,
    day,
    euros,
    listed,
    lower_first,
    number,
    percent,
    signed_euros,
)

Rows = list[dict[str, Any]]
VERBS = {"vaccination": "Vacciner", "depistage": "Proposer à", "suivi": "Prévoir pour"}
ENOUGH = 10
"""Patients under which a rate is not put forward."""
UNDER_TREATMENT = (
    "Un ratio bas peut aussi traduire un sous-traitement : voyez les actes de prévention à faire chez ces patients."
)


def action(given: Action) -> str:
    """« Vacciner 12 patients : vaccin contre la grippe »."""
    verb = VERBS[given.indicator.family]
    return f"{verb} {count(given.patients, 'patient')}{NBSP}: {lower_first(given.indicator.label)}"


def standing(patients: int, rates: Rows) -> str:
    """What is done, first."""
    done, known = sum(r["up_to_date"] for r in rates), sum(r["up_to_date"] + r["due"] for r in rates)
    if not known:
        return f"**{count(patients, 'patient')}** sur la liste. Les données ne permettent de juger aucun acte."
    verb = "est à jour" if done < 2 else "sont à jour"
    return (
        f"**{count(patients, 'patient')}** sur la liste. Sur {count(known, 'acte')} de prévention attendus, "
        f"**{number(done)}** {verb} ({percent(done / known)})."
    )


def nothing_to_do(rates: Rows) -> str:
    """Why there is no action: all is done, or nothing can be told. Unknown is not done."""
    if any(rate["up_to_date"] + rate["due"] for rate in rates):
        return "Aucun acte à faire dès aujourd’hui d’après ces données."
    return "Ces données ne permettent pas de dire ce qui est à faire : inconnu n’est ni fait ni non fait."


def how_actions_are_chosen(shown: int, examined: int) -> str:
    return (
        f"{count(shown, 'indicateur')} mis en avant sur {examined} examinés : dans chaque famille (vaccination, "
        "dépistage, suivi), celui qui concerne le plus de patients dont l’acte peut être fait dès aujourd’hui."
    )


def rates_in_words(rates: Rows) -> str:
    """The two ends of the chart: the most often up to date, the most patients due."""
    known = [rate for rate in rates if rate["up_to_date"] + rate["due"] >= ENOUGH]
    if not known:
        return f"Aucun indicateur ne concerne {ENOUGH} patients dont les données disent l’état."
    best = max(known, key=lambda rate: rate["rate"])
    most = max(known, key=lambda rate: rate["due"])
    said = (
        f"Sur {count(len(rates), 'indicateur')}, le plus souvent à jour : **{lower_first(best['label'])}** "
        f"({percent(best['rate'] / 100)})."
    )
    if most["due"]:
        said += f" Le plus de patients à voir : **{lower_first(most['label'])}** ({count(most['due'], 'patient')})."
    doubtful = sum(rate["unknown"] for rate in rates)
    if doubtful:
        said += f" {count(doubtful, 'réponse inconnue', 'réponses inconnues')}, faute de données."
    return said


def monthly(rows: Rows) -> str:
    """The first and the last month of a rate, oldest first."""
    known = [row for row in rows if row["rate"] is not None]
    if not known:
        return "Les données ne permettent de juger cet indicateur à aucune fin de mois."
    first, last = known[0], known[-1]
    now = f"{percent(last['rate'] / 100)} au {day(last['month'])}"
    if first is last:
        return f"{last['label']} : {now}."
    return f"{last['label']} : {percent(first['rate'] / 100)} au {day(first['month'])}, {now}."


def ratio(row: dict[str, Any]) -> str:
    """The ratio in one sentence; the verdict word only as the table says."""
    if row["ratio"] is None:
        return f"{row['year']} : {lower_first(row['reason'])}"
    said = f"En {row['year']}, un ratio de **{number(row['ratio'], 2)}** : " + _against_expected(row)
    return f"{said} {verdict(row)}"


def _against_expected(row: dict[str, Any]) -> str:
    gap = round(100 * (row["ratio"] - 1))
    if gap == 0:
        return "la dépense prescrite est celle attendue pour ces patients."
    side = "de plus" if gap > 0 else "de moins"
    return f"{abs(gap)}{NBSP}% {side} que la dépense attendue pour ces patients."


def verdict(row: dict[str, Any]) -> str:
    """What can be concluded; the reason when nothing can."""
    if not row["verdict"]:
        return row["reason"]
    words = {
        "au-dessus": "au-dessus de l’attendu, au-delà de ce que le hasard explique",
        "compatible": "compatible avec l’attendu, compte tenu du hasard",
        "en dessous": "en dessous de l’attendu, au-delà de ce que le hasard explique",
    }
    return f"C’est **{words[row['verdict']]}**."


def interval(row: dict[str, Any]) -> str:
    """The two intervals in words."""
    if row["low_95"] is None:
        return ""
    return (
        f"Intervalle à 95{NBSP}% : {number(row['low_95'], 2)} à {number(row['high_95'], 2)} ; "
        f"à 99,8{NBSP}% : {number(row['low_998'], 2)} à {number(row['high_998'], 2)}. "
        f"Fiabilité {number(row['reliability'], 2)} (1 = le hasard ne compte pas)."
    )


def spending(row: dict[str, Any]) -> str:
    """Observed, and how far from expected, in euros and per patient. The expected amount itself, cut to two figures, would
    not give the ratio back when divided."""
    patients, gap = max(row["patients"], 1), row["observed_cents"] - row["expected_cents"]
    side, each = "de plus" if gap > 0 else "de moins", abs(gap) / patients
    apart = "autant que l’attendu"
    if round(gap / 100):
        by_patient = f"environ {about_euros(each)}" if round(each / 100) else "moins d’un euro"
        apart = f"environ {about_euros(abs(gap))} {side} que l’attendu, soit {by_patient} par patient"
    return (
        f"Observé : {euros(row['observed_cents'])}, soit {euros(row['observed_cents'] / patients)} par patient ; {apart}. "
        f"{count(row['patients'], 'patient fidèle', 'patients fidèles')}."
    )


def pay_limits(year: int, covers_to: date) -> str:
    """What the year's figure still depends on."""
    if date(year, 12, 31) <= covers_to:
        return "Liste du 31 décembre précédent, prévention constatée au 31 décembre."
    return f"Estimation : la prévention est celle constatée au {day(covers_to)}, l’année n’est pas finie."


def at_stake(rows: list[dict[str, Any]]) -> str:
    """Patients whose rights or last contact are unknown, and what the other answer would change."""
    names = {"ald": "l’ALD", "c2s": "la C2S", "seen": "le dernier contact"}
    otherwise = {("ald", 1): "si tous étaient en ALD", ("c2s", 1): "si tous avaient la C2S",
                 ("seen", 0): "si aucun n’avait été vu", ("seen", 1): "si tous avaient été vus"}  # fmt: skip
    said = [
        f"{names[row['what']]} de {count(row['patients'], 'patient')} "
        f"({signed_euros(row['amount_cents'])} {otherwise[row['what'], row['answer']]})"
        for row in rows
        if row["patients"]
    ]
    return f"Les données ne disent pas {listed(said)}. Un droit non connu n’est pas compté." if said else ""


def mix(rows: list[dict[str, Any]]) -> str:
    """The two traits that set these patients most apart from the reference."""
    mine = {row["trait"]: row["share"] for row in rows if row["whose"] == "Votre patientèle"}
    theirs = {row["trait"]: row["share"] for row in rows if row["whose"] == "Référence"}
    apart = sorted(mine, key=lambda trait: -abs(mine[trait] - theirs[trait]))[:2]
    said = [f"{lower_first(trait)} ({percent(mine[trait])}, référence {percent(theirs[trait])})" for trait in apart]
    return f"Ce qui distingue le plus vos patients : {listed(said)}. L’attendu en tient compte, groupe par groupe."


def contributions(rows: list[dict[str, Any]], shown: int) -> str:
    """Where the gap comes from, largest first; the rows sum to the whole gap."""
    if not rows:
        return "Aucune dépense suivie cette année-là."
    total, first = sum(row["euros"] for row in rows), rows[0]
    side = "de plus que" if total > 0 else "de moins que"
    return (
        f"Au total, environ {about_euros(abs(total) * 100)} {side} l’attendu. Ce qui pèse le plus : {first['label']} "
        f"({count(first['patients'], 'patient')}, {signed_euros(first['euros'] * 100)}). "
        f"Le graphique montre les {min(shown, len(rows))} plus grands écarts ; la somme des {len(rows)} fait le total."
    )


def pay(parts: dict[str, int], total: int) -> str:
    """The year's pay by part."""
    if not total:
        return "Aucune ligne : personne n’est sur la liste au jour retenu par cet accord."
    said = [f"{lower_first(PART[part])} {euros(cents)}" for part, cents in parts.items() if cents]
    return f"**{euros(total)}** : {listed(said)}."


def versions(lines: dict[str, Any]) -> str:
    """Lowest and highest total among the agreements."""
    totals = {name: sum(table["amount_cents"].to_pylist()) for name, table in lines.items()}
    low, high = min(totals, key=lambda name: totals[name]), max(totals, key=lambda name: totals[name])
    return f"De {euros(totals[low])} ({low}) à {euros(totals[high])} ({high})."
