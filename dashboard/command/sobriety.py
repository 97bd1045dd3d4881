"""`tableau-mt sobriety DIR`: the ratio of every doctor."""

from argparse import Namespace

import pyarrow as pa

from calculators import french, results, rows
from calculators.records.store import Store
from calculators.results import NoReferenceError
from calculators.sobriety import coverage
from calculators.sobriety.definition import load_definition
from calculators.sobriety.ratio import Ratio, hangs_on_tau
from calculators.sobriety.reference_files import Reference
from dashboard import shipped
from dashboard.command.output import deliver, opened, say, waiting
from dashboard.sobriety import in_words


def run(asked: Namespace) -> int:
    store, doctor = opened(asked)
    say_far_year(store, asked.year)
    reference = reference_of(asked, store)
    say_short_list(store, asked.year)
    with waiting("Sobriété"):
        table = results.sobriety(store, asked.year, reference, doctor)
    say_what_hangs(table, asked.year)
    return deliver(table, asked)


def say_far_year(store: Store, year: int) -> None:
    """A year the data do not hold, and the nearest that they do."""
    nearest = coverage.nearest_year(store, year)
    if nearest != year:
        other = f"l’année complète la plus proche est {nearest}" if nearest else "aucune année n’y est complète"
        say(f"Attention : les données ne couvrent pas toute l’année {year} ; {other}.")


def say_short_list(store: Store, year: int) -> None:
    """A folder of too few patients for any ratio."""
    over = load_definition(year).doctors.seen_over
    if store.rows["patients"] <= over:
        patients = french.plain(french.count(store.rows["patients"], "patient"))
        say(f"Attention : ce dossier n’a que {patients} ; un ratio en demande plus de {over} vus dans l’année.")


def reference_of(asked: Namespace, store: Store) -> Reference:
    """The one given, else the fictitious one of the year or, for the reasons in the rows, of the nearest year."""
    try:
        reference = results.reference_for(store, asked.year, shipped.REFERENCES, asked.reference)
    except NoReferenceError as missing:
        nearest = results.shipped_nearest(store, asked.year, shipped.REFERENCES)
        if nearest is None:
            raise
        say(str(missing))
        return nearest
    if not asked.reference and store.dataset.synthetic:
        say(f"Référence {asked.year} fournie avec le programme : fictive.")
    else:
        say(french.plain(f"{in_words.in_use(reference, load_definition(asked.year))} Gardée dans {reference.path}."))
    return reference


def say_what_hangs(table: pa.Table, year: int) -> None:
    """Doctors of whom a verdict, or its absence, would be another one within the limits of tau."""
    definition = load_definition(year)
    found = [row for row in rows.read(table, Ratio) if hangs_on_tau(row, definition)]
    if found:
        low, high = (french.number(limit, 2) for limit in (found[0].tau_low or 0, found[0].tau_high or 0))
        say(
            f"Attention : l’écart-type entre médecins n’est connu qu’entre {low} et {high} ; dans ces limites, le verdict "
            f"apparaîtrait ou disparaîtrait pour {french.listed([row.doctor_id for row in found])}."
        )
