"""A row of `assess` -> the French sentence that says why, what it was read from, and what a requirement asks for."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from calculators import french
from calculators.french import plain_day
from calculators.prevention.assess import Verdict
from calculators.prevention.campaign import load_campaigns
from calculators.prevention.codes import DRUG_SYSTEMS, CodeList, code_of
from calculators.prevention.indicator import (
    Age,
    Criteria,
    Exclusion,
    Indicator,
    IndicatorSet,
    Recorded,
    Requirement,
    Rolling,
    Value,
)
from calculators.prevention.refused import Seen
from calculators.records.roster import Care

DOUBTS = {
    "sexe": "le sexe du patient n’est pas enregistré",
    "ald": "les ALD, ou leurs numéros, ne sont pas enregistrés dans ces données",
    "c2s": "la C2S n’est pas enregistrée dans ces données",
    "couverture": "les données ne remontent pas assez loin",
    "date": "la date d’un vaccin n’est pas connue au jour près",
}
MOST_SHOWN = 3
"""Acts named when an exclusion says what it was read from, the latest."""
UNITS = {"days": "jour", "months": "mois", "years": "an"}


def explain(
    row: Verdict, rules: IndicatorSet, as_of: date, care: Sequence[Care] = (), refused: Seen | None = None
) -> str:
    """Why this status, in one to five French sentences. `care`: the lines of care of the patient, to name those that an
    exclusion was read from; `refused`: an act of his that does not count, on purpose."""
    return _why(row, rules, as_of, care, refused) + _noted(row, rules, care)


def in_short(row: Verdict, refused: Seen | None = None) -> str:
    """Why an act is due, in one sentence."""
    found = f"dernier acte le {plain_day(row.last_on)}" if row.last_on else "aucun acte retrouvé"
    found = refused.said if refused else found
    counted = f", {row.count} sur {row.required} dans la période" if row.count and (row.required or 0) > 1 else ""
    return f"Il manque : {_missing(row)} ({row.population}) ; {found}{counted}."


def _why(row: Verdict, rules: IndicatorSet, as_of: date, care: Sequence[Care], refused: Seen | None) -> str:
    indicator = rules.indicator(row.indicator)
    match row.status:
        case "not_eligible":
            return f"Non concerné : cet acte s’adresse à {_audience(indicator)}."
        case "excluded":
            return f"Exclu : {row.excluded_by}. {_read_from(row.excluded_by, indicator, rules, care)}"
        case "unknown" if row.population is None:
            return f"Impossible à dire : {_doubt(row)}. Serait concerné : {_audience(indicator)}."
        case "unknown" if row.unknown_because == "exclusion":
            return (
                f"Impossible à dire : une exclusion est possible, {row.excluded_by}. "
                f"{_read_from(row.excluded_by, indicator, rules, care)} À vous de trancher. {_found(row, refused)}"
            )
        case "unknown":
            return (
                f"Impossible à dire : {_doubt(row)} pour savoir si c’est fait ({_missing(row)}). {_found(row, refused)}"
            )
        case "up_to_date":
            return f"À jour ({row.population}). {_found(row)}{_next_time(row)}"
        case _:
            return (
                f"À faire ({row.population}) : {_missing(row)}. {_found(row, refused)}{_lapsed(row)}"
                f"{_when(row, indicator, as_of)}"
            )


def _noted(row: Verdict, rules: IndicatorSet, care: Sequence[Care]) -> str:
    """What is said beside the status."""
    noted, indicator = (row.noted or "").split(","), rules.indicator(row.indicator)
    said = []
    if "resultat" in noted:
        said.append(" Le résultat n’est pas connu : c’est l’acte qui compte.")
    if "fin" in noted:
        said.append(
            " Les données de ce patient s’arrêtent un peu avant ce jour : calculé comme si elles étaient complètes."
        )
    if "exclusion" in noted:
        begun = [one for one in indicator.excluded if one.possible]
        named = " ou ".join(one.label for one in begun)
        found = french.listed(
            sorted({line for one in begun for line in _lines(one, rules, care)}) or ["un acte au moins"]
        )
        said.append(
            f" À savoir : {found} dans les données, pas assez pour une exclusion ({named}) : l’acte reste à proposer."
        )
    return "".join(said)


def read_from(entry: Criteria, rules: IndicatorSet) -> str:
    """What an entry was read from: « les actes remboursés (coloscopie, CCAM) », « les ALD enregistrées »."""
    sources = ["les ALD enregistrées"] * bool(entry.ald) + ["la C2S enregistrée"] * (entry.c2s is not None)
    names = [name for one in entry.recorded for name in one.codes]
    sources += [_source(rules.codes[name]) for name in dict.fromkeys(names)]
    return french.listed(sources or ["l’âge et le sexe"])


def _source(codes: CodeList) -> str:
    kind = "les actes remboursés" + " et les résultats d’analyses" * ("loinc" in codes.systems)
    kind = "les délivrances remboursées" if codes.systems <= set(DRUG_SYSTEMS) else kind
    return f"{kind} ({french.lower_first(codes.label)}, {', '.join(sorted(one.upper() for one in codes.systems))})"


def _read_from(label: str | None, indicator: Indicator, rules: IndicatorSet, care: Sequence[Care]) -> str:
    entry = next((one for one in indicator.excluded if one.label == label), None)
    if entry is None:
        return ""
    found = _lines(entry, rules, care)
    return f"Lu dans {read_from(entry, rules)}" + (f" : {french.listed(found)}." if found else ".")


def _lines(entry: Exclusion, rules: IndicatorSet, care: Sequence[Care]) -> list[str]:
    """Acts and deliveries of the codes of an exclusion, net of reversals, the latest ones: « QEFA019 le 3 mars 2015 »."""
    codes = [pair for one in entry.recorded for name in one.codes for pair in rules.codes[name].codes()]
    net: Counter[tuple[date, str]] = Counter()
    for line in care:
        if named := code_of(codes, line.system, line.code, line.cip13):
            net[line.date, named] += line.quantity
    latest = sorted((key for key, quantity in net.items() if quantity > 0), reverse=True)[:MOST_SHOWN]
    return [
        f"{code} le {plain_day(day)}" + (f" ({net[day, code]} fois)" if net[day, code] > 1 else "")
        for day, code in latest
    ]


def requirement_sentence(need: Requirement) -> str:
    """What a requirement asks for: « deux fois », « dans les 24 mois »…"""
    return f"{need.label} : {window_sentence(need)}" + "".join(f", {said}" for said in _asked(need) if said)


def _asked(need: Requirement) -> list[str]:
    units = need.count_by == "quantity"
    several = f"{need.count} unités en tout" if units else f"{need.count} fois à des dates différentes"
    ages, apart = need.age_at_act, need.apart_from
    return [
        several if need.count > 1 else "",
        f"à {need.min_interval_days} jours d’intervalle au moins" if need.min_interval_days else "",
        f"à {_one_by_one(need.min_interval)} d’intervalle au moins" if need.min_interval else "",
        f"à partir de {_one_by_one(need.min_age)}" if need.min_age else "",
        f"fait à {_age(ages.min)} au moins" if ages and ages.min else "",
        f"fait à {_age(ages.max)} au plus" if ages and ages.max else "",
        f"jamais moins de {apart.days} jours après {', '.join(apart.codes)}" if apart else "",
        f"résultat {_value(need.value)}" if need.value else "",
        f"depuis le {plain_day(need.exists_since)}" if need.exists_since else "",
    ]


def _one_by_one(lengths: Sequence[Any]) -> str:
    """« 1 mois, puis 6 mois »."""
    return ", puis ".join(_age(length) for length in lengths)


def _value(value: Value) -> str:
    unit = f" {value.unit}" if value.unit else ""
    low, high = (None if end is None else f"{end:g}".replace(".", ",") for end in (value.min, value.max))
    if low and high:
        return f"de {low} à {high}{unit}"
    return f"d’au moins {low}{unit}" if low else f"d’au plus {high}{unit}"


def window_sentence(need: Requirement | Recorded) -> str:
    """The window of what is counted, in words."""
    window = need.window
    match window.kind:
        case "rolling":
            return _rolling(window)
        case "calendar_year":
            return "dans l’année civile"
        case "campaign":
            vaccine = load_campaigns().of(window.vaccine).label
            return f"depuis l’ouverture de la dernière campagne de vaccination contre {vaccine}"
        case "since_birth":
            return "une fois dans la vie"
        case "since_age":
            return f"depuis le {window.years}e anniversaire"
        case "since_date":
            return f"depuis le {plain_day(window.date)}"
        case _:
            return f"entre {_since(window.start)} et la veille de {_age(window.end)}"


def _rolling(window: Rolling) -> str:
    """« dans les 24 derniers mois », « dans la dernière année », « dans les 27 mois qui finissent avec l’année »."""
    if window.ends == "year_end":
        return f"dans les {_age(window)} qui finissent avec l’année"
    number = window.days or window.months or window.years or 0
    if number == 1:
        return "dans la dernière année" if window.years else f"dans le dernier {_age(window).removeprefix('1 ')}"
    units = "années" if window.years else _age(window).split()[1]
    return f"dans les {number} {'dernières' if window.years else 'derniers'} {units}"


def _since(age: Age) -> str:
    """« la naissance », « 8 mois »."""
    return _age(age) if age.shift[1] else "la naissance"


def _age(length: Any) -> str:
    """« 9 jours », « 8 mois », « 2 ans »."""
    unit, number = next((unit, n) for unit in UNITS if (n := getattr(length, unit, None)) is not None)
    plural = "s" if number > 1 and unit != "months" else ""
    return f"{number} {UNITS[unit]}{plural}"


def _audience(indicator: Indicator) -> str:
    return " ; ou ".join(population.label for population in indicator.eligible)


def _doubt(row: Verdict) -> str:
    return " et ".join(DOUBTS[word] for word in (row.unknown_because or "couverture").split(","))


def _missing(row: Verdict) -> str:
    return " ; ".join(row.missing or [])


def _found(row: Verdict, refused: Seen | None = None) -> str:
    seen = french.upper_first(refused.said) + "." if refused else ""
    if row.last_on is None:
        return seen or "Aucun acte retrouvé dans les données."
    counted = "" if row.required == 1 else f" ({row.count} sur {row.required} dans la période)"
    return f"Dernier acte retrouvé le {plain_day(row.last_on)}{counted}." + (f" {seen}" if seen else "")


def _next_time(row: Verdict) -> str:
    if row.due_on is None:
        return " C’est acquis : rien à refaire pour cet indicateur."
    return f" À jour jusqu’au {plain_day(row.due_on - timedelta(days=1))} inclus."


def _lapsed(row: Verdict) -> str:
    return f" N’est plus à jour depuis le {plain_day(row.due_on)}." if row.due_on else ""


def _when(row: Verdict, indicator: Indicator, as_of: date) -> str:
    if row.actionable_on is None:
        return " La période prévue est passée : l’acte ne peut plus compter."
    if row.actionable_on <= as_of:
        return ""
    supposed = " (date supposée)" if _is_supposed_opening(row.actionable_on, indicator) else ""
    return f" Possible à partir du {plain_day(row.actionable_on)}{supposed}."


def _is_supposed_opening(day: date, indicator: Indicator) -> bool:
    """Is it the opening of a campaign that no source gives?"""
    openings = [calendar.of_year(day.year) for calendar in indicator.calendars]
    return any(one.opens == day and one.opens_source.basis == "hypothese" for one in openings)
