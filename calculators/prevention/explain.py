"""A row of `assess` -> the French sentence that says why."""

from datetime import date, timedelta
from typing import Any

from calculators.french import plain_day
from calculators.prevention.assess import Verdict
from calculators.prevention.indicator import Indicator, IndicatorSet, Requirement

DOUBTS = {
    "sexe": "le sexe du patient n’est pas enregistré",
    "ald": "les ALD ne sont pas enregistrées dans ces données",
    "c2s": "la C2S n’est pas enregistrée dans ces données",
    "couverture": "les données ne remontent pas assez loin",
}


def explain(row: Verdict, rules: IndicatorSet, as_of: date) -> str:
    """Why this status, in one to three French sentences."""
    indicator = rules.indicator(row.indicator)
    match row.status:
        case "not_eligible":
            return f"Non concerné : cet acte s’adresse à {_audience(indicator)}."
        case "excluded":
            return f"Exclu : {row.excluded_by}."
        case "unknown" if row.population is None:
            return f"Impossible à dire : {_doubt(row)}. Serait concerné : {_audience(indicator)}."
        case "unknown":
            return f"Impossible à dire : {_doubt(row)} pour savoir si c’est fait ({_missing(row)}). {_found(row)}"
        case "up_to_date":
            return f"À jour ({row.population}). {_found(row)}{_next_time(row)}"
        case _:
            return f"À faire ({row.population}) : {_missing(row)}. {_found(row)}{_lapsed(row)}{_when(row, as_of)}"


def requirement_sentence(need: Requirement) -> str:
    """What a requirement asks for: « deux fois », « dans les 24 mois »…"""
    times = "" if need.count == 1 else f", {need.count} fois à des dates différentes"
    apart = f", à {need.min_interval_days} jours d’intervalle au moins" if need.min_interval_days else ""
    return f"{need.label} : {window_sentence(need)}{times}{apart}"


def window_sentence(need: Requirement) -> str:
    """The window of a requirement in words."""
    window = need.window
    match window.kind:
        case "rolling":
            return f"dans les {window.months} derniers mois"
        case "calendar_year":
            return "dans l’année civile"
        case "campaign":
            return "depuis l’ouverture de la dernière campagne de vaccination"
        case "since_birth":
            return "une fois dans la vie"
        case "since_age":
            return f"depuis le {window.years}e anniversaire"
        case "since_date":
            return f"depuis le {plain_day(window.date)}"
        case _:
            return f"entre {_age(window.start)} et la veille de {_age(window.end)}"


def _age(age: Any) -> str:
    if age.days is not None:
        return f"{age.days} jours"
    return f"{age.months} mois" if age.months is not None else f"{age.years} ans"


def _audience(indicator: Indicator) -> str:
    return " ; ou ".join(population.label for population in indicator.eligible)


def _doubt(row: Verdict) -> str:
    return " et ".join(DOUBTS[word] for word in (row.unknown_because or "couverture").split(","))


def _missing(row: Verdict) -> str:
    return " ; ".join(row.missing or [])


def _found(row: Verdict) -> str:
    if row.last_on is None:
        return "Aucun acte retrouvé dans les données."
    counted = "" if row.required == 1 else f" ({row.count} sur {row.required} dans la période)"
    return f"Dernier acte retrouvé le {plain_day(row.last_on)}{counted}."


def _next_time(row: Verdict) -> str:
    if row.due_on is None:
        return " C’est acquis : rien à refaire pour cet indicateur."
    return f" À jour jusqu’au {plain_day(row.due_on - timedelta(days=1))} inclus."


def _lapsed(row: Verdict) -> str:
    return f" N’est plus à jour depuis le {plain_day(row.due_on)}." if row.due_on else ""


def _when(row: Verdict, as_of: date) -> str:
    if row.actionable_on is None:
        return " La période prévue est passée : l’acte ne peut plus compter."
    return "" if row.actionable_on <= as_of else f" Possible à partir du {plain_day(row.actionable_on)}."
