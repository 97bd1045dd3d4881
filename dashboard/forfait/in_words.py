"""The year’s pay in sentences: what it is made of, its range, its months, what moves it."""

from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa

from calculators import french
from calculators.forfait.cautions import Caution
from calculators.forfait.instalments import Instalment
from calculators.forfait.leaving import SoonUnseen
from calculators.forfait.pay import UNPAID, PayLine, State, total_cents
from calculators.forfait.sensitivity import Level, OpenReading
from calculators.forfait.stake import Stake
from calculators.forfait.version import Version
from calculators.french import about_euros, count, day, euros, listed, lower_first, signed_euros
from dashboard.words.labels import PART


def caution(one: Caution) -> str:
    """What to know before any figure, with the nearest right choice."""
    match one.code:
        case "liste_avant_les_donnees" | "liste_apres_les_donnees":
            return _of_another_day(one)
        case "accord_d_autres_annees":
            return _of_other_years(one)
        case "apres_les_montants_connus":
            return (
                f"aucun montant n’est publié pour {one.year} : ceux qui suivent sont ceux de {one.nearest}, dernière année "
                f"que couvre « {one.version.label} »."
            )
        case _:
            return (
                "la liste n’a qu’un patient : ce n’est pas celle d’un médecin, et il n’y a pas de forfait à en tirer ; "
                "importez la liste entière."
            )


def _of_another_day(one: Caution) -> str:
    assert one.list_day
    assert one.bound
    side = "elles commencent le" if one.list_day < one.bound else "elles s’arrêtent au"
    said = (
        f"la liste qui paie {one.year}, celle du {day(one.list_day)}, est hors de ces données : {side} {day(one.bound)}"
    )
    return f"{said} ; choisissez {one.nearest}." if one.nearest else f"{said}."


def _of_other_years(one: Caution) -> str:
    first, last = one.version.valid_from, one.version.valid_to
    years = f"{'jusqu’en' if last else 'depuis'} {(last or first or date.min).year}"
    said = f"« {one.version.label} » s’applique {years}, pas en {one.year} : ces montants sont une simulation"
    choices = [f"l’année {one.nearest}", *([f"« {one.in_force.label} »"] if one.in_force else [])]
    return f"{said} ; pour ce qui est réellement payé, choisissez {' ou '.join(choices)}."


def pay_limits(version: Version, year: int, covers_to: date) -> str:
    """What the year's figure still depends on."""
    on = day(version.list_day(year))
    if date(year, 12, 31) <= covers_to:
        return f"Liste du {on}, prévention constatée au {day(date(year, 12, 31))}."
    early = f" (ici, ce qu’on en sait au {day(covers_to)})" if version.list_day(year) > covers_to else ""
    return f"Liste du {on}{early} ; l’année n’est pas finie : actes connus jusqu’au {day(covers_to)}."


STATE: Mapping[State, str] = {"acquis": "Acquis", "tendance": "Tendance", "plein": "Possible"}
STATE_HELP: Mapping[State, str] = {
    "acquis": "Ce que les actes déjà connus font valider au 31 décembre.",
    "tendance": "L’acquis, et ce qui manque pour retrouver, indicateur par indicateur, le taux du 31 décembre précédent.",
    "plein": "Tous les patients concernés à jour au 31 décembre.",
}


WHAT_THEY_ARE = (
    "Environ. Tendance : si chaque indicateur retrouve son taux du 31 décembre précédent. Possible : si tous les patients "
    "concernés sont à jour."
)


def figures(cents: Mapping[State, int]) -> str:
    """The three figures of a year that is not finished."""
    return (
        f"**Acquis** {about_euros(cents['acquis'])} ; **tendance** {about_euros(cents['tendance'])}, si chaque indicateur "
        f"retrouve son taux du 31 décembre précédent ; **possible** {about_euros(cents['plein'])}, si tous les patients "
        "concernés sont à jour."
    )


def capital(text: str) -> str:
    """A sentence from its words."""
    return text[:1].upper() + text[1:]


def contracts_unknown(lines: Sequence[PayLine], version: Version) -> str:
    """What the zone brings and a demographic contract would take; empty when no line hangs on it."""
    barred = {key for key, line in version.majoration.items() if line.not_with}
    cents = sum(one.amount_cents for one in lines if one.part == "majoration" and one.line in barred)
    if not cents:
        return ""
    names = sorted({name for line in version.majoration.values() for name in line.not_with})
    return (
        f"Ces données ne disent aucun contrat démographique : avec un {listed(names).replace(' et ', ' ou ')} le jour où "
        f"il est lu, la majoration de zone ({euros(cents)}) ne serait pas payée. Un contrat s’écrit dans practice.toml."
    )


def unpaid(lines: Sequence[PayLine]) -> str:
    """Why the doctor is not paid; empty when he is."""
    said = next((one.label for one in lines if one.line == UNPAID), "")
    return f"{capital(said)}." if said else ""


def at_stake(rows: Sequence[Stake]) -> str:
    """Patients whose rights or last contact are unknown, and what the other answer would change."""
    names = {"ald": "l’ALD", "c2s": "la C2S", "seen": "le dernier contact"}
    otherwise = {("ald", 1): "si tous étaient en ALD", ("c2s", 1): "si tous avaient la C2S",
                 ("seen", 0): "si aucun n’avait été vu", ("seen", 1): "si tous avaient été vus"}  # fmt: skip
    said = [
        f"{names[row.what]} de {count(row.patients, 'patient')} "
        f"({signed_euros(row.amount_cents)} {otherwise[row.what, row.answer]})"
        for row in rows
        if row.patients
    ]
    return f"Les données ne disent pas {listed(said)}. Un droit non connu n’est pas compté." if said else ""


def pay(parts: dict[str, int], total: int) -> str:
    """The year's pay by part."""
    if not total:
        return "Aucune ligne : personne n’est sur la liste au jour retenu par cet accord."
    said = [f"{lower_first(PART[part])} {euros(cents)}" for part, cents in parts.items() if cents]
    return f"**{euros(total)}** : {listed(said)}."


TODAY, NATIONAL, TARGET = "today", "national", "target"
LEVELS = {TODAY: "ce qui est acquis", NATIONAL: "taux nationaux", TARGET: "cibles"}
"""Assumptions on the indicators: what they are called."""


def rates_to_come(year: int) -> str:
    """Why these rates are not those of the page of the indicators."""
    return (
        f"L’année {year} n’est pas finie : « déjà validés » compte, au 31 décembre {year}, les actes déjà connus. La page "
        "Indicateurs donne les taux du jour choisi, où le vaccin de l’hiver dernier compte encore."
    )


def range_in_words(totals: Mapping[str, int]) -> str:
    """« De … (taux nationaux) à … (cibles) », lowest first."""
    low, high = min(totals, key=lambda name: totals[name]), max(totals, key=lambda name: totals[name])
    return (
        f"Selon les indicateurs : de **{french.euros(totals[low])}** ({LEVELS[low]}) à "
        f"**{french.euros(totals[high])}** ({LEVELS[high]})."
    )


def beyond_targets(possible: int, totals: Mapping[str, int]) -> str:
    """How the figure « possible » of a year that is not finished, in cents, stands to the range; empty when it is within."""
    if possible <= max(totals.values()):
        return ""
    return f"« {STATE['plein']} » ({euros(possible)}) va au-delà des cibles : tous les patients à jour."


def months_in_words(instalments: Sequence[Instalment]) -> str:
    """First month, largest month."""
    sums: dict[date, int] = {}
    for one in sorted(instalments, key=lambda one: one.due_on):
        sums[one.due_on] = sums.get(one.due_on, 0) + one.amount_cents
    if not sums:
        return "Rien n’est payé."
    largest = max(sums, key=lambda month: sums[month])
    back = [f"{french.month(month)} ({euros(cents)})" for month, cents in sums.items() if cents < 0]
    taken = f" Solde négatif, repris : {listed(back)}." if back else ""
    return (
        f"Payé en {count(len(sums), 'fois', 'fois')}, à partir de {french.month(min(sums))} ; le plus en "
        f"{french.month(largest)} ({euros(sums[largest])}).{taken}"
    )


def tornado_in_words(readings: Sequence[OpenReading]) -> str:
    """The reading that moves the result most."""
    if not readings or not readings[0].amount_cents:
        return "Aucune autre lecture ne change le total de cette liste."
    first = readings[0]
    return (
        f"Ce qui pèse le plus : **{lower_first(first.label)}** "
        f"({signed_euros(first.amount_cents)} si : {lower_first(first.alternative)})."
    )


def points_in_words(levels: Sequence[Level], names: Mapping[str, str]) -> str:
    """The indicator of which one more point is worth most here."""
    known = [one for one in levels if one.eligible]
    if not known:
        return "Aucun patient de cette liste n’est concerné par un indicateur."
    most = max(known, key=lambda one: one.point_cents)
    return (
        f"Un point de plus (1{french.THIN}% des patients concernés) vaut le plus pour "
        f"**{lower_first(names.get(most.indicator, most.indicator))}** : {euros(most.point_cents, 2)} par an."
    )


def unseen_in_words(months: Sequence[SoonUnseen] | None) -> str:
    """Patients soon no longer counted as seen, how many before the next list, what they are worth."""
    if months is None:
        return "Les données ne disent pas qui n’a pas été vu depuis 20 mois : les actes ne couvrent pas la période."
    patients, cents = sum(one.patients for one in months), sum(one.amount_cents for one in months if one.paid)
    if not patients:
        return "Aucun patient de la liste n’est sans contact depuis 20 à 24 mois."
    when = ", ".join(f"{french.month(one.falls_on)} : {one.patients}" for one in months)
    worth = f"S’ils ne reviennent pas avant la prochaine liste, l’année suivante perd {french.euros(cents)}" if cents else (
        "Cet accord paie autant un patient non vu : rien n’en dépend"
    )  # fmt: skip
    return (
        f"**{french.count(patients, 'patient')}** sans contact depuis 20 à 24 mois ; passeront en « non vu » : {when}. "
        f"{worth} (hors majorations et prévention). Leur liste est sur la page Prévention : montrez tous les patients, "
        "puis, dans « Autres filtres », ceux que vous n’avez pas vus depuis 20 à 24 mois."
    )


def totals_in_words(lines: Mapping[str, pa.Table], mine: str) -> str:
    """Where the agreement chosen stands among the others."""
    totals = {name: total_cents(table) for name, table in lines.items()}
    low, high = min(totals, key=lambda name: totals[name]), max(totals, key=lambda name: totals[name])
    return (
        f"**{mine}** : {french.euros(totals[mine])}. De {french.euros(totals[low])} ({low}) à "
        f"{french.euros(totals[high])} ({high}), tout compris."
    )
