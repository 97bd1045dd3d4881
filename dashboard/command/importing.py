"""`tableau-mt import FILES --to DIR`: add documents to a practice folder; `--replace`: in place of what it holds.

What is too large to be held (an extraction of the SNDS, a folder of tables) is converted to a folder of its own.
"""

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from calculators.french import count, plain
from calculators.records import intake, practice
from calculators.records.intake import Taken
from calculators.records.practice import Changed
from calculators.records.readers import spreadsheet
from calculators.records.readers.shape import Document, SourceError, Unmapped
from dashboard.command.output import progress, say
from dashboard.command.report import say_allowed
from dashboard.donnees import in_words


def run(asked: Namespace) -> int:
    _refuse_inside(asked.sources, asked.to)
    mapping = asked.to / practice.MAPPING
    mappings = spreadsheet.read_mappings(mapping) if mapping.is_file() else None
    with progress("Lecture") as advance:
        taken = intake.take(asked.sources, asked.to, mappings, advance)
    told = [*taken.said, *taken.left]
    if not (taken.documents or taken.extraction):
        raise SourceError(
            "\n".join(told) or "Aucun fichier à lire : indiquez un fichier, une archive zip ou un dossier."
        )
    for sentence in told:
        say(plain(sentence))
    return _convert(taken, asked.to) if taken.extraction else _add(taken, asked)


def _add(taken: Taken, asked: Namespace) -> int:
    if asked.replace and (gone := practice.goes(asked.to)):
        say(f"Remplacement de « {asked.to} » : {gone}")
    changed = practice.add(asked.to, taken.documents, asked.doctor or "", instead=asked.replace, today=date.today())
    new = {one.source_id for one in changed.added}
    _say_read([one for one in taken.documents if one.source_id in new])
    _say_changed(changed, asked.to)
    say_allowed(asked.to)
    return 0


def _convert(taken: Taken, to: Path) -> int:
    """What is large goes from file to file: nothing else fits beside it."""
    with progress("Conversion") as told:
        converted = intake.convert(taken, to, told)
    _say_lines(converted.read, converted.unmapped)
    say(f"Dossier écrit : {to}")
    return 0


def _refuse_inside(paths: list[Path], to: Path) -> None:
    target = to.resolve()
    if inside := [path for path in paths if path.resolve().is_relative_to(target)]:
        raise SourceError(f"« {inside[0]} » est dans le dossier à écrire, « {to} » : choisissez un autre dossier.")


def _say_read(documents: list[Document]) -> None:
    read: Counter[str] = sum((Counter(one.read) for one in documents), Counter())
    _say_lines(read, [one for document in documents for one in (*document.unmapped, *document.proposed)])


def _say_lines(read: Mapping[str, int], left: Iterable[Unmapped]) -> None:
    """Lines met by section, then what is to be known, each thing once."""
    for section, lines in read.items():
        say(f"{section} : {plain(count(lines, 'ligne'))}")
    found: dict[tuple[str, str], Unmapped] = {}
    for one in left:
        before = found.get((one.what, one.reason), one._replace(number=0))
        found[one.what, one.reason] = before._replace(number=before.number + one.number)
    for one in found.values():
        say(f"{'Écarté' if one.aside else 'À savoir'} : {one}")


def _say_changed(changed: Changed, to: Path) -> None:
    for sentence in changed.left:
        say(f"Laissé de côté : {sentence}")
    for source in changed.superseded:
        say(f"Remplacé par une version plus récente : « {source.name} » ({source.source_id[:8]}).")
    for sentence in changed.maybe:
        say(sentence)
    if changed.known:
        say(
            plain(
                f"{count(len(changed.known), 'document était déjà là', 'documents étaient déjà là')} : rien n’a changé."
            )
        )
    if changed.added:
        added = plain(count(len(changed.added), "document ajouté", "documents ajoutés"))
        kinds = plain(in_words.kinds(changed.added))
        say(f"{added} : {kinds}. {plain(count(changed.patients, 'patient'))} dans le dossier.")
    if changed.doctor == practice.UNNAMED:
        say(
            "Les documents ne nomment pas de médecin traitant : ajoutez --doctor NUMÉRO pour que la liste soit la vôtre."
        )
    say(f"Dossier écrit : {to}")
