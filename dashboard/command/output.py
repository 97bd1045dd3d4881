"""What the verbs share: open a folder, say something, show that it takes time, deliver a table."""

import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from calculators import french, given
from calculators.errors import UserError
from dashboard.words import days

if TYPE_CHECKING:
    import pyarrow as pa

    from calculators.pertinence.measure import Measure
    from calculators.records.check_rules import Result
    from calculators.records.store import Store

Progress = Callable[[str, float], None]
"""Told a sentence and the share done."""


NAMED = 3
"""Doctors named in a sentence, at most."""
ALL_THE_SAME = "Corrigez les données, ou ajoutez --accept-doubts pour calculer quand même."


def say(message: str) -> None:
    """A message for the person, never mixed with the results."""
    if sys.stderr is not None:  # closed: there is nobody to tell, and results are no place for it
        print(message, file=sys.stderr, flush=True)


def opened(asked: Namespace) -> "tuple[Store, str | None]":
    """The store, and the doctor asked for (None for all)."""
    from calculators.records.store import open_store

    may_write(asked)
    store, everyone = open_store(asked.folder), asked.doctor == "all"
    if store.recovered:
        say(store.recovered)
    if not everyone:
        store.doctor(asked.doctor)
    checked = verified(store, asked)
    if not store.rows["patients"]:
        say("Attention : ce dossier n’a aucun patient ; le résultat est vide.")
    return checked, None if everyone else asked.doctor


def usable_measures(folder: Path) -> "Mapping[str, Measure]":
    """Every measure of relevance at hand. One beside the data that cannot be read is told and left aside; one that has the
    id of a measure that ships is an error: which of them was meant is not for the program to say."""
    from calculators.catalogue import Catalogue
    from dashboard.words import rule_texts

    known = Catalogue(folder)
    for one in known.measures_aside:
        if one.taken:
            raise UserError(one.reason)
        say(rule_texts.set_aside(one))
    return known.measures


def verified(store: "Store", asked: Namespace) -> "Store":
    """The store, once what the verification found is said, in one line; believed as it is with --accept-doubts."""
    from calculators.records.examined import examined

    say(french.plain(examined(store).sentence()))
    return store.accepting_doubts() if asked.accept_doubts else store


def refuse(store: "Store", result: "Result") -> None:
    """Stop before a result that the data are too doubtful for. Raises DoubtfulError (French)."""
    from calculators.records import doubts

    if said := doubts.why_not(store, result):
        raise doubts.DoubtfulError(f"{said} {ALL_THE_SAME}")


def say_outside(store: "Store", day: date) -> None:
    """A day the data do not hold, and the nearest that they do."""
    if said := days.outside(store.dataset, day):
        say(f"Attention : {french.plain(french.lower_first(said))}")


def say_beyond_cover(store: "Store", day: date) -> None:
    if day > store.dataset.covers_to:
        say(
            f"Attention : les données s’arrêtent au {french.plain_day(store.dataset.covers_to)} ; "
            f"le résultat au {french.plain_day(day)} est calculé comme si elles étaient complètes."
        )


def say_without_list(store: "Store", table: "pa.Table", doctor: str | None, day: date) -> None:
    """The doctors asked for of whom a table (`doctor_id`) says nothing: nobody is on their lists."""
    there = set(table["doctor_id"].unique().to_pylist())
    absent = [one for one in ([doctor] if doctor else store.doctors()) if one not in there]
    if not absent or not store.rows["patients"]:
        return
    who = french.plain(french.count(len(absent), "médecin n’a", "médecins n’ont"))
    named = french.listed(absent) if len(absent) <= NAMED else f"{', '.join(absent[:NAMED])}…"
    say(f"Attention : {who} aucun patient sur la liste au {french.plain_day(day)}, et aucune ligne ici ({named}).")


def may_write(asked: Namespace) -> None:
    """Refuse before anything is computed: a file that exists, a place among the data. Raises UserError."""
    if asked.out is None:
        if sys.stdout is None:
            raise UserError("La sortie est fermée : donnez un fichier avec --out.")
        return
    if given.exists(asked.out) and not asked.force:
        raise UserError(f"« {asked.out} » existe déjà : donnez un autre nom, ou --force pour le remplacer.")
    folder = asked.folder.absolute().resolve()
    if folder in (asked.out.absolute().resolve(), *asked.out.absolute().resolve().parents):
        raise UserError(
            f"« {asked.out} » est dans le dossier des données : choisissez un autre endroit pour les résultats."
        )


def deliver(table: "pa.Table", asked: Namespace) -> int:
    """To the file asked for, else to standard output as CSV."""
    from dashboard import export

    if asked.out:
        export.write(table, asked.out, raw=asked.raw)
        say(f"{table.num_rows} lignes écrites dans {asked.out}")
    else:
        export.write_csv(table, sys.stdout, raw=asked.raw)
        sys.stdout.flush()
    return 0


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """Draws a bar on a terminal, and nothing elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    if sys.stderr is None:
        yield lambda _sentence, _share: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda sentence, share: bar.update(task, description=sentence, completed=share)


@contextmanager
def waiting(title: str) -> Iterator[None]:
    """Says on a terminal that something is being computed."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{title} : calcul en cours"):
        yield
