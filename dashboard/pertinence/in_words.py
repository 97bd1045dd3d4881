"""What the page of relevance says of a measure: where it stands, what chance allows, what nobody can tell."""

from collections.abc import Mapping, Sequence
from datetime import date

from calculators import french
from calculators.pertinence import avoid
from calculators.pertinence import environment as weights
from calculators.pertinence.avoid import ToAvoid
from calculators.pertinence.codes import load_codes
from calculators.pertinence.environment import Environment
from calculators.pertinence.interessement import Collective, Scheme
from calculators.pertinence.measure import Measure, texts
from calculators.pertinence.rates import MeasureRow
from calculators.pertinence.reference import MeasureReference
from dashboard.words import recorded

SCOPE = {"own": "mes prescriptions", "list": "ma patientèle, quel que soit le prescripteur"}
MEANING = {
    "moins": "Un chiffre plus bas va dans le sens de l’objectif ; il ne dit rien d’un acte en particulier.",
    "plus": "Un chiffre plus haut va dans le sens de l’objectif ; il ne dit rien d’un acte en particulier.",
    "conforme": "C’est la part conforme qui compte ; une ligne sortie de la règle peut avoir sa raison.",
    "aucune": "Ni plus ni moins n’est mieux : l’indication n’est dans aucun dossier.",
}
VERDICTS = {
    "au-dessus": "au-dessus de l’attendu, au-delà de ce que le hasard explique",
    "en dessous": "en dessous de l’attendu, au-delà de ce que le hasard explique",
    "compatible": "compatible avec l’attendu",
}
REACHED = {"oui": "objectif atteint", "non": "objectif non atteint", "on ne peut pas dire": "on ne peut pas dire"}
TELLING = 0.01
"""A share is in whole percents above it."""
LARGE = 100
"""From here on an expected number is whole: the data carry no more."""
NOT_SAID = "Aucune de ces mesures ne juge une prescription : elles comptent, et vous savez pourquoi."
FOR_THE_GROUP = (
    "La copie pour le groupe n’a ni médecin ni patient, ni un effectif de 1 à 10 patients, ni ce qui permettrait d’en "
    "retrouver un : la case est vide, et avec elle le taux qui le dirait."
)
CARBON_LIMITS = (
    f"{weights.rules().carbon.limits} Aucune comparaison entre médecins, aucune classe de médicaments à part : la dépense "
    "n’est pas le carbone."
)


def amount(value: float | None, decimals: int = 1) -> str:
    return "–" if value is None else french.number(value, decimals)


def rate(row: MeasureRow, measure: Measure) -> str:
    """« 40,9 traitements pour 100 patients », or why there is none."""
    if row.rate is None:
        return recorded.named(row.reason)
    of = measure.denominator.counted
    parts = (
        counted(row.numerator or 0, measure.numerator.in_cents),
        counted(row.denominator or 0, of is not None and of.in_cents),
    )
    said = f"**{_rate(row.rate, measure)} {measure.unit}** ({' sur '.join(parts)})"
    priced = _priced(row.priced_share)
    return f"{said}.{priced}" if priced else said


def counted(value: float, in_cents: bool) -> str:
    """A number, or an amount of money."""
    return french.euros(value) if in_cents else french.number(value)


def _rate(value: float, measure: Measure) -> str:
    """Euros per patient to the cent; anything else to a tenth."""
    return amount(value, 2 if _is_mean_of_euros(measure) else 1)


def _is_mean_of_euros(measure: Measure) -> bool:
    return measure.numerator.in_cents and measure.denominator.counted is None


def expected(row: MeasureRow, measure: Measure) -> str:
    """Beside what is expected of the same patients."""
    if row.expected is None or row.ratio is None:
        return recorded.named(row.reason)
    whole = (
        french.euros(row.expected)
        if measure.numerator.in_cents
        else amount(row.expected, 1 if row.expected < LARGE else 0)
    )
    said = f"Attendu pour ces patients : {whole} ; ratio {amount(row.ratio, 2)}"
    if row.low_95 is not None and row.high_95 is not None:
        said += f", entre {amount(row.low_95, 2)} et {amount(row.high_95, 2)} à 95 %"
    end = f"{VERDICTS[row.verdict].capitalize()}." if row.verdict else recorded.named(row.reason)
    return f"{said}. {end} {own_weight(row)}".rstrip()


def own_weight(row: MeasureRow) -> str:
    """How much of what he is compared with is he; empty when he is not in the reference, or nobody can tell."""
    if not row.own_weight:
        return ""
    share = french.percent(row.own_weight, 0 if row.own_weight > TELLING else 1)
    return (
        f"Vous êtes dans la référence : {share} de ce à quoi vous êtes comparé vient de vous, ce qui rapproche le ratio de "
        "1."
    )


def change(row: MeasureRow, measure: Measure) -> str:
    """Since the year it is compared with."""
    if row.previous_rate is None:
        return "Année d’avant non connue." if row.rate is not None else ""
    euros = f"{french.NBSP}€" if _is_mean_of_euros(measure) else ""
    before = f"En {row.previous_year} : {_rate(row.previous_rate, measure)}{euros}"
    if row.change is None:  # from nothing
        return f"{before}."
    if measure.denominator.over_before is not None:
        return f"{before}, mêmes patients ; différence {amount(row.change, 2)}{_between(row, relative=False)}."
    if row.change_low_95 is None:  # of a few cases, a percentage would say more than they do
        few = french.number(row.previous_numerator or 0)
        return f"{before} ({few} en tout) : trop peu pour dire un changement."
    return f"{before} ; changement {french.signed_percent(row.change, 1)}{_between(row, relative=True)}."


def _between(row: MeasureRow, relative: bool) -> str:
    if row.change_low_95 is None or row.change_high_95 is None:
        return ", trop peu pour un intervalle"
    write = french.signed_percent if relative else amount
    return f", entre {write(row.change_low_95, 1)} et {write(row.change_high_95, 1)} à 95 %"


def target(row: MeasureRow, measure: Measure) -> str:
    """The target and whether it is reached."""
    if not row.target_kind or row.target is None:
        return "Pas d’objectif chiffré."
    asked = {
        "change": f"objectif {french.signed_percent(row.target, 0)}",
        "difference": f"objectif {amount(row.target, 0)} molécules",
        "share": f"objectif {french.percent(row.target, 0)}{' conformes' if measure.polarity == 'conforme' else ''}",
        "level": f"objectif {amount(row.target, 0)}",
    }[row.target_kind]
    until = f" en {row.target_year}" if row.target_year else ""
    return f"{asked.capitalize()}{until} ({texts()[row.target_version].label}) : **{REACHED[row.reached]}**."


def overview(found: Sequence[tuple[str, MeasureRow, Measure]]) -> dict[str, list[str]]:
    """Every measure in a line: objective, measure, scope, rate, ratio, target."""
    return {
        "Objectif": [objective for objective, _, _ in found],
        "Mesure": [measure.short or measure.label for _, _, measure in found],
        "Sur": [SCOPE[row.scope].partition(",")[0] for _, row, _ in found],
        "Taux": ["–" if row.rate is None else amount(row.rate) for _, row, _ in found],
        "Unité": [measure.unit for _, _, measure in found],
        "Ratio": [amount(row.ratio, 2) for _, row, _ in found],
        "Objectif atteint": [row.reached or "–" for _, row, _ in found],
    }


def provenance(reference: MeasureReference) -> str:
    """The reference: who made it, of what, for which year, and what it does not correct for."""
    kind = "fictive, " if reference.synthetic else ""
    maker = reference.told.maker if reference.told else ""
    return (
        f"Référence {kind}{reference.year} : {french.count(reference.size, 'médecin')}, "
        f"{french.count(reference.patients, 'patient')} ; source : {reference.source.rstrip('.')}. "
        f"{f'Auteur : {maker}. ' if maker else ''}Construite le {french.day(reference.built_on)}. "
        f"Corrigée de l’âge, du sexe et de l’ALD, de rien d’autre. {recorded.NOT_TOLD if reference.told else ''}".rstrip()
    )


OF_A_PATIENT = {
    "base_cents": "Montant (€)", "boxes": "Boîtes", "units": "Unités", "days": "Jours", "molecules_3": "Molécules",
    "patients": "",
}  # fmt: skip
"""What the number of a patient is a number of; nothing where it is the patient himself, once."""


def of_a_patient(measure: Measure) -> str:
    """Heading of the numbers, patient by patient."""
    return OF_A_PATIENT.get(measure.numerator.count, "Nombre")


def scheme_line(line: str, measures: Mapping[str, Measure]) -> str:
    """A line of an intéressement: the patients, then the reading; a group of biosimilars by its name."""
    group = measures.get(f"biosimilaires_{line}")
    if group is not None:
        name = group.label.partition(" : ")[2]
        return name[:1].upper() + name[1:]
    reading, _, patients = line.partition(" : ")
    return f"{patients} : {reading}" if patients else line


def to_avoid(found: Sequence[ToAvoid], as_of: date) -> str:
    """What stands above the list."""
    patients = french.count(len({one.patient_id for one in found}), "patient")
    return (
        f"{patients} de votre liste, au {french.day(as_of)} : ce qui a déjà été fait, ou dure depuis trop longtemps. "
        "À revoir au prochain rendez-vous, sauf indication. Une ligne ouvre son patient."
    )


def scheme_count(count: int | None, scheme: Scheme) -> str:
    """Patients of the doctor, or all the doctors who share a collective amount."""
    if count is None:
        return "–"
    return (
        f"{french.count(count, 'médecin')} en France"
        if isinstance(scheme, Collective)
        else french.count(count, "patient")
    )


def scheme_amount(cents: int | None) -> str:
    return "non connu" if cents is None else french.euros(cents)


def environment(found: Environment) -> str:
    """One order of magnitude, and what was delivered beyond need."""
    said = [_weight(found)]
    if found.surplus_boxes is None:
        said.append(recorded.named(f"Boîtes au-delà du besoin : non calculable : {found.lacking}."))
    else:
        stock = weights.rules().stock
        said.append(
            f"Boîtes prescrites par vous au-delà du besoin : environ {_about(found.surplus_boxes)} sur "
            f"{_about(found.chronic_boxes)}. Ne sont comptés que les {french.lower_first(load_codes()[stock.codes].label)}. "
            f"{stock.limits}"
        )
    return "\n\n".join(said)


def beside_environment(rows: Sequence[MeasureRow], known: Mapping[str, Measure], objective: str) -> str:
    """The shares of the objective on the environment, and where their detail is."""
    said = [f"{known[row.measure].label}{french.NBSP}: {rate(row, known[row.measure])}" for row in rows]
    said.append(f"Le détail est à l’onglet « Objectif par objectif », objectif « {objective} ».")
    return "\n\n".join(said).replace("« ", f"«{french.NBSP}").replace(" »", f"{french.NBSP}»")


def _about(boxes: float) -> str:
    return french.number(french.two_figures(boxes))


def _weight(found: Environment) -> str:
    if found.cents is None or found.tonnes is None:
        return "Dépense et CO2e : non calculables, aucune délivrance prescrite n’a de montant."
    tonnes = french.number(french.two_figures(found.tonnes))
    said = f"{french.euros(found.cents)} de médicaments prescrits à votre liste : de l’ordre de {tonnes} t de CO2e, au plus."
    return said + _priced(found.priced_share)


def _priced(share: float | None) -> str:
    """What stands beside an amount some lines of which have none."""
    if share is None or share == 1:
        return ""
    return f" Montants connus pour {french.percent(share, 1)} des lignes : le reste n’est pas compté."


def not_to_do(found: Sequence[ToAvoid], as_of: date) -> str:
    """Of one patient, one line each, with its source."""
    known = avoid.rules()
    lines = []
    for one in found:
        rule, months = known[one.rule], (as_of - one.last_on).days // 30
        ago = f"il y a {months} mois" if months else "il y a moins d’un mois"
        lines.append(f"* **{rule.label}** ({ago}) : {rule.advice}, sauf indication. {rule.reference.title}.")
    return "\n".join(lines)
