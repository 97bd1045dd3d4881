"""Prevention in sentences, made from the same rows as the charts and tables they stand beside. No moral words."""

import math
from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from calculators import french
from calculators.french import NBSP, count, day, lower_first, number, percent
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.rates import LEAST_PEERS, MonthRate, PeerRate, Rate
from calculators.prevention.visits import Acts, Changes
from calculators.prevention.worklist import Action
from calculators.records.roster import Listed
from dashboard.words import labels

VERBS = {"vaccination": "Vacciner", "depistage": "Proposer à", "suivi": "Prévoir pour"}


ENOUGH = 10
"""Patients under which a rate is not put forward."""
FOR_THE_GROUP = (
    "Pour votre maison de santé, votre CPTS ou un groupe de pairs : les effectifs de 1 à 10 patients n’y sont pas, ni ce "
    "qui permettrait de les retrouver."
)


def action(given: Action) -> str:
    """« Vacciner 12 patients : vaccin contre la grippe »."""
    verb = VERBS[given.indicator.family]
    return f"{verb} {count(given.patients, 'patient')}{NBSP}: {lower_first(given.indicator.label)}"


def standing(patients: int, rates: Sequence[Rate]) -> str:
    """What is done, first."""
    done, known = sum(r.up_to_date for r in rates), sum(r.known for r in rates)
    if not known:
        return f"**{count(patients, 'patient')}** sur la liste. Les données ne permettent de juger aucun acte."
    verb = "est à jour" if done < 2 else "sont à jour"
    return (
        f"**{count(patients, 'patient')}** sur la liste. Sur {count(known, 'acte')} de prévention attendus, "
        f"**{number(done)}** {verb} ({percent(done / known)})."
    )


def since_parts(found: Changes) -> list[tuple[str, Acts]]:
    """What changed, by kind."""
    return [
        ("actes faits", found.done),
        ("actes devenus à faire", found.due),
        ("réponses devenues inconnues", found.unknown),
    ]


def since(found: Changes) -> str:
    """« Depuis votre visite du 12 novembre 2026 : 3 actes faits, 5 devenus à faire. »"""
    said = [
        count(len(found.done), "acte fait", "actes faits") if found.done else "",
        count(len(found.due), "acte devenu à faire", "actes devenus à faire") if found.due else "",
        count(len(found.unknown), "réponse devenue inconnue", "réponses devenues inconnues") if found.unknown else "",
        count(found.came, "patient arrivé", "patients arrivés") if found.came else "",
        count(found.left, "patient parti", "patients partis") if found.left else "",
    ]
    told = [part for part in said if part]
    when = f"Depuis votre visite du {day(found.since.at.date())}"
    return f"{when} : **{french.listed(told)}**." if told else f"{when} : rien n’a changé."


def nothing_to_do(rates: Sequence[Rate]) -> str:
    """Why there is no action: all is done, or nothing can be told. Unknown is not done."""
    if any(rate.known for rate in rates):
        return "Aucun acte à faire dès aujourd’hui d’après ces données."
    return "Ces données ne permettent pas de dire ce qui est à faire : inconnu n’est ni fait ni non fait."


def how_actions_are_chosen(shown: int, examined: int, added: int = 0) -> str:
    said = (
        f"{count(shown, 'indicateur')} mis en avant sur {examined} examinés : dans chaque famille (vaccination, "
        "dépistage, suivi), celui qui concerne le plus de patients dont l’acte peut être fait dès aujourd’hui."
    )
    beside = count(added, "indicateur ajouté à côté des données", "indicateurs ajoutés à côté des données")
    return f"{said} {beside} : voyez les pages Prévention et Indicateurs." if added else said


def rates_in_words(rates: Sequence[Rate]) -> str:
    """The two ends of the chart: the most often up to date, the most patients due."""
    known = [rate for rate in rates if rate.known >= ENOUGH]
    if not known:
        return f"Aucun indicateur ne concerne {ENOUGH} patients dont les données disent l’état."
    best = max(known, key=lambda rate: rate.rate or 0.0)
    most = max(known, key=lambda rate: rate.due)
    said = (
        f"Sur {count(len(rates), 'indicateur')}, le plus souvent à jour : **{lower_first(best.label)}** "
        f"({percent((best.rate or 0.0) / 100)})."
    )
    if most.due:
        said += f" Le plus de patients à voir : **{lower_first(most.label)}** ({count(most.due, 'patient')})."
    doubtful = sum(rate.unknown for rate in rates)
    if doubtful:
        said += f" {count(doubtful, 'réponse inconnue', 'réponses inconnues')}, faute de données."
    return said


NOTHING_TO_TALK_ABOUT = "Trop peu de patients dont l’état est connu pour donner un effectif : parlez des listes."


def to_talk_about(rates: Sequence[Rate]) -> list[str]:
    """Questions for a group of peers: the most patients due, the rate furthest under the country's."""
    known = [rate for rate in rates if rate.rate is not None]
    asked = []
    if waiting := max((rate for rate in known if rate.due), key=lambda rate: rate.due, default=None):
        said = f"{count(waiting.due, 'patient')} à voir sur {number(waiting.concerned)}"
        asked.append(f"**{waiting.label}** : {said}. Qui les appelle, et comment ?")
    if apart := max(known, key=_under_the_country, default=None):
        here, country = (percent((rate or 0.0) / 100) for rate in (apart.rate, apart.national_rate))
        if _under_the_country(apart) >= 1 and here != country:
            asked.append(f"**{apart.label}** : {here} ici, {country} dans le pays. Qu’est-ce qui l’explique ?")
    return asked


def _under_the_country(rate: Rate) -> float:
    """In points; never for one the country's rate of which is not known."""
    return -math.inf if rate.national_rate is None else rate.national_rate - (rate.rate or 0.0)


def monthly(rows: Sequence[MonthRate]) -> str:
    """The first and the last month of a rate, oldest first."""
    known = [(row.month, row.rate) for row in rows if row.rate is not None]
    if not known:
        return "Les données ne permettent de juger cet indicateur à aucune fin de mois."
    (first, then), (last, now) = known[0], known[-1]
    said = f"{percent(now / 100)} au {day(last)}"
    label = rows[0].label
    return f"{label} : {said}." if first == last else f"{label} : {percent(then / 100)} au {day(first)}, {said}."


def about_peers(peers: Sequence[PeerRate], day: date | None) -> str:
    """Who the peers are and when they were looked at, or why there are none."""
    if day is None or not peers:
        return f"Les pairs ne sont pas montrés : il n’y a pas de groupe d’au moins {LEAST_PEERS} médecins à comparer."
    said = french.count(max(one.doctors for one in peers), "médecin fictif", "médecins fictifs")
    return f"Pairs : {said}, sans nom, au {french.day(day)} ; montrés à partir de {LEAST_PEERS}."


def heading(shown: int, everyone: int, begun: int) -> str:
    """« 406 patients sur 1 180 », or how far a session of calls is."""
    if begun:
        return f"Séance d’appels : **{count(shown, 'patient')}** à appeler sur {begun}."
    return f"**{count(shown, 'patient')}** sur {number(everyone)}, dans l’ordre des appels."


ONE_PATIENT = (
    "Ces données sont celles d’un seul patient : voici ses actes de prévention. Elles ne disent rien d’un médecin : "
    "ni ratio, ni forfait."
)


def named_indicators(verdicts: pa.Table, rules: IndicatorSet, state: str) -> str:
    """The acts of one patient in a state, by name."""
    rows = zip(verdicts["indicator"].to_pylist(), verdicts["status"].to_pylist(), strict=True)
    named = [rules.indicator(indicator).label for indicator, status in rows if status == state]
    return " ; ".join(named) or "aucun acte"


def nobody(begun: int) -> str:
    """An empty list."""
    if begun:
        return (
            f"Les {begun} patients de cette séance sont appelés."
            if begun > 1
            else "Le patient de cette séance est appelé."
        )
    return "Aucun patient ne répond à ces filtres."


ORDER = (
    "Dans l’ordre des appels : d’abord les patients pour qui un seul contact règle le plus d’actes possibles aujourd’hui ; "
    "à égalité, ceux dont un de ces actes n’a jamais été retrouvé, puis ceux dont l’un est échu depuis le plus longtemps ; "
    "à égalité encore, ceux en ALD, puis les plus âgés."
)
"""The rule of `worklist.order`, as printed on the page."""


def late_doses(rules: IndicatorSet, as_of: date) -> str:
    """In January and February: what a dose given now is worth; empty out of season, or when the set pays no such vaccine."""
    paid = [one for one in rules.own if one.id in rules.paid]
    late = dict.fromkeys(season.label for one in paid for season in one.calendars if season.is_late(as_of))
    if not late:
        return ""
    return (
        f"Une dose contre {' ou '.join(late)} faite maintenant règle la saison du patient, mais peut n’être payée aucune "
        "année : c’est un point ouvert de la convention, chiffré sur la page Forfait."
    )


def contact(name: str, rules: IndicatorSet) -> str:
    """« une visite de vaccination »; an indicator without a contact speaks for itself."""
    if name in labels.CONTACT:
        return labels.CONTACT[name]
    return french.lower_first(rules.indicator(name).label)


def identity(patient: Listed) -> str:
    """« 71 ans, femme, née le 2 mai 1954 · ALD 8 · sans C2S »."""
    none = "sans ALD" if patient.ald_known else "ALD non connue"
    ald = f"ALD {', '.join(map(str, patient.ald))}" if patient.ald else none
    c2s = {True: "C2S", False: "sans C2S", None: "C2S non connue"}[patient.c2s]
    sex = labels.SEX.get(patient.sex, "sexe non connu")
    born = "née" if patient.sex == "F" else "né"
    return f"**{count(patient.age, 'an')}**, {sex}, {born} le {day(patient.birth_on)} · {ald} · {c2s}"


def care(points: pa.Table) -> str:
    """What the timeline shows: how many lines of care, when, of which kinds."""
    first, last = points["date"][0].as_py(), points["date"][-1].as_py()
    lanes = french.listed(list(dict.fromkeys(points["lane"].to_pylist())))
    return f"{count(points.num_rows, 'soin')} du {day(first)} au {day(last)}, par nature : {lanes}."


NO_SIGNATURE = "Indiquez dans « Signé par » le nom de qui signe : rien ne part sans nom."
NO_ADDRESS = (
    "Indiquez l’adresse du cabinet dans « Adresse et téléphone du cabinet » : elle est en tête de chaque lettre."
)


def no_names(known: bool, shown: bool) -> str:
    """Why patients cannot be written to by name. `known`: the data name somebody; `shown`: names are shown."""
    if not known:
        return "Ces données ne nomment aucun patient : déposez à la page Données un fichier qui donne leurs noms."
    if not shown:
        return "Activez « Nommer les patients » : lettres et SMS portent leurs noms et leurs téléphones."
    return "Les données ne nomment aucun de ces patients : déposez à la page Données un fichier qui donne leurs noms."


def unnamed(patients: int) -> str:
    """Those of the list to whom nothing is written."""
    who = french.count(patients, "patient")
    return f"{who} sans nom dans les données : ni lettre ni SMS."


def without_mobile(patients: int, landlines: int) -> str:
    """Those whom no text message reaches; `landlines` of them have another number."""
    who = french.count(patients, "patient")
    other = f", dont {french.number(landlines)} avec un téléphone fixe" if landlines else ""
    return f"Sans mobile connu : {who}{other}. Aucun SMS pour eux."
