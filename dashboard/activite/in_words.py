"""The activity in sentences and labels. No verdict: nothing here allows for the patients, the place or the days worked."""

from collections.abc import Sequence
from datetime import date

from calculators import french
from calculators.activity.expected import Standardised
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
    "du lieu, ni des jours travaillés."
)
ONE_PATIENT = (
    "Ces données sont celles d’un seul patient : elles ne disent rien de l’activité d’un médecin. "
    "Importez la liste entière."
)
NO_ACTS = (
    "Aucun acte de ces douze mois ne porte votre identifiant : vos actes ne sont pas dans ces données, ou il n’y est pas "
    "dit qui les a faits."
)
TRAITS = {"age": "âge", "sex": "sexe", "ald": "ALD", "c2s": "C2S"}
EXPECTED_LIMITS = (
    "Ni le lieu, ni les jours travaillés, ni l’état de santé au-delà de l’ALD ne sont pris en compte. Plus ou moins "
    "qu’attendu n’est ni mieux ni moins bien : c’est une question à se poser."
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
    value = {one.measure: french.whole(one.value or 0) for one in found}
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


def how_expected(found: Standardised, own: bool) -> str:
    """Whose rates, for which patients, all else equal in what; `own`: are these data theirs?"""
    whose = f"des {found.doctors} autres cabinets fictifs" if own else f"des {found.doctors} cabinets fictifs fournis"
    same = french.listed([TRAITS[trait] for trait in found.by])
    said = [
        f"Ce que vos **{french.count(found.patients, 'patient')}** recevraient avec les taux {whose}, à {same} "
        f"{'égaux' if len(found.by) > 1 else 'égal'}. Seuls vos actes pour la liste sont comptés."
    ]
    if untold := [name for trait, name in TRAITS.items() if trait not in found.by]:
        said.append(f"Non pris en compte, faute d’être connu de tous : {french.listed(untold)}.")
    if found.left_out:
        left = french.count(found.left_out, "patient est laissé", "patients sont laissés")
        said.append(f"{left} de côté, faute de patients semblables dans ces cabinets, ou de sexe connu.")
    return " ".join(said)


def ratio(value: float | None) -> str:
    return "–" if value is None else french.number(value, 2)


def expected_in_words(found: Standardised) -> str:
    """All the acts beside those expected, said as the table does."""
    acts = found.rows[0]
    if acts.ratio is None or acts.low is None or acts.high is None:
        return "Rien n’est attendu : ces cabinets n’ont fait aucun acte pour des patients semblables."
    low, here, high = (round(one, 2) for one in (acts.low, acts.ratio, acts.high))  # as they are told
    inside = low <= here <= high
    return (
        f"**{french.count(french.whole(acts.value), 'acte')}** pour {french.number(acts.expected)} attendus, soit "
        f"{ratio(acts.ratio)} fois : {'dans' if inside else 'hors de'} l’étendue de ces cabinets "
        f"({ratio(acts.low)} à {ratio(acts.high)})."
    )
