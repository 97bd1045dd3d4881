"""The activity in sentences and labels. No verdict: nothing here allows for the patients, the place or the days worked."""

from collections.abc import Sequence
from datetime import date

from calculators import french
from calculators.activity.measure import Beside, settings

NAMES = {
    "acts": "Actes, en tout",
    "consultation": "Consultations au cabinet",
    "visite": "Visites",
    "teleconsultation": "Téléconsultations",
    "autre": "Autres actes",
    "active_file": "File active : patients différents vus",
    "listed": "Patients de la liste (médecin traitant)",
    "ald_share": "En ALD, sur ceux dont on le sait",
    "c2s_share": "Avec la C2S, sur ceux dont on le sait",
}
LIMITS = (
    "Un acte : un patient, un code, un jour, annulations retirées. Ces médianes ne tiennent compte ni de vos patients, ni "
    "du lieu, ni des jours travaillés : elles situent, sans dire ce qui serait attendu de vous."
)
ONE_PATIENT = (
    "Ces données sont celles d’un seul patient : elles ne disent rien de l’activité d’un médecin. "
    "Importez la liste entière."
)
NO_ACTS = (
    "Aucun acte de ces douze mois ne porte votre identifiant : vos actes ne sont pas dans ces données, ou il n’y est pas "
    "dit qui les a faits."
)
AT_LEAST = "Les données ne couvrent pas ces douze mois entiers : ces nombres sont un minimum."


def name(measure: str) -> str:
    """Of a measure, or of a class of age of the list."""
    if measure in NAMES:
        return NAMES[measure]
    firsts = [*settings().ages, None]
    first = int(measure.removeprefix("age_"))
    after = firsts[firsts.index(first) + 1]
    return f"dont {french.ages(first, None if after is None else after - 1)}"


def figure(measure: str, value: float | None) -> str:
    if value is None:
        return "–"
    return french.percent(value / 100) if measure.endswith("_share") else french.number(value)


def done(found: Sequence[Beside], as_of: date) -> str:
    """What was done in the twelve months, and for how many."""
    value = {one.measure: round(one.value or 0) for one in found}
    kinds = [
        french.count(value["consultation"], "consultation"),
        french.count(value["visite"], "visite"),
        french.count(value["teleconsultation"], "téléconsultation"),
    ]
    return (
        f"En douze mois, jusqu’au {french.day(as_of)} : **{french.count(value['acts'], 'acte')}**, dont "
        f"{french.listed(kinds)}, pour **{french.count(value['active_file'], 'patient')}** (file active). Sur la liste : "
        f"**{french.count(value['listed'], 'patient')}**."
    )


def others(found: Sequence[Beside], day: date | None, own: bool) -> str:
    """Who the others are; `own`: are these data theirs?"""
    many = max(one.doctors for one in found)
    if not many or day is None:
        return "Il n’y a pas assez de médecins pour donner une médiane."
    whose = "autres cabinets fictifs" if own else "cabinets fictifs fournis avec le programme"
    return f"Médiane de {many} {whose}, sur les douze mois jusqu’au {french.day(day)} : un exemple, pas une norme."
