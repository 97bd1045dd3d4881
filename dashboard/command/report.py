"""What the verbs of a practice folder say at the end: shares known, and what each result can do, as the page *Données*."""

from datetime import date
from pathlib import Path

from calculators import results
from calculators.catalogue import Catalogue
from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.french import plain
from calculators.records import sources
from calculators.records.store import Store, open_store
from dashboard import shipped
from dashboard.command.output import say
from dashboard.donnees import in_words
from dashboard.forfait.in_words import caution


def say_allowed(folder: Path) -> None:
    """On standard error; nothing of a folder whose rules or doctors cannot be used, which other verbs tell."""
    store, known = open_store(folder), Catalogue(folder)
    if doctor := _doctor(folder, store):
        try:
            board = known.indicator_set(defaults().prevention.set)
            found = results.allowed(store, doctor, _day(folder, store), known, board, shipped.REFERENCES)
        except UserError as problem:
            say(str(problem))
            return
        say(plain(f"Médecin {doctor}, au {found.as_of:%d/%m/%Y} : {in_words.rights(found)}"))
        for name, _, sentence in in_words.results(found, [caution(one) for one in found.cautions]):
            say(plain(f"{name} : {sentence}"))


def _doctor(folder: Path, store: Store) -> str:
    """The one documents were imported for, else the first."""
    known = store.doctors()
    said = sources.doctor(folder)
    return said if said in known else next(iter(known), "")


def _day(folder: Path, store: Store) -> date:
    return sources.last_day(sources.read(folder), store.dataset.covers_to)
