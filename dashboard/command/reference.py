"""`tableau-mt reference build DIR`: the reference of a year from all the doctors of a folder, department by department;
`publish REFDIR`: the copy of it that may travel; `add`, `list`, `remove`: copies received, kept for this user."""

from argparse import Namespace
from collections.abc import Callable
from datetime import date

from calculators import collecting, french, peers, results
from calculators.catalogue import Catalogue
from calculators.comparison import known
from calculators.comparison.known import Known
from calculators.engine import Engine, SparkEngine, start_spark
from calculators.errors import UserError
from calculators.pertinence import reference as measured
from calculators.records.store import Store
from calculators.sobriety.definition import Definition, load_definition
from calculators.sobriety.reference import Beside, DoubtfulReferenceError, build_by_part
from dashboard.command.output import ALL_THE_SAME, Progress, progress, say, usable_measures


def build(asked: Namespace) -> int:
    definition, engine_of = load_definition(asked.year), _engine_of(asked.engine, asked.memory)
    try:
        with progress("Référence") as told:
            work = build_by_part(
                asked.folder, asked.year, definition, asked.to, date.today(), told, asked.memory, engine_of,
                asked.accept_doubts, _rates(asked, definition, told),
            )  # fmt: skip
            if asked.measures:
                measured.build(
                    asked.folder,
                    asked.year,
                    usable_measures(asked.folder),
                    asked.to,
                    date.today(),
                    told,
                    asked.memory,
                    engine_of,
                )
    except DoubtfulReferenceError as doubt:
        raise UserError(f"{doubt} {ALL_THE_SAME}") from None
    say(f"Référence écrite : {asked.to} (ne pas transmettre : « tableau-mt reference publish » en fait une copie)")
    say(f"Sommes par département gardées dans {work} : elles évitent de tout recompter, vous pouvez les supprimer.")
    return 0


def _rates(asked: Namespace, definition: Definition, told: Progress) -> Beside | None:
    """What counts the rates of prevention of the sets asked for, if any."""
    if not asked.set:
        return None
    sets = [Catalogue(None).indicator_set(name) for name in asked.set]
    ages = peers.Asked(asked.year, definition.strata.age_from, asked.memory, asked.accept_doubts)
    return lambda: {collecting.RATES: peers.rates(asked.folder, sets, ages, asked.to, told)}


def publish(asked: Namespace) -> int:
    if collecting.is_rates_only(asked.reference):
        collecting.publish_rates(asked.reference, asked.to, asked.maker or "")
        say(f"Copie écrite : {asked.to} (taux de prévention seuls, sans petits effectifs)")
        return 0
    copy = results.publish(asked.reference, asked.to, asked.maker or "")
    grouped = sum(key != first for key, first in copy.by_stratum.first_of.items())
    patients, doctors = (french.plain(french.number(n)) for n in (copy.by_stratum.patients, copy.size))
    say(
        f"Copie écrite : {asked.to} ({doctors} médecins, {patients} patients ; strates jointes à une autre : {grouped})"
    )
    if (asked.reference / "campaign.toml").exists() and (
        following := collecting.third_round(asked.reference, asked.to)
    ):
        say(f"Tour 3 : envoyez aux contributeurs {following} et la copie ; ils en ont besoin tous deux.")
    return 0


def add(asked: Namespace) -> int:
    added = results.add_reference(asked.source, date.today())
    say(f"Référence gardée : {told(added)}")
    say(f"Son dossier : {added.path}")
    chosen = known.preferred(added.year)
    if added.rates_only and added.synthetic:
        say("Elle est fictive : la page Comparaison ne met ses taux qu’à côté de données fictives.")
    elif added.rates_only:
        say("La page Comparaison y met vos taux de prévention à côté de ceux du groupe.")
    elif added.synthetic:
        say("Elle est fictive : elle ne sert à des données réelles que si vous la nommez (--reference).")
    elif chosen and chosen.id != added.id:
        say(
            f"Sans autre choix, les données réelles de {added.year} sont comparées à {chosen.id}, construite après elle."
        )
    else:
        say(f"Sans autre choix, les données réelles de {added.year} lui sont comparées.")
    return 0


def listed(asked: Namespace) -> int:
    every = known.known()
    if not every:
        say("Aucune référence n’est gardée ici ; ajoutez-en une avec « tableau-mt reference add DOSSIER|ZIP ».")
    chosen = {found.id for one in every if (found := known.preferred(one.year))}
    for one in every:
        print(f"{told(one)}{' ; choisie pour les données réelles de cette année' if one.id in chosen else ''}")
    return 0


def remove(asked: Namespace) -> int:
    gone = known.remove(asked.id)
    say(f"Référence retirée : {told(gone)}")
    return 0


def told(one: Known) -> str:
    """A reference in one line."""
    doctors, patients = (french.plain(french.number(n)) for n in (one.doctors, one.patients))
    patients = "taux de prévention seuls" if one.rates_only else f"{patients} patients"
    kind = ", fictive" if one.synthetic else ""
    return (
        f"{one.id} : année {one.year}{kind}, {one.maker or 'auteur non dit'}, {doctors} médecins, {patients}, "
        f"construite le {french.plain_day(one.built_on)}, ajoutée le {french.plain_day(one.added_on)} (source : "
        f"{one.source})"
    )


def _engine_of(engine: str, memory: str | None) -> Callable[[Store], Engine]:
    """What counts a store."""
    if engine == "duckdb":
        return Store.engine
    session = start_spark(memory)
    return lambda store: store.shown_to(SparkEngine(session))
