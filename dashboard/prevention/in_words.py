"""Prevention in sentences, made from the same rows as the charts and tables they stand beside. No moral words."""

from datetime import date
from typing import Any

import pyarrow as pa

from calculators import french
from calculators.french import NBSP, count, day, lower_first, number, percent
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.rates import LEAST_PEERS
from calculators.prevention.worklist import Action
from dashboard.words import labels

Rows = list[dict[str, Any]]


VERBS = {"vaccination": "Vacciner", "depistage": "Proposer à", "suivi": "Prévoir pour"}


ENOUGH = 10
"""Patients under which a rate is not put forward."""


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


def about_peers(peers: pa.Table | None, day: date | None) -> str:
    """Who the peers are and when they were looked at, or why there are none."""
    if peers is None or day is None or not peers.num_rows:
        return f"Les pairs ne sont pas montrés : il n’y a pas de groupe d’au moins {LEAST_PEERS} médecins à comparer."
    most = max(peers["doctors"].to_pylist())
    said = french.count(most, "médecin fictif", "médecins fictifs")
    return f"Pairs : {said}, sans nom, au {french.day(day)} ; montrés à partir de {LEAST_PEERS}."


ORDER = (
    "Dans l’ordre des appels : d’abord les patients pour qui un seul contact règle le plus d’actes possibles aujourd’hui ; "
    "à égalité, ceux dont un acte n’a jamais été retrouvé, puis ceux dont un acte est échu depuis le plus longtemps ; "
    "à égalité encore, ceux en ALD, puis les plus âgés."
)
"""The rule of `worklist.order`, as printed on the page."""


def contact(name: str, rules: IndicatorSet) -> str:
    """« une visite de vaccination »; an indicator without a contact speaks for itself."""
    if name in labels.CONTACT:
        return labels.CONTACT[name]
    return french.lower_first(rules.indicator(name).label)
